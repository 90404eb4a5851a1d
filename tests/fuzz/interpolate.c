/*
 * interpolate: one scalar of a compose file, read and evaluated.
 *
 * The input is lines up to a NUL that say what variables are (`NAME=value`), then the scalar.
 *
 * Checked: the test without a result agrees with the reading; what is read has a spelling that reads the same (but for braces
 * that stand in a word by themselves); a literal is
 * the text with `$$` as a dollar; cuts join again; evaluating is deterministic, keeps its limit, asks only for names that are
 * there, and does not depend on others; where only `:` operators stand, unset is as good as empty.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "docker/compose_interpolate.h"

struct input {
    struct arena *arena;
    struct variables variables;
    struct text text;
};

static void read_variables(struct input *input, struct text lines) {
    struct text line;
    while (lines.len > 0 && text_next(&lines, '\n', &line)) {
        size_t equals = text_find(line, '=');
        if (equals == TEXT_NONE) continue;
        variables_set(input->arena, &input->variables, text_first(line, equals), text_from_offset(line, equals + 1));
    }
}

/* --- reading --- */

static void check_problem(const struct input *input, struct text problem) {
    bool is_inside = problem.ptr >= input->text.ptr && problem.ptr + problem.len <= input->text.ptr + input->text.len;
    FUZZ_CHECK(text_is_given(problem) && is_inside, "the problem is part of the text");
    FUZZ_CHECK(text_contains(problem, TEXT("${")) || problem.len > 0, "<%.*s>", TEXT_ARG(problem));
}

/* Does a brace stand in a word by itself? Where such a word ends depends on what follows in the line. */
static bool has_braces(const struct value *value, bool is_word) {
    for (size_t i = 0; i < value->pieces.count; i++) {
        const struct value_piece *piece = value->pieces.items[i];
        bool here = piece->is_reference ? has_braces(&piece->word, true)
                                        : is_word && (text_has(piece->text, '{') || text_has(piece->text, '}'));
        if (here) return true;
    }
    return false;
}

static void check_spelling(const struct input *input, const struct value *value) {
    struct value again;
    struct text problem, spelling = value_spelling(input->arena, value);
    FUZZ_CHECK(compose_interpolate(input->arena, spelling, &again, &problem), "<%.*s> of <%.*s> is refused",
               TEXT_ARG(spelling), TEXT_ARG(input->text));
    FUZZ_CHECK(value_equal(value, &again), "<%.*s> of <%.*s> means something else", TEXT_ARG(spelling),
               TEXT_ARG(input->text));
    FUZZ_CHECK(text_equal(spelling, value_spelling(input->arena, &again)), "<%.*s>", TEXT_ARG(spelling));
}

/* What a text without references is. */
static struct text undouble(struct arena *arena, struct text text) {
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < text.len; i++) {
        buffer_add_byte(&out, text.ptr[i]);
        if (text.ptr[i] == '$' && i + 1 < text.len && text.ptr[i + 1] == '$') i++;
    }
    return buffer_text(&out);
}

static void check_cut(const struct input *input, const struct value *value, char byte) {
    struct value before, after, joined = {0};
    if (!value_cut(input->arena, value, byte, &before, &after)) return;
    value_add(input->arena, &joined, &before);
    value_add_text(input->arena, &joined, text_of(&byte, 1));
    value_add(input->arena, &joined, &after);
    FUZZ_CHECK(value_equal(value, &joined), "cut at '%c'", byte);
    FUZZ_CHECK(!value_equal(value, &before), "something was cut off");
}

static bool check_reading(const struct input *input, struct value *out) {
    struct text problem = {0}, tested = {0};
    bool ok = compose_interpolate(input->arena, input->text, out, &problem);
    FUZZ_CHECK(compose_is_template(input->text, &tested) == ok, "<%.*s>", TEXT_ARG(input->text));
    FUZZ_CHECK(fuzz_same(problem, tested), "the same problem");
    if (!ok) {
        check_problem(input, problem);
        return false;
    }
    FUZZ_CHECK(value_equal(out, out), "a value is equal to itself");
    if (!has_braces(out, false)) check_spelling(input, out);
    check_cut(input, out, ':');
    check_cut(input, out, '=');
    if (value_is_literal(out))
        FUZZ_CHECK(text_equal(value_text(input->arena, out), undouble(input->arena, input->text)), "<%.*s>",
                   TEXT_ARG(input->text));
    return true;
}

