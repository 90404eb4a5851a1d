/*
 * lint: what is worth saying about a Dockerfile.
 *
 * The input is the file; where it holds a NUL, what stands before the first one is what is chosen (choice.h), and what
 * stands after the second one is the ignore file of the context.
 *
 * Checked: what is said is fit to be printed and has a place in the file; the same again gives the same.
 */
#include "docker/lint.h"
#include "choice.h"

struct run {
    struct arena *arena;
    const struct source *source;
    const struct dockerfile *file;
    const struct patterns *ignore;
};

static void check_diagnostics(const struct run *run, struct diagnostics *diagnostics) {
    size_t lines = 1;
    for (size_t i = 0; i < run->source->bytes.len; i++)
        lines += run->source->bytes.ptr[i] == '\n';
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct diagnostic *diagnostic = diagnostics->list.items[i];
        FUZZ_CHECK(diagnostic->rule != NULL && diagnostic->rule[0] != '\0', "'%.*s' has a rule",
                   TEXT_ARG(diagnostic->message));
        FUZZ_CHECK(fuzz_is_printable(diagnostic->message), "a message of rule %s", diagnostic->rule);
        FUZZ_CHECK(diagnostic->place.source != NULL && diagnostic->place.line <= lines, "%s in line %u of %zu",
                   diagnostic->rule, diagnostic->place.line, lines);
    }
    struct buffer buffer = buffer_in(run->arena);
    diag_sort(diagnostics);
    diag_write(&buffer, diagnostics, DIAG_NOTE, false);
    if (buffer.len > 0) FUZZ_CHECK(fuzz_is_printable(buffer_text(&buffer)), "the written diagnostics");
}

/* The number of diagnostics; none of a file that is refused. */
static size_t lint_as(const struct run *run, const struct build_choice *choice) {
    struct diagnostics refusals = diag_in(run->arena), diagnostics = diag_in(run->arena);
    struct build_reading reading;
    struct regex_cache regexes = {0};
    struct lint_request request = {
        .dockerfile = run->file, .reading = &reading, .choice = choice, .ignore = run->ignore, .regexes = &regexes};
    if (!stages_read(run->arena, run->file, choice, &refusals, &reading)) return 0;
    lint(run->arena, &request, &diagnostics);
    size_t count = diagnostics.list.count;
    check_diagnostics(run, &diagnostics);
    regex_finish(&regexes);
    return count;
}

static void lint_all(struct run *run, struct text head, struct text ignore_file) {
    struct build_choice plain = {.wants_commands = true}, bare = {.images_are_bare = true, .wants_commands = true};
    struct build_choice chosen = bare;
    struct diagnostics refusals = diag_in(run->arena);
    const struct source *source = source_create(run->arena, TEXT(IGNORE_NAME), ignore_file);
    if (ignore_file.len > 0 && !ignore_parse(run->arena, source, &refusals, &run->ignore)) run->ignore = NULL;
    lint_as(run, &plain);
    size_t count = lint_as(run, &bare);
    FUZZ_CHECK(count == lint_as(run, &bare), "%zu diagnostics, and not the same again", count);
    if (!text_is_given(head)) return;
    choice_read(run->arena, head, &chosen);
    lint_as(run, &chosen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct text rest = fuzz_text(data, size), head = {0}, file = rest, ignore_file = TEXT("");
    arena_init(&arena);
    if (text_has(rest, '\0')) {
        head = fuzz_part(&rest);
        file = fuzz_part(&rest);
        ignore_file = rest;
    }
    struct run run = {.arena = &arena, .source = source_create(&arena, TEXT("Dockerfile"), file)};
    struct diagnostics refusals = diag_in(&arena);
    if (dockerfile_parse(&arena, run.source, &refusals, &run.file)) lint_all(&run, head, ignore_file);
    arena_finish(&arena);
    return 0;
}
