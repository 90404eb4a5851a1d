/*
 * dockerfile: a Dockerfile to its instructions, and what its build reads.
 *
 * The input is the file; where it holds a NUL, what stands before the first one is what is chosen (choice.h).
 *
 * Checked: errors come exactly with a refusal; paths are clean and in the context; knowing more never changes what
 * was known; what is printed is fit to be printed.
 */
#include "choice.h"

#include "base/path.h"
#include "docker/hints.h"
#include "format/json_write.h"
#include "report/inspect.h"

#define COLUMNS 80

struct run {
    struct arena *arena;
    const struct dockerfile *file;
    const struct source *source;
};

/* --- what is chosen --- */

/* The same with no argument's value known. */
static struct build_choice without_values(struct arena *arena, const struct build_choice *choice) {
    struct build_choice result = *choice;
    result.arguments = (struct map){0};
    for (size_t i = 0; i < choice->arguments.count; i++)
        map_set(arena, &result.arguments, choice->arguments.entries[i].key, NULL);
    return result;
}

/* --- what must hold --- */

static void check_diagnostics(const struct diagnostics *diagnostics, bool ok, const char *rule) {
    size_t errors = 0;
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct diagnostic *diagnostic = diagnostics->list.items[i];
        FUZZ_CHECK(fuzz_is_printable(diagnostic->message), "a message of rule %s", diagnostic->rule);
        if (diagnostic->severity != DIAG_ERROR) continue;
        errors++;
        FUZZ_CHECK(strcmp(diagnostic->rule, rule) == 0, "rule %s, not %s", diagnostic->rule, rule);
    }
    FUZZ_CHECK(ok == (errors == 0), "%s: %zu errors", rule, errors);
    FUZZ_CHECK(errors <= 1, "%s: %zu errors", rule, errors);
    struct buffer buffer = buffer_in(diagnostics->arena);
    diag_write(&buffer, diagnostics, DIAG_NOTE, false);
    if (buffer.len > 0) FUZZ_CHECK(fuzz_is_printable(buffer_text(&buffer)), "the written diagnostics");
}

static void check_inputs(const struct run *run, const struct build_reading *reading) {
    struct map seen = {0};
    for (size_t i = 0; i < reading->inputs.count; i++) {
        const struct build_input *input = reading->inputs.items[i];
        FUZZ_CHECK(input->path.len > 0 && !path_escapes(input->path) && !path_is_absolute(input->path), "<%.*s>",
                   TEXT_ARG(input->path));
        FUZZ_CHECK(text_equal(path_clean(run->arena, input->path), input->path), "<%.*s>", TEXT_ARG(input->path));
        FUZZ_CHECK(!map_has(&seen, input->path), "<%.*s> twice", TEXT_ARG(input->path));
        if (text_is(input->path, ".")) FUZZ_CHECK(reading->whole_context, "'.' is the whole context");
        map_set(run->arena, &seen, input->path, (void *)input);
    }
}

static void check_reading(const struct run *run, const struct build_reading *reading) {
    FUZZ_CHECK(reading->stages.count == run->file->stages.count, "%zu stages", reading->stages.count);
    FUZZ_CHECK(run->file->is_foreign || reading->target < reading->stages.count, "target %zu", reading->target);
    if (reading->is_guess) FUZZ_CHECK(reading->whole_context, "a guess widens");
    FUZZ_CHECK(reading->whole_context == (reading->reason.len > 0), "the reason of a whole context");
    for (size_t i = 0; i < reading->stages.count; i++) {
        const struct stage_reading *stage = reading->stages.items[i];
        FUZZ_CHECK(stage->stage == run->file->stages.items[i], "stage %zu", i);
        FUZZ_CHECK(stage->reachable || i != reading->target || run->file->is_foreign, "stage %zu", i);
    }
    check_inputs(run, reading);
}

/* A value that was known stays what it was when more is known. */
static void check_refines(const struct build_reading *less, const struct build_reading *more) {
    if (less->is_guess) return;
    FUZZ_CHECK(!more->is_guess && less->whole_context == more->whole_context, "a guess, where none was");
    FUZZ_CHECK(less->inputs.count == more->inputs.count, "%zu inputs, %zu when more is known", less->inputs.count,
               more->inputs.count);
    for (size_t i = 0; i < less->inputs.count; i++) {
        const struct build_input *a = less->inputs.items[i], *b = more->inputs.items[i];
        FUZZ_CHECK(text_equal(a->path, b->path), "<%.*s> is <%.*s>", TEXT_ARG(a->path), TEXT_ARG(b->path));
    }
    FUZZ_CHECK(less->bases.count == more->bases.count, "%zu bases, %zu when more is known", less->bases.count,
               more->bases.count);
}

static void check_reports(const struct run *run, const struct build_reading *reading) {
    struct inspection inspection = {.source = run->source, .dockerfile = run->file, .reading = reading};
    struct buffer text = buffer_in(run->arena), json = buffer_in(run->arena);
    inspect_write(&text, &inspection, COLUMNS);
    FUZZ_CHECK(fuzz_is_printable(buffer_text(&text)), "the written inspection");
    FUZZ_CHECK(json_write(&json, inspect_json(run->arena, &inspection)), "JSON of the inspection");
    FUZZ_CHECK(text_is_utf8(buffer_text(&json)), "JSON of the inspection");
}

/* --- */

static bool read_stages(const struct run *run, const struct build_choice *choice, struct build_reading *out) {
    struct diagnostics diagnostics = diag_in(run->arena);
    bool ok = stages_read(run->arena, run->file, choice, &diagnostics, out);
    check_diagnostics(&diagnostics, ok, "dockerfile-build");
    if (ok) check_reading(run, out);
    return ok;
}

static void read_all(const struct run *run, struct text head) {
    struct build_choice plain = {0}, bare = {.images_are_bare = true, .wants_commands = true};
    struct build_choice chosen = {.wants_commands = true};
    struct build_reading of_plain, of_bare, of_chosen, of_less;
    struct list hints = {0};
    bool plain_ok = read_stages(run, &plain, &of_plain), bare_ok = read_stages(run, &bare, &of_bare);
    if (plain_ok && bare_ok) check_refines(&of_plain, &of_bare);
    if (bare_ok) check_reports(run, &of_bare);
    if (plain_ok) hints_read(run->arena, run->file, &of_plain, &hints);
    if (!text_is_given(head)) return;
    choice_read(run->arena, head, &chosen);
    struct build_choice less = without_values(run->arena, &chosen);
    bool chosen_ok = read_stages(run, &chosen, &of_chosen), less_ok = read_stages(run, &less, &of_less);
    if (chosen_ok && less_ok && !run->file->is_foreign) check_refines(&of_less, &of_chosen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct text rest = fuzz_text(data, size), head = {0};
    arena_init(&arena);
    if (text_has(rest, '\0')) head = fuzz_part(&rest);
    struct run run = {.arena = &arena, .source = source_create(&arena, TEXT("Dockerfile"), rest)};
    struct diagnostics diagnostics = diag_in(&arena);
    bool ok = dockerfile_parse(&arena, run.source, &diagnostics, &run.file);
    check_diagnostics(&diagnostics, ok, "dockerfile-syntax");
    FUZZ_CHECK(ok == (run.file != NULL), "the output is untouched by a refusal");
    if (ok) read_all(&run, head);
    arena_finish(&arena);
    return 0;
}