/* --- evaluating --- */

struct evaluated {
    bool ok;
    struct compose_evaluation evaluation;
};

static struct evaluated evaluate(const struct input *input, const struct value *value,
                                 const struct variables *variables) {
    struct evaluated result;
    result.ok = compose_evaluate(input->arena, value, variables, &result.evaluation);
    const struct compose_evaluation *evaluation = &result.evaluation;
    FUZZ_CHECK(text_is_given(evaluation->text), "a result is never absent");
    FUZZ_CHECK(result.ok != text_is_given(evaluation->problem), "a failure has words, success has none");
    FUZZ_CHECK(result.ok || evaluation->text.len == 0, "a failure has no text");
    FUZZ_CHECK(value_is_literal(value) || evaluation->text.len <= COMPOSE_VALUE_LIMIT, "%zu bytes",
               evaluation->text.len);
    return result;
}

static void check_same(const struct evaluated *a, const struct evaluated *b) {
    FUZZ_CHECK(a->ok == b->ok, "<%.*s> and <%.*s>", TEXT_ARG(a->evaluation.problem), TEXT_ARG(b->evaluation.problem));
    FUZZ_CHECK(text_equal(a->evaluation.text, b->evaluation.text), "<%.*s> and <%.*s>", TEXT_ARG(a->evaluation.text),
               TEXT_ARG(b->evaluation.text));
    FUZZ_CHECK(fuzz_same(a->evaluation.problem, b->evaluation.problem), "the same problem");
}

/* Do all references take empty for unset? */
static bool has_colons_only(const struct value *value) {
    for (size_t i = 0; i < value->pieces.count; i++) {
        const struct value_piece *piece = value->pieces.items[i];
        bool tells =
            piece->operator== VALUE_DEFAULT_IF_UNSET || piece->operator== VALUE_ALTERNATIVE_IF_SET || piece->operator==
            VALUE_REQUIRED_IF_UNSET;
        if (piece->is_reference && (tells || !has_colons_only(&piece->word))) return false;
    }
    return true;
}

static struct variables copy_variables(struct arena *arena, const struct variables *from) {
    struct variables copy = {0};
    for (size_t i = 0; i < from->defaults.count; i++)
        map_set(arena, &copy.defaults, from->defaults.entries[i].key, from->defaults.entries[i].value);
    return copy;
}

static void check_evaluation(const struct input *input, const struct value *value) {
    struct texts names = {0};
    struct evaluated plain = evaluate(input, value, &input->variables), other;
    other = evaluate(input, value, &input->variables);
    check_same(&plain, &other);
    value_names(input->arena, value, &names);
    struct variables more = copy_variables(input->arena, &input->variables);
    for (size_t i = 0; i < plain.evaluation.unset.count; i++) {
        struct text name = plain.evaluation.unset.items[i];
        FUZZ_CHECK(texts_has(&names, name) && variables_find(&input->variables, name) == NULL, "<%.*s>",
                   TEXT_ARG(name));
        variables_set(input->arena, &more, name, TEXT(""));
    }
    if (has_colons_only(value)) {
        other = evaluate(input, value, &more);
        check_same(&plain, &other);
        FUZZ_CHECK(other.evaluation.unset.count == 0 || !other.ok, "nothing is unset any more");
    }
    struct variables unrelated = copy_variables(input->arena, &input->variables);
    if (texts_has(&names, TEXT("NOBODY_ASKS"))) return;
    variables_set(input->arena, &unrelated, TEXT("NOBODY_ASKS"), TEXT("x"));
    other = evaluate(input, value, &unrelated);
    check_same(&plain, &other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    arena_init(&arena);
    struct text rest = fuzz_text(data, size);
    struct input input = {.arena = &arena};
    struct value value;
    read_variables(&input, fuzz_part(&rest));
    input.text = rest;
    if (check_reading(&input, &value)) check_evaluation(&input, &value);
    arena_finish(&arena);
    return 0;
}
