#include "model/template.h"

#include "base/variables.h"
#include "docker/reference.h"

#include <string.h>

const char *const template_words[] = {"sha",          "short_sha",    "branch",   "tag",
                                      "pull_request", "build_number", "env:NAME", NULL};

#define SHORT_SHA 12

/* A branch is `feature/Ä x`, a tag's part may be [A-Za-z0-9_.-] only, and no tag begins with '.' or '-'. */
static struct text as_tag_part(struct arena *arena, struct text text, size_t most) {
    char *part = arena_alloc(arena, text.len);
    for (size_t i = 0; i < text.len; i++) {
        bool fits = (text.ptr[i] >= 'a' && text.ptr[i] <= 'z') || (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') ||
                    (text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
                    (text.ptr[i] != '\0' && strchr("_.-", text.ptr[i]) != NULL);
        part[i] = fits ? text.ptr[i] : '-';
    }
    if (text.len > 0 && (part[0] == '.' || part[0] == '-')) part[0] = '_';
    return text_first(text_of(part, text.len), most);
}

/* The fact that a word names; the absent text when this build has none. `known` is false for other words. */
static struct text find_fact(const struct event *event, struct text word, bool *known) {
    *known = true;
    if (text_is(word, "sha")) return event->commit;
    if (text_is(word, "short_sha")) return text_first(event->commit, SHORT_SHA);
    if (text_is(word, "branch")) return event->branch;
    if (text_is(word, "tag")) return event->tag;
    if (text_is(word, "pull_request")) return event->pull_request;
    *known = false;
    return (struct text){0};
}

/* The variable that holds what only the running build knows; the absent text for other words. */
static struct text find_variable(struct text word) {
    if (text_is(word, "build_number")) return TEXT("BUILDKITE_BUILD_NUMBER");
    if (!text_starts(word, "env:")) return (struct text){0};
    struct text name = text_from_offset(word, 4);
    return variables_is_name(name) ? name : (struct text){0};
}

struct expansion {
    struct arena *arena;
    enum template_use use;
    const struct event *event;
    size_t most;    /* bytes of a fact in a tag */
    size_t longest; /* bytes of the longest fact put in */
    struct value value;
    struct text *problem;
};

static void add_fact(struct expansion *expansion, struct text fact) {
    if (expansion->use == TEMPLATE_TAG) fact = as_tag_part(expansion->arena, fact, expansion->most);
    if (fact.len > expansion->longest) expansion->longest = fact.len;
    value_add_text(expansion->arena, &expansion->value, fact);
}

static enum template_result add_word(struct expansion *expansion, struct text word) {
    struct arena *arena = expansion->arena;
    struct text variable = find_variable(word);
    if (text_is_given(variable)) {
        value_add_reference(arena, &expansion->value, variable, VALUE_PLAIN, (struct value){0});
        return TEMPLATE_OK;
    }
    bool known;
    struct text fact = find_fact(expansion->event, word, &known);
    if (known && text_is_empty(fact)) {
        *expansion->problem = text_format(arena, "{%.*s}", TEXT_ARG(word));
        return TEMPLATE_NO_FACT;
    }
    if (!known && expansion->use == TEMPLATE_TAG) {
        *expansion->problem = text_format(arena, "'{%.*s}' is not a word of a template", TEXT_ARG(word));
        return TEMPLATE_WRONG;
    }
    if (known) {
        add_fact(expansion, fact);
    } else {
        value_add_text(arena, &expansion->value, text_format(arena, "{%.*s}", TEXT_ARG(word)));
    }
    return TEMPLATE_OK;
}

/* Where a word begins. In an argument `{"a": "{sha}"}` it is the last '{' before the '}'; a tag has no other braces. */
static size_t find_open(struct text text, enum template_use use) {
    size_t open = text_find(text, '{');
    while (open != TEXT_NONE && use == TEMPLATE_ARGUMENT) {
        struct text rest = text_from_offset(text, open + 1);
        size_t next = text_find(rest, '{');
        if (next == TEXT_NONE || text_find(rest, '}') < next) break;
        open += next + 1;
    }
    return open;
}

static enum template_result expand(struct expansion *expansion, struct text text) {
    while (text.len > 0) {
        size_t open = find_open(text, expansion->use);
        size_t close = open == TEXT_NONE ? TEXT_NONE : text_find(text_from_offset(text, open), '}');
        if (close == TEXT_NONE) {
            value_add_text(expansion->arena, &expansion->value, text);
            break;
        }
        if (open > 0) value_add_text(expansion->arena, &expansion->value, text_first(text, open));
        enum template_result result = add_word(expansion, text_of(text.ptr + open + 1, close - 1));
        if (result != TEMPLATE_OK) return result;
        text = text_from_offset(text, open + close + 1);
    }
    return TEMPLATE_OK;
}

/* How much a tag is too long; 0 when it fits or its length is not known now. */
static size_t excess_of(const struct expansion *expansion) {
    if (expansion->use != TEMPLATE_TAG || !value_is_literal(&expansion->value)) return 0;
    size_t len = value_text(expansion->arena, &expansion->value).len;
    return len > REFERENCE_TAG_LIMIT ? len - REFERENCE_TAG_LIMIT : 0;
}

enum template_result template_expand(struct arena *arena, struct text text, enum template_use use,
                                     const struct event *event, struct value *out, struct text *problem) {
    struct expansion expansion = {
        .arena = arena, .use = use, .event = event, .most = REFERENCE_TAG_LIMIT, .problem = problem};
    enum template_result result = expand(&expansion, text);
    size_t excess = result == TEMPLATE_OK ? excess_of(&expansion) : 0;
    if (excess > 0 && excess < expansion.longest) {
        /* a long branch gives way; what stands beside it, a commit say, must not */
        expansion.most = expansion.longest - excess;
        expansion.value = (struct value){0};
        result = expand(&expansion, text);
    }
    if (result == TEMPLATE_OK) *out = expansion.value;
    return result;
}
