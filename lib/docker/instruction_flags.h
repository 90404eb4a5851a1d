/*
 * instruction_flags: the `--flags` that each instruction has (instructions/parse.go, bflag.go).
 *
 * A row of the table is a command, a flag and its kind; what is not in the table is refused.
 */
#ifndef DEPOT_DOCKER_INSTRUCTION_FLAGS_H
#define DEPOT_DOCKER_INSTRUCTION_FLAGS_H

#include "docker/dockerfile.h"

/* "--name=value" texts to struct flags; false when BuildKit refuses one, and `problem` says why. */
bool instruction_flags_read(struct arena *arena, enum instruction_kind kind, const struct texts *words,
                            struct list *out, struct text *problem);

#endif
