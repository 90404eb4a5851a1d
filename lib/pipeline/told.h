/*
 * told: names under which steps tell each other of an image (recipe/report.sh).
 */
#ifndef DEPOT_PIPELINE_TOLD_H
#define DEPOT_PIPELINE_TOLD_H

#include "model/image.h"

/* The name as it stands between the quotes of JSON, without '<', '>' and '&'. */
struct text told_name(struct arena *arena, const struct image *image);

/* "linux/amd64,linux/arm64" */
struct text told_platforms(struct arena *arena, const struct image *image);

#endif
