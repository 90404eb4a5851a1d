/*
 * preflight: where the compose file itself, built as it is, becomes something else than `depot build` makes of it, or nothing.
 *
 * What a call can say over the file (platform, tags, project, cache, shm_size …) is said there and is no difference. Facts
 * are those of depot 2.102 and compose 2.40.
 */
#ifndef DEPOT_MODEL_PREFLIGHT_H
#define DEPOT_MODEL_PREFLIGHT_H

#include "model/image.h"

/* Warnings (rules "builder-differs", "builder-refuses") for an image that `builder` builds: BUILDER_BAKE or BUILDER_COMPOSE. */
void preflight(struct arena *arena, const struct image *image, int builder, struct diagnostics *diagnostics);

#endif
