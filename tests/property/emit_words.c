/*
 * emit_words: puts strings into a pipeline in every way that text of a repository can get into one.
 *
 *   emit_words [--json] [--no-interpolation] [--step COUNT] <strings >pipeline
 *
 * The rule: it only calls what the program itself calls. Strings are ended by NUL. Each step takes COUNT
 * (100) of them: its label is all of them joined by '|', its attribute `notes` the ones that are
 * UTF-8, and its command prints a heading for each and then, each argument ended by NUL, the string
 * as a word and once more in the form that is its turn. round_trip.mjs knows the same forms.
 */
#include "pipeline/emit.h"
#include "pipeline/script.h"
#include "pipeline/split.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct words {
    struct script script;
    struct list arguments; /* of struct shell */
    size_t number;         /* of the string, counted from 0 */
};

static void argument(struct words *words, struct shell shell) {
    struct shell *kept = arena_alloc(words->script.arena, sizeof(*kept));
    *kept = shell;
    list_add(words->script.arena, &words->arguments, kept);
}

static void argument_value(struct words *words, const struct value *value) {
    argument(words, shell_value(&words->script.scope, value));
}

static struct value reference(struct words *words, const char *name, enum value_operator operator, struct value word) {
    struct value value = {0};
    value_add_reference(words->script.arena, &value, text_from(name), operator, word);
    return value;
}

/* An argument of the form "$name", for what was assigned above. */
static void argument_variable(struct words *words, struct text name) {
    argument(words, shell_constant_of(text_format(words->script.arena, "\"$%.*s\"", TEXT_ARG(name))));
}

static struct text variable_name(struct words *words) {
    return text_format(words->script.arena, "own_%zu", words->number);
}

/* ---- the forms ------------------------------------------------------------------------ */

static void form_literal_parts(struct words *words, struct text text) {
    struct arena *arena = words->script.arena;
    struct value value = value_literal(arena, text), set = reference(words, "SET", VALUE_PLAIN, (struct value){0});
    value_add(arena, &value, &set);
    value_add_text(arena, &value, text);
    argument_value(words, &value);
}

static void operator_form(struct words *words, const char *name, enum value_operator operator, struct text text) {
    struct value value = reference(words, name, operator, value_literal(words->script.arena, text));
    argument_value(words, &value);
}

static void form_default(struct words *words, struct text text) {
    operator_form(words, "UNSET", VALUE_DEFAULT, text);
}

static void form_default_if_unset(struct words *words, struct text text) {
    operator_form(words, "UNSET", VALUE_DEFAULT_IF_UNSET, text);
}

static void form_alternative(struct words *words, struct text text) {
    operator_form(words, "SET", VALUE_ALTERNATIVE, text);
}

static void form_alternative_if_set(struct words *words, struct text text) {
    operator_form(words, "SET", VALUE_ALTERNATIVE_IF_SET, text);
}

static void form_required(struct words *words, struct text text) {
    operator_form(words, "SET", VALUE_REQUIRED, text);
}

/* ${UNSET:-text${SET}text${UNSET-text}} */
static void form_nested(struct words *words, struct text text) {
    struct arena *arena = words->script.arena;
    struct value word = value_literal(arena, text), set = reference(words, "SET", VALUE_PLAIN, (struct value){0});
    struct value inner = reference(words, "UNSET", VALUE_DEFAULT_IF_UNSET, value_literal(arena, text));
    value_add(arena, &word, &set);
    value_add_text(arena, &word, text);
    value_add(arena, &word, &inner);
    struct value value = reference(words, "UNSET", VALUE_DEFAULT, word);
    argument_value(words, &value);
}

/* ${SET:-${UNSET:?text}}: what is not wanted must not stop the step. */
static void form_unneeded(struct words *words, struct text text) {
    struct value inner = reference(words, "UNSET", VALUE_REQUIRED, value_literal(words->script.arena, text));
    struct value value = reference(words, "SET", VALUE_DEFAULT, inner);
    argument_value(words, &value);
}

static void form_build_argument(struct words *words, struct text text) {
    struct arena *arena = words->script.arena;
    struct value value = value_literal(arena, TEXT("NAME=")), inner = value_literal(arena, text);
    value_add(arena, &value, &inner);
    argument_value(words, &value);
}

static void form_document(struct words *words, struct text text) {
    argument(words, shell_document(&words->script.scope, text));
}

static void form_export(struct words *words, struct text text) {
    script_export_default(&words->script, variable_name(words), text);
    argument_variable(words, variable_name(words));
}

static void form_assign(struct words *words, struct text text) {
    const char *name = text_string(words->script.arena, variable_name(words));
    script_assign(&words->script, name, shell_word(&words->script.scope, text));
    argument_variable(words, text_from(name));
}

static void (*const forms[])(struct words *words, struct text text) = {
    form_literal_parts,      form_default,  form_default_if_unset, form_alternative,
    form_alternative_if_set, form_required, form_nested,           form_unneeded,
    form_build_argument,     form_document, form_export,           form_assign,
};

