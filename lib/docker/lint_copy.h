/*
 * lint_copy: sources of COPY and ADD that the ignore file leaves out (validateCopySourcePath).
 *
 * As in BuildKit nothing is said where the ignore file has exceptions, for then only the files could tell. Other than
 * there, a source that begins with '/' is taken for what it is, a path of the context.
 */
#ifndef DEPOT_DOCKER_LINT_COPY_H
#define DEPOT_DOCKER_LINT_COPY_H

#include "docker/linter.h"

struct lint_copy {
    struct linter *linter;
    struct pattern_walk *walk; /* NULL when there is nothing to check */
    bool has_begun;            /* the ignore file was looked at for exceptions */
};

struct lint_copy lint_copy_begin(struct linter *linter);

/* `source`: expanded, from the context or remote. `place`: where it is written. */
void lint_copy_source(struct lint_copy *copy, enum instruction_kind kind, struct text source, struct place place);

#endif
