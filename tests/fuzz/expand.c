/*
 * expand: words of a Dockerfile, expanded.
 *
 * The input is a byte of flags (bit 0: the escape is a backquote; bits 1 to 4: enum expand_option; bit 5: only a little work
 * is allowed), then lines up to a NUL that say what names stand for (`NAME=value`; `NAME` is unknown), then
 * the text.
 *
 * Checked: the same again gives the same; a failure has words and no text; limits hold; work is counted; what did not
 * depend on an unknown name is the same for every value of it, and so is a refusal.
 */
#include "fuzz.h"

#include "docker/expand.h"

#define LITTLE_WORK ((size_t)1000)
#define LOOKUPS_PER_BYTE 4 /* a substitution is two bytes at least, and looked up three times at most */

struct names {
    struct map values;   /* name → struct text *, NULL when unknown */
    struct text unknown; /* what unknown names are; absent: unknown */
    size_t *lookups;
};

struct input {
    struct arena *arena;
    struct names names;
    struct text text;
    char escape;
    unsigned options;
    size_t work;
};

static enum expand_state find(const void *self, struct text name, struct text *out) {
    const struct names *names = self;
    const struct text *value = map_find(&names->values, name);
    ++*names->lookups;
    if (value == NULL && !map_has(&names->values, name)) return EXPAND_UNSET;
    if (value == NULL && !text_is_given(names->unknown)) return EXPAND_UNKNOWN;
    *out = value == NULL ? names->unknown : *value;
    return EXPAND_SET;
}

static void read_names(struct input *input, struct text lines) {
    struct text line;
    while (lines.len > 0 && text_next(&lines, '\n', &line)) {
        size_t equals = text_find(line, '=');
        struct text *value = NULL;
        if (equals != TEXT_NONE) {
            value = arena_alloc(input->arena, sizeof(*value));
            *value = text_from_offset(line, equals + 1);
        }
        map_set(input->arena, &input->names.values, text_first(line, equals == TEXT_NONE ? line.len : equals), value);
    }
}

/* --- what must hold of one expansion --- */

static void check_result(const struct input *input, const struct expand_result *result) {
    FUZZ_CHECK(text_is_given(result->text), "a result is never absent");
    FUZZ_CHECK((result->error == NULL) == (result->failure == EXPAND_FINE), "failure %d", (int)result->failure);
    FUZZ_CHECK(result->error == NULL || result->error[0] != '\0', "a failure has words");
    FUZZ_CHECK(result->failure == EXPAND_FINE || result->text.len == 0, "a failure has no text");
    FUZZ_CHECK(result->text.len <= EXPAND_RESULT_LIMIT + input->text.len, "%zu bytes", result->text.len);
    FUZZ_CHECK(*input->names.lookups <= LOOKUPS_PER_BYTE * input->text.len, "%zu lookups", *input->names.lookups);
}

/* `unknown`: what unknown names are this time; absent: unknown. */
static struct expand_result expand(const struct input *input, struct text unknown) {
    struct names names = input->names;
    size_t work = input->work;
    struct expand_scope scope = {.find = find, .self = &names, .work = &work};
    names.unknown = unknown;
    *names.lookups = 0;
    struct expand_result result = expand_text(input->arena, input->text, input->escape, input->options, scope);
    FUZZ_CHECK(work <= input->work, "work is counted down");
    check_result(input, &result);
    return result;
}

static void check_same(struct expand_result a, struct expand_result b) {
    FUZZ_CHECK(a.failure == b.failure && text_equal(a.text, b.text), "<%.*s> and <%.*s>", TEXT_ARG(a.text),
               TEXT_ARG(b.text));
    FUZZ_CHECK(a.unset == b.unset && a.unknown == b.unknown, "what it depends on");
    FUZZ_CHECK(text_equal(text_from(a.error), text_from(b.error)), "<%s> and <%s>", a.error, b.error);
}

/* --- words --- */

static void check_words(const struct input *input, const struct expand_result *whole) {
    struct texts words = {0};
    size_t work = input->work, bytes = 0;
    struct expand_scope scope = {.find = find, .self = &input->names, .work = &work};
    const char *error = expand_words(input->arena, input->text, input->escape, input->options, scope, &words);
    FUZZ_CHECK((error == NULL) == (whole->error == NULL), "'%s' for words, '%s' for one", error, whole->error);
    if (error != NULL)
        FUZZ_CHECK(strcmp(error, whole->error) == 0, "'%s' for words, '%s' for one", error, whole->error);
    FUZZ_CHECK(error == NULL || words.count == 0, "a failure adds nothing");
    for (size_t i = 0; i < words.count; i++) {
        FUZZ_CHECK(words.items[i].len > 0, "an empty word");
        bytes += words.items[i].len;
    }
    FUZZ_CHECK(bytes <= whole->text.len, "%zu bytes of words in %zu", bytes, whole->text.len);
}

/* --- what is known is true of every value --- */

static void check_values(const struct input *input, const struct expand_result *result) {
    static const char *const values[] = {"", "*", "a/b", "\\", "}"};
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        struct expand_result other = expand(input, text_from(values[i]));
        if (other.failure == EXPAND_LIMIT || result->failure == EXPAND_LIMIT) continue;
        if (result->failure == EXPAND_SYNTAX)
            FUZZ_CHECK(other.failure != EXPAND_FINE, "refused (%s), but not with '%s'", result->error, values[i]);
        if (result->failure == EXPAND_FINE && !result->unknown)
            FUZZ_CHECK(other.failure == EXPAND_FINE && text_equal(other.text, result->text),
                       "known to be <%.*s>, with '%s' <%.*s> (%s)", TEXT_ARG(result->text), values[i],
                       TEXT_ARG(other.text), other.error);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    size_t lookups = 0;
    arena_init(&arena);
    struct text rest = fuzz_text(data, size);
    unsigned flags = fuzz_byte(&rest);
    struct input input = {.arena = &arena,
                          .names = {.lookups = &lookups},
                          .escape = flags & 1 ? '`' : '\\',
                          .options = flags >> 1 & 0xF,
                          .work = flags & 0x20 ? LITTLE_WORK : EXPAND_WORK_LIMIT};
    read_names(&input, fuzz_part(&rest));
    input.text = rest;
    struct expand_result result = expand(&input, (struct text){0});
    check_same(result, expand(&input, (struct text){0}));
    check_words(&input, &result);
    check_values(&input, &result);
    arena_finish(&arena);
    return 0;
}