/* ---- steps ---------------------------------------------------------------------------- */

static void add_string(struct words *words, struct text text) {
    script_heading(&words->script, "+++", text);
    argument(words, shell_word(&words->script.scope, text));
    forms[words->number++ % (sizeof(forms) / sizeof(*forms))](words, text);
}

static struct text command_of(struct words *words) {
    struct call call = call_begin(&words->script, shell_constant("printf '%s\\0'"));
    for (size_t i = 0; i < words->arguments.count; i++)
        call_word(&call, *(const struct shell *)words->arguments.items[i]);
    call_end(&call);
    return script_shell(&words->script).text;
}

static const struct node *notes_of(struct arena *arena, const struct texts *strings, size_t from, size_t to) {
    struct node *notes = node_sequence(arena), *attributes = node_mapping(arena);
    for (size_t i = from; i < to; i++)
        if (text_is_utf8(strings->items[i])) node_append(arena, notes, node_string(arena, strings->items[i]));
    node_set(arena, attributes, "notes", notes);
    return attributes;
}

static struct step *step_of(struct arena *arena, const struct texts *strings, size_t from, size_t to) {
    struct words words = {.script = script_in(arena), .number = from};
    struct buffer label = buffer_in(arena);
    for (size_t i = from; i < to; i++) {
        if (i > from) buffer_add_byte(&label, '|');
        buffer_add(&label, strings->items[i]);
        add_string(&words, strings->items[i]);
    }
    struct step *step = arena_alloc(arena, sizeof(*step));
    step->key = text_format(arena, "words-%zu", from);
    step->label = text_printable(arena, buffer_text(&label));
    step->command = command_of(&words);
    step->attributes = notes_of(arena, strings, from, to);
    return step;
}

/* ---- input and output ----------------------------------------------------------------- */

static struct texts read_strings(struct arena *arena) {
    struct buffer input = buffer_in(arena);
    char piece[65536];
    for (ssize_t got; (got = read(STDIN_FILENO, piece, sizeof(piece))) > 0;)
        buffer_add(&input, text_of(piece, (size_t)got));
    struct texts strings = {0};
    struct text rest = buffer_text(&input), one;
    while (text_next(&rest, '\0', &one) && text_is_given(rest))
        texts_add(arena, &strings, one);
    return strings;
}

/* One document with the steps of these strings, at most as many as a document may have; `from` moves on. */
static bool emit_one(struct arena *arena, const struct texts *strings, size_t *from, size_t per_step, struct emit *emit,
                     struct list *pieces) {
    for (size_t steps = 0; steps < SPLIT_JOBS_OF_DOCUMENT && *from < strings->count; steps++) {
        size_t to = *from + per_step < strings->count ? *from + per_step : strings->count;
        emit_step(emit, step_of(arena, strings, *from, to));
        *from = to;
    }
    return emit_end(emit, pieces);
}

static bool emit_all(struct arena *arena, const struct texts *strings, size_t per_step, struct emit_options *options,
                     struct check *check, struct buffer *out) {
    bool ok = true;
    for (size_t from = 0; ok && from < strings->count;) {
        struct emit emit;
        struct list pieces = {0};
        emit_begin(&emit, arena, options, check);
        ok = emit_one(arena, strings, &from, per_step, &emit, &pieces);
        for (size_t i = 0; i < pieces.count; i++)
            buffer_add(out, *(const struct text *)pieces.items[i]);
        options->is_first = false;
    }
    return ok;
}

int main(int argc, char **argv) {
    struct arena arena;
    arena_init(&arena);
    struct emit_options options = {.format = EMIT_YAML, .interpolates = true, .is_first = true};
    size_t per_step = 100;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) options.format = EMIT_JSON;
        if (strcmp(argv[i], "--no-interpolation") == 0) options.interpolates = false;
        if (strcmp(argv[i], "--step") == 0 && i + 1 < argc) per_step = strtoul(argv[++i], NULL, 10);
    }
    struct diagnostics diagnostics = diag_in(&arena);
    struct check check = {.arena = &arena, .diagnostics = &diagnostics};
    struct texts strings = read_strings(&arena);
    struct buffer out = buffer_in(&arena), words = buffer_in(&arena);
    bool ok = per_step > 0 && emit_all(&arena, &strings, per_step, &options, &check, &out);
    diag_write(&words, &diagnostics, DIAG_NOTE, false);
    ok &= write(STDERR_FILENO, words.ptr, words.len) == (ssize_t)words.len;
    for (struct text rest = buffer_text(&out); ok && rest.len > 0;) {
        ssize_t written = write(STDOUT_FILENO, rest.ptr, rest.len);
        ok = written > 0;
        if (ok) rest = text_from_offset(rest, (size_t)written);
    }
    arena_finish(&arena);
    return ok ? 0 : 1;
}
