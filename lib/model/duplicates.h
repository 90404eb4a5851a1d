/*
 * duplicates: compose services that build the very same thing.
 *
 * web, worker and cron of one application usually share a build: they are one image with all
 * their tags. Two builds are the same when everything that reaches the builder is.
 */
#ifndef DEPOT_MODEL_DUPLICATES_H
#define DEPOT_MODEL_DUPLICATES_H

#include "docker/compose.h"

/* Equal for equal builds and for those only; never shown to anyone. */
struct text duplicates_fingerprint(struct arena *arena, const struct compose_build *build);

/* What differs first, as people call it: "build arguments"; NULL when nothing does. */
const char *duplicates_difference(struct arena *arena, const struct compose_build *a, const struct compose_build *b);

#endif
