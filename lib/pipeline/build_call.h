/*
 * build_call: the calls of the Depot CLI that build the images of a step.
 *
 * One image by itself is a `depot build`. Several, or one that hands what it is built from over in the same call, are
 * one `depot bake` with a file of empty targets: what they are is said by --set, where variables of the step can stand.
 */
#ifndef DEPOT_PIPELINE_BUILD_CALL_H
#define DEPOT_PIPELINE_BUILD_CALL_H

#include "pipeline/script.h"
#include "plan/plan.h"

/* `images`: of const struct plan_image, as calls_find puts them together. */
void build_call_add(struct script *script, const struct workspace *workspace, const struct list *images);

/* What stands for a context that is given through a link (image_needs_link); prepare_context makes it. */
#define BUILD_CALL_LINK "\"$depot_scratch/context\""

#endif
