#include "docker/lint_copy.h"

#include "base/path.h"

/* A path that no pattern names: whatever takes it takes everything at the root. */
#define ANYTHING TEXT("\x01 any file \x01")

static bool has_exceptions(const struct source *source) {
    if (source == NULL) return false;
    struct text rest = source->bytes, line;
    while (text_next(&rest, '\n', &line))
        if (text_starts(text_trim(line), "!")) return true;
    return false;
}

struct lint_copy lint_copy_begin(struct linter *linter) {
    const struct lint_request *request = linter->request;
    struct lint_copy copy = {.linter = linter};
    if (request->ignore != NULL && patterns_count(request->ignore) > 0)
        copy.walk = patterns_walk(linter->arena, request->ignore, request->regexes, false);
    return copy;
}

static bool is_remote(struct text source) {
    size_t at = text_find(source, '@');
    bool is_scp = at != TEXT_NONE && text_has(text_from_offset(source, at), ':');
    return is_scp || text_contains(source, TEXT("://"));
}

/* The pattern that leaves the path out; the context as a whole is left out only by one that says so. */
static const struct pattern *find_decider(const struct lint_copy *copy, struct text path) {
    bool is_root = text_is(path, ".");
    if (!pattern_walk_takes(copy->walk, is_root ? ANYTHING : path)) return NULL;
    const struct pattern *decider = pattern_walk_decider(copy->walk);
    if (!is_root || decider == NULL) return decider;
    bool is_everything = text_is(decider->text, "*") || text_is(decider->text, "**") || text_is(decider->text, "**/*");
    return is_everything ? decider : NULL;
}

/* False when the ignore file has exceptions; it is known by the place of a pattern. */
static bool is_certain(struct lint_copy *copy, const struct pattern *decider) {
    if (!copy->has_begun && has_exceptions(decider->place.source)) copy->walk = NULL;
    copy->has_begun = true;
    return copy->walk != NULL;
}

void lint_copy_source(struct lint_copy *copy, enum instruction_kind kind, struct text source, struct place place) {
    struct arena *arena = copy->linter->arena;
    if (copy->walk == NULL || is_remote(source)) return;
    const struct pattern *decider = find_decider(copy, path_clamp(arena, source));
    if (decider == NULL || !is_certain(copy, decider)) return;
    struct diagnostic *diagnostic =
        lint_report_add(&copy->linter->report, LINT_COPY_IGNORED_FILE, place,
                        "Attempting to %s file \"%.*s\" that is excluded by .dockerignore",
                        kind == INSTRUCTION_ADD ? "Add" : "Copy", TEXT_ARG(linter_shown(path_clean(arena, source))));
    if (diagnostic != NULL && decider->place.source != NULL)
        diag_second(copy->linter->report.diagnostics, diagnostic, decider->place, "by this pattern");
}
