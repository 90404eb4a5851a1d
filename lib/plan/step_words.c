#include "plan/step_words.h"

#include "base/buffer.h"

struct expansion {
    struct arena *arena;
    const struct step_facts *facts;
    struct text *problem;
};

/* The word of ours that begins here, with what it stands for. */
static bool find_word(const struct step_facts *facts, struct text text, struct text *word, struct text *fact) {
    const struct {
        const char *word;
        struct text fact;
    } words[] = {{"{name}", facts->name},
                 {"{path}", facts->path},
                 {"{directory}", facts->directory},
                 {"{reference}", facts->reference},
                 {"{key}", facts->key}};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (!text_starts(text, words[i].word)) continue;
        *word = text_from(words[i].word);
        *fact = words[i].fact;
        return true;
    }
    return false;
}

/* What stands between two words of ours. */
static bool add_rest(struct expansion *expansion, struct text text, struct buffer *out) {
    struct value value;
    if (text.len == 0) return true;
    enum template_result result = template_expand(expansion->arena, text, TEMPLATE_ARGUMENT, &expansion->facts->words,
                                                  &value, expansion->problem);
    if (result != TEMPLATE_OK) return false;
    /* the spelling of a '$' is for people who know compose, and words of the running step are refused with the settings */
    buffer_add(out, value_is_literal(&value) ? value_text(expansion->arena, &value)
                                             : value_spelling(expansion->arena, &value));
    return true;
}

static bool expand_text(struct expansion *expansion, struct text text, struct text *out) {
    struct buffer buffer = buffer_in(expansion->arena);
    size_t begin = 0;
    for (size_t i = 0; i < text.len; i++) {
        struct text word, fact;
        if (text.ptr[i] != '{' || !find_word(expansion->facts, text_from_offset(text, i), &word, &fact)) continue;
        if (!add_rest(expansion, text_of(text.ptr + begin, i - begin), &buffer)) return false;
        *expansion->problem = text_format(expansion->arena, "this build has no %.*s", TEXT_ARG(word));
        if (!text_is_given(fact)) return false;
        buffer_add(&buffer, fact);
        begin = i + word.len;
        i = begin - 1;
    }
    if (!add_rest(expansion, text_from_offset(text, begin), &buffer)) return false;
    *out = buffer_text(&buffer);
    return true;
}

static const struct node *expand(struct expansion *expansion, const struct node *node) {
    struct node *copy = arena_alloc(expansion->arena, sizeof(*copy));
    *copy = *node;
    if (node_is_scalar(node)) {
        bool has_words = node->kind == NODE_STRING && text_has(node->text, '{');
        return !has_words || expand_text(expansion, node->text, &copy->text) ? copy : NULL;
    }
    copy->items = NULL;
    copy->count = 0;
    for (size_t i = 0; i < node->count; i++) {
        bool is_mapping = node->kind == NODE_MAPPING;
        const struct node *value = expand(expansion, is_mapping ? node_value(node, i) : node->items[i]);
        if (value == NULL) return NULL;
        if (is_mapping) node_set_pair(expansion->arena, copy, node_key(node, i), value);
        if (!is_mapping) node_append(expansion->arena, copy, value);
    }
    return copy;
}

const struct node *step_words_expand(struct arena *arena, const struct node *node, const struct step_facts *facts,
                                     struct text *problem) {
    struct expansion expansion = {.arena = arena, .facts = facts, .problem = problem};
    return expand(&expansion, node);
}
