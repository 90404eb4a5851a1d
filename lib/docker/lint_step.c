#include "docker/lint_step.h"

/* --- where and what --- */

struct place lint_step_place(const struct lint_step *step) {
    return step->is_trigger ? step->stage->place : step->instruction->place;
}

struct place lint_step_find(struct lint_step *step, struct text word) {
    struct text found = {0};
    if (!step->is_trigger) found = lint_lines_find(&step->lines, word);
    return text_is_given(found) ? lint_source_place(&step->linter->source, found) : lint_step_place(step);
}

/* That of a trigger is the second one of its line. */
struct text lint_step_command(const struct lint_step *step) {
    const struct instruction *instruction = step->instruction;
    struct text name = text_from(instruction_name(instruction->kind));
    struct text word = lint_source_word(&step->linter->source, instruction->place, instruction->kind);
    if (step->is_trigger) {
        struct texts words = lint_source_words(step->linter->arena, &step->linter->source, instruction->place);
        if (words.count > 1) word = words.items[1];
    }
    return text_equal_ignoring_case(word, name) ? word : name;
}

struct expand_result lint_step_expand(struct lint_step *step, struct text word) {
    return lint_names_expand(&step->names, word);
}

bool lint_step_is_known(const struct expand_result *expanded) {
    return expanded->failure == EXPAND_FINE && !expanded->unknown;
}

struct text lint_step_known(const struct expand_result *expanded) {
    return lint_step_is_known(expanded) ? expanded->text : (struct text){0};
}

bool lint_step_look(struct lint_step *step, struct text word) {
    return lint_step_expand(step, word).failure != EXPAND_SYNTAX;
}

bool lint_step_look_at_all(struct lint_step *step, const struct texts *words) {
    for (size_t i = 0; i < words->count; i++)
        if (!lint_step_look(step, words->items[i])) return false;
    return true;
}

/* --- undefined-var --- */

bool lint_step_is_scanner_argument(struct text name) {
    return text_is(name, "BUILDKIT_SBOM_SCAN_CONTEXT") || text_is(name, "BUILDKIT_SBOM_SCAN_STAGE");
}

static void place_names(struct lint_step *step) {
    struct lint_source *source = &step->linter->source;
    const struct map *names = &step->names.undefined;
    struct lint_lines lines = lint_lines_of(source, step->instruction->place);
    const struct list *heredocs = &step->instruction->heredocs;
    struct text line;
    while (lint_lines_next(&lines, &line))
        lint_source_place_names(source, line, names);
    for (size_t i = 0; i < heredocs->count; i++)
        lint_source_place_names(source, ((const struct heredoc *)heredocs->items[i])->content, names);
}

void lint_step_report_undefined(struct lint_step *step) {
    const struct map *names = &step->names.undefined;
    struct linter *linter = step->linter;
    if (names->count > 0 && !step->is_trigger) place_names(step);
    for (size_t i = 0; i < names->count; i++) {
        struct text name = names->entries[i].key;
        const struct lint_undefined *undefined = names->entries[i].value;
        struct place place = undefined->place.line == 0 ? lint_step_place(step) : undefined->place;
        if (lint_step_is_scanner_argument(name)) continue;
        struct diagnostic *diagnostic =
            lint_report_add(&linter->report, LINT_UNDEFINED_VAR, place, "Usage of undefined variable '$%.*s'%.*s",
                            TEXT_ARG(linter_shown(name)), TEXT_ARG(undefined->hint));
        if (diagnostic != NULL && step->state->image.source != NULL)
            diag_second(linter->report.diagnostics, diagnostic, step->state->image, "unless this image sets it");
    }
}
