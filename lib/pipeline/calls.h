/*
 * calls: the images of a step to calls of the CLI.
 *
 * Those of one Depot project share a call, as far as bake can say how they are built; where compose files are built as they are,
 * those of one file; what is saved in Depot's registry, or loaded, has calls of its own. Calls are made one after the other, each after
 * those that make what its images are built from.
 */
#ifndef DEPOT_PIPELINE_CALLS_H
#define DEPOT_PIPELINE_CALLS_H

#include "plan/plan.h"

/* `images`: of const struct plan_image, in the order of the plan. `out` gets struct list pointers, one a call, of such images. */
void calls_find(struct arena *arena, const struct list *images, struct list *out);

/* The same project, whatever the environment of the step says. */
bool calls_same_project(const struct image *a, const struct image *b);

#endif
