/*
 * compose_names: which variables a build looks up when its step runs.
 *
 * Of arguments and tags others ask themselves, for the settings have a say in them.
 */
#ifndef DEPOT_DOCKER_COMPOSE_NAMES_H
#define DEPOT_DOCKER_COMPOSE_NAMES_H

#include "docker/compose.h"

/* Adds the names in everything of the build that may hold references, but for arguments and tags; each once. */
void compose_names_add(struct arena *arena, const struct compose_build *build, struct texts *out);

/* The same of a list of struct value. */
void compose_names_of_values(struct arena *arena, const struct list *values, struct texts *out);

#endif
