/* bake_x: `x-bake` of a compose file, and the small spellings in which bake's targets differ from compose. */
#ifndef DEPOT_DOCKER_BAKE_X_H
#define DEPOT_DOCKER_BAKE_X_H

#include "docker/bake.h"

/* Adds what `x-bake` of the build says (compose.go composeExtTarget): lists are appended. False, reported, when bake would refuse it. */
bool bake_read_x(struct arena *arena, struct diagnostics *diagnostics, const struct compose_build *build,
                 struct bake_target *target);

/* "service:a.b" and "target:a.b" are "target:a_b"; all else is as it is. */
struct text bake_context_of(struct arena *arena, struct text context);

/* "128m" is "128MiB", as go-units writes sizes; "" for 0 and for what is no size. */
struct text bake_size_of(struct arena *arena, struct text size);

/* By id, then by paths. */
void bake_sort_ssh(struct arena *arena, struct list *ssh);

#endif
