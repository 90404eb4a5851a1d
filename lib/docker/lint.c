#include "docker/lint.h"

#include "docker/directive.h"
#include "docker/lint_commands.h"
#include "docker/lint_from.h"
#include "docker/lint_words.h"

/* Of several platforms the first: with all of them no TARGET… would be known. */
static struct build_choice choose(const struct build_choice *choice) {
    struct build_choice chosen = *choice;
    size_t comma = text_find(choice->platform, ',');
    if (comma != TEXT_NONE) chosen.platform = text_first(choice->platform, comma);
    return chosen;
}

/* The build argument BUILDKIT_SYNTAX comes before the file. */
static bool is_foreign(struct arena *arena, const struct lint_request *request) {
    struct text syntax;
    enum expand_state state = scope_argument(request->choice, TEXT("BUILDKIT_SYNTAX"), &syntax);
    if (state == EXPAND_UNSET) return request->dockerfile->is_foreign;
    return state == EXPAND_UNKNOWN || !directive_is_docker(arena, syntax);
}

void lint(struct arena *arena, const struct lint_request *request, struct diagnostics *diagnostics) {
    struct linter linter = {.arena = arena,
                            .request = request,
                            .choice = choose(request->choice),
                            .report = {.diagnostics = diagnostics},
                            .work = LINT_WORK_LIMIT,
                            .comparisons = LINT_TYPO_LIMIT,
                            .triggers = LINT_TRIGGER_LIMIT};
    if (is_foreign(arena, request) || request->dockerfile->stages.count == 0) return;
    lint_source_read(arena, request->dockerfile, &linter.source);
    lint_report_configure(&linter.report, lint_source_file_options(request->dockerfile->source));
    if (!lint_scope_read_globals(arena, request->dockerfile, &linter.choice, true, &linter.work, &linter.globals))
        return;
    lint_words(&linter);
    lint_from_names(&linter);
    lint_from_values(&linter);
    lint_commands(&linter);
    lint_from_needs(&linter);
}
