/*
 * lint_commands: the instructions of each stage, in order, as a build comes to them (convert.go dispatch).
 *
 * A stage begins with what the one it is FROM ended with: names, whether a SHELL and a WORKDIR were set. An ONBUILD
 * acts in the stages that are FROM its own; what is wrong with it then is reported at their FROM, as BuildKit does.
 */
#ifndef DEPOT_DOCKER_LINT_COMMANDS_H
#define DEPOT_DOCKER_LINT_COMMANDS_H

#include "docker/linter.h"

/*
 * expose-invalid-format, expose-proto-casing, json-args-recommended, legacy-key-value-format,
 * multiple-instructions-disallowed, secrets-used-in-arg-or-env, undefined-var, workdir-relative-path; copy-ignored-file
 * (lint_copy).
 */
void lint_commands(struct linter *linter);

#endif
