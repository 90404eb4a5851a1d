/*
 * lint_from: the FROM lines of a Dockerfile (parse.go ParseInstructionWithLinter, validations.go), and which stages
 * nobody needs.
 */
#ifndef DEPOT_DOCKER_LINT_FROM_H
#define DEPOT_DOCKER_LINT_FROM_H

#include "docker/linter.h"

/* stage-name-casing, from-as-casing, reserved-stage-name, duplicate-stage-name */
void lint_from_names(struct linter *linter);

/* undefined-arg-in-from, redundant-target-platform, from-platform-flag-const-disallowed, invalid-default-arg-in-from */
void lint_from_values(struct linter *linter);

/* unreachable-stage */
void lint_from_needs(struct linter *linter);

#endif
