/*
 * instructions: judges a split line and makes an instruction of it (instructions/parse.go).
 *
 * Counts of arguments, flags, and the few values that BuildKit checks while it reads the
 * file. The trigger of an ONBUILD is judged only where its stage is used as a base, so what
 * is wrong with it is kept in the instruction.
 */
#ifndef DEPOT_DOCKER_INSTRUCTIONS_H
#define DEPOT_DOCKER_INSTRUCTIONS_H

#include "docker/command_line.h"

/* False when BuildKit refuses the line; `problem` then says why. */
bool instructions_check(struct arena *arena, const struct command_line *line, struct instruction *out,
                        struct text *problem);

/* The name that `FROM x AS name` gives, lower-cased; absent when it gives none. */
struct text instructions_stage_name(struct arena *arena, const struct instruction *from);

#endif
