#include "docker/lint_scope.h"

#include "base/typo.h"

/* --- names --- */

/* Each step up the chain of stages is paid for; when nothing is left, a name counts as declared. */
static bool is_declared(const struct lint_scope *scope, struct text name) {
    for (; scope != NULL; scope = scope->parent) {
        if (*scope->values.work == 0 || map_has(&scope->declared, name)) return true;
        --*scope->values.work;
    }
    return false;
}

/* From the names that are there now: those of the same instruction come later. */
static struct text hint_of(const struct lint_names *names, struct text name) {
    struct texts candidates = {0};
    if (names->comparisons == NULL) return TEXT("");
    for (const struct lint_scope *scope = names->scope; scope != NULL; scope = scope->parent) {
        const struct map *maps[] = {&scope->values.values, &scope->declared};
        for (size_t i = 0; i < 2; i++)
            for (size_t j = 0; j<maps[i]->count && * names->comparisons> 0; j++, --*names->comparisons)
                texts_add(names->arena, &candidates, maps[i]->entries[j].key);
    }
    struct text nearest = typo_nearest(name, &candidates);
    if (!text_is_given(nearest)) return TEXT("");
    return text_format(names->arena, " (did you mean %s%.*s?)", names->sigil, TEXT_ARG(nearest));
}

static void add_undefined(struct lint_names *names, struct text name) {
    struct lint_undefined *undefined = arena_alloc(names->arena, sizeof(*undefined));
    undefined->hint = hint_of(names, name);
    map_set(names->arena, &names->undefined, name, undefined);
}

static enum expand_state find(const void *self, struct text name, struct text *out) {
    /* An expansion cannot change what it looks up in, but this one keeps a record. */
    struct lint_names *names = (struct lint_names *)self;
    struct expand_scope values = scope_expand(&names->scope->values);
    enum expand_state state = values.find(values.self, name, out);
    map_set(names->arena, &names->used, name, names);
    if (state == EXPAND_UNSET && !map_has(&names->undefined, name) && !is_declared(names->scope, name))
        add_undefined(names, name);
    return state;
}

static struct expand_scope recording(struct lint_names *names) {
    return (struct expand_scope){.find = find, .self = names, .work = names->scope->values.work};
}

struct expand_result lint_names_expand(struct lint_names *names, struct text word) {
    return expand_word(names->arena, word, names->escape, recording(names));
}

struct expand_result lint_names_expand_content(struct lint_names *names, struct text content) {
    return expand_text(names->arena, content, '\\', EXPAND_NO_QUOTES, recording(names));
}

bool lint_names_split(const struct lint_names *names, struct text word, struct texts *out) {
    struct expand_scope scope = scope_expand(&names->scope->values);
    struct expand_result whole = expand_word(names->arena, word, names->escape, scope);
    if (whole.failure != EXPAND_FINE || whole.unknown) return false;
    return expand_words(names->arena, word, names->escape, EXPAND_PLAIN, scope, out) == NULL;
}

/* --- the ARGs before the first FROM --- */

struct globals {
    struct lint_names names;
    struct lint_scope *scope;
    const struct build_choice *choice; /* NULL: only the defaults count */
};

static bool read_global(struct globals *globals, const struct pair *pair) {
    struct text value = {0};
    enum expand_state state =
        globals->choice == NULL ? EXPAND_UNSET : scope_argument(globals->choice, pair->name, &value);
    if (state == EXPAND_UNSET && text_is_given(pair->value)) {
        struct expand_result expanded = lint_names_expand(&globals->names, pair->value);
        if (expanded.failure == EXPAND_SYNTAX) return false;
        bool is_known = expanded.failure == EXPAND_FINE && !expanded.unknown;
        value = is_known ? expanded.text : (struct text){0};
        state = EXPAND_SET;
    }
    if (state == EXPAND_UNKNOWN) value = (struct text){0};
    if (state != EXPAND_UNSET) scope_set_argument(&globals->scope->values, pair->name, value);
    map_set(globals->names.arena, &globals->scope->declared, pair->name, globals->scope);
    return true;
}

static struct text target_name(const struct dockerfile *dockerfile, const struct build_choice *choice) {
    if (choice->target.len > 0) return choice->target;
    return ((const struct stage *)dockerfile->stages.items[dockerfile->stages.count - 1])->name;
}

bool lint_scope_read_globals(struct arena *arena, const struct dockerfile *dockerfile,
                             const struct build_choice *choice, bool with_arguments, size_t *work,
                             struct lint_scope *out) {
    *out = (struct lint_scope){.values = {.arena = arena, .work = work}};
    struct globals globals = {.names = {.arena = arena, .escape = dockerfile->escape, .scope = out},
                              .scope = out,
                              .choice = with_arguments ? choice : NULL};
    scope_set_predefined(&out->values, choice, target_name(dockerfile, choice));
    for (size_t i = 0; i < dockerfile->arguments.count; i++) {
        const struct instruction *arg = dockerfile->arguments.items[i];
        for (size_t j = 0; j < arg->pairs.count; j++)
            if (!read_global(&globals, arg->pairs.items[j])) return false;
    }
    return true;
}
