/*
 * words: the small readers of what stands in a Dockerfile: mounts, JSON, image references, platforms, heredoc words,
 * directives.
 *
 * The input is given to all of them. Checked: what comes out can be read again and is then the same; texts of JSON are
 * UTF-8; a refusal has words.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "docker/directive.h"
#include "docker/heredoc.h"
#include "docker/json_strings.h"
#include "docker/mounts.h"
#include "docker/platform.h"
#include "docker/reference.h"

/* --- mounts --- */

/* Fields without quotes are what stands between the commas. */
static void check_fields(struct arena *arena, struct text line, const struct texts *fields) {
    struct buffer joined = buffer_in(arena);
    if (text_has(line, '"')) return;
    for (size_t i = 0; i < fields->count; i++) {
        if (i > 0) buffer_add_byte(&joined, ',');
        buffer_add(&joined, fields->items[i]);
    }
    if (text_ends(line, "\n")) line.len -= text_ends(line, "\r\n") ? 2 : 1;
    FUZZ_CHECK(text_equal(buffer_text(&joined), line), "<%.*s>", TEXT_ARG(line));
}

static void check_mounts(struct arena *arena, struct text text) {
    struct texts fields = {0};
    struct text from, problem = {0}, read_problem = {0};
    struct mount mount;
    bool splits = mounts_split(arena, text, &fields);
    if (splits) check_fields(arena, text, &fields);
    bool is_good = mounts_check(arena, text, &from, &problem);
    FUZZ_CHECK(splits || !is_good, "a line that is no CSV is refused");
    FUZZ_CHECK(is_good || fuzz_is_printable(problem), "the problem");
    if (is_good && text_is_given(from)) FUZZ_CHECK(from.len > 0, "an empty 'from' is none");
    if (mounts_read(arena, text, '\\', expand_nothing(), true, &mount, &read_problem)) {
        FUZZ_CHECK(mounts_type_name(mount.type) != NULL && !text_is_given(read_problem), "a mount has a type");
    } else {
        FUZZ_CHECK(fuzz_is_printable(read_problem), "the problem");
    }
}

/* --- JSON --- */

static void check_json(struct arena *arena, struct text text) {
    struct texts strings = {0};
    enum json_array array = json_array_read(arena, text, &strings);
    FUZZ_CHECK(array == JSON_ARRAY_STRINGS || strings.count == 0, "%zu strings of no array", strings.count);
    for (size_t i = 0; i < strings.count; i++)
        FUZZ_CHECK(text_is_given(strings.items[i]) && text_is_utf8(strings.items[i]), "string %zu", i);
    struct text value = json_object_string(arena, text, "syntax");
    FUZZ_CHECK(array == JSON_ARRAY_NONE || !text_is_given(value), "an array is no object");
    FUZZ_CHECK(text_is_utf8(value), "the value of a key");
}

/* --- references and platforms --- */

static struct text reference_spelling(struct arena *arena, const struct reference *reference) {
    struct buffer buffer = buffer_in(arena);
    buffer_format(&buffer, "%.*s/%.*s", TEXT_ARG(reference->registry), TEXT_ARG(reference->repository));
    if (text_is_given(reference->tag)) buffer_format(&buffer, ":%.*s", TEXT_ARG(reference->tag));
    if (text_is_given(reference->digest)) buffer_format(&buffer, "@%.*s", TEXT_ARG(reference->digest));
    return buffer_text(&buffer);
}

static void check_reference(struct arena *arena, struct text text) {
    struct reference reference, again;
    const char *problem = NULL;
    if (!reference_parse(arena, text, &reference, &problem)) {
        FUZZ_CHECK(problem != NULL && fuzz_is_printable(text_from(problem)), "a refusal has words");
    } else {
        struct text spelling = reference_spelling(arena, &reference);
        FUZZ_CHECK(reference.repository.len > 0 && reference.registry.len > 0, "<%.*s>", TEXT_ARG(text));
        FUZZ_CHECK(!text_is_given(reference.tag) || reference_is_tag(reference.tag), "<%.*s>", TEXT_ARG(text));
        FUZZ_CHECK(reference_parse(arena, spelling, &again, &problem), "<%.*s>: %s", TEXT_ARG(spelling), problem);
        FUZZ_CHECK(text_equal(spelling, reference_spelling(arena, &again)), "<%.*s>", TEXT_ARG(spelling));
    }
    problem = NULL;
    if (!reference_is_name(arena, text, &problem)) FUZZ_CHECK(problem != NULL, "a refusal has words");
}

static void check_platform(struct arena *arena, struct text text) {
    struct platform platform, again;
    if (!platform_parse(arena, text, &platform)) return;
    struct text spelling = platform_format(arena, &platform);
    FUZZ_CHECK(platform_parse(arena, spelling, &again), "<%.*s> of <%.*s>", TEXT_ARG(spelling), TEXT_ARG(text));
    FUZZ_CHECK(text_equal(spelling, platform_format(arena, &again)), "<%.*s>", TEXT_ARG(spelling));
}

/* --- heredocs and directives --- */

static void check_heredocs(struct arena *arena, struct text text) {
    struct heredoc_word word;
    struct list words = {0};
    heredoc_match(arena, text, &word);
    heredoc_find(arena, text, &words);
    for (size_t i = 0; i < words.count; i++)
        FUZZ_CHECK(text_is_given(((const struct heredoc_word *)words.items[i])->name), "heredoc %zu", i);
}

static void check_directives(struct arena *arena, struct text text) {
    struct text value = {0}, syntax = directive_syntax(arena, text);
    bool is_directive = directive_match(text, "#", &value) != DIRECTIVE_NONE;
    FUZZ_CHECK(!is_directive || text_is_given(value), "a directive has a value");
    if (text_is_given(syntax)) directive_is_docker(arena, syntax);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct text text = fuzz_text(data, size);
    arena_init(&arena);
    check_mounts(&arena, text);
    check_json(&arena, text);
    check_reference(&arena, text);
    check_platform(&arena, text);
    check_heredocs(&arena, text);
    check_directives(&arena, text);
    arena_finish(&arena);
    return 0;
}
