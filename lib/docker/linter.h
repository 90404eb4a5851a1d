/*
 * linter: what all rules of lint share while one Dockerfile is looked at.
 */
#ifndef DEPOT_DOCKER_LINTER_H
#define DEPOT_DOCKER_LINTER_H

#include "docker/lint.h"
#include "docker/lint_report.h"
#include "docker/lint_scope.h"
#include "docker/lint_source.h"

struct linter {
    struct arena *arena;
    const struct lint_request *request;
    struct build_choice choice; /* the request's, with one platform */
    struct lint_report report;
    struct lint_source source;
    struct lint_scope globals; /* the names that FROM sees */
    size_t work;               /* steps left for expanding */
    size_t comparisons;        /* left for proposing names */
    size_t triggers;           /* ONBUILDs left to follow */
};

/* Says which instruction comes next: a comment above it may skip rules. */
static inline void linter_enter(struct linter *linter, struct place instruction) {
    lint_report_enter(&linter->report, lint_source_options(&linter->source, instruction));
}

/* After it rules of the file as a whole come, which only the directive at its top can skip. */
static inline void linter_leave(struct linter *linter) {
    lint_report_enter(&linter->report, (struct text){0});
}

/* As much of a word as a message shows. */
static inline struct text linter_shown(struct text text) {
    return text_first(text, 80);
}

#endif
