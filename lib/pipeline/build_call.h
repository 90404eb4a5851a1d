/*
 * build_call: the calls of the Depot CLI that build the images of a step.
 *
 * One image by itself is a `depot build`. Several, or one that hands what it is built from over in the same call, are
 * one `depot bake` with a file of empty targets: what they are is said by --set, where variables of the step can stand.
 * Each is run by depot_run (recipe/run.sh), which may run it again: what it reads is in files of $depot_scratch.
 */
#ifndef DEPOT_PIPELINE_BUILD_CALL_H
#define DEPOT_PIPELINE_BUILD_CALL_H

#include "pipeline/script.h"
#include "plan/plan.h"

/* `images`: of const struct plan_image, as calls_find puts them together. `number`: which call of the step, from 1; 0: its only one. */
void build_call_add(struct script *script, const struct workspace *workspace, const struct list *images, size_t number);

/* The word for the file that tells what the call built; `docker compose` writes none. */
struct shell build_call_metadata(struct arena *arena, size_t number);

/* The name of the target that the call makes of an image; absent where the call is a `depot build`, which has none. */
struct text build_call_target(struct arena *arena, const struct list *images, const struct plan_image *planned);

/* What stands for a context that is given through a link (image_needs_link); prepare_context makes it. */
#define BUILD_CALL_LINK "\"$depot_scratch/context\""

/* Files of our own making that a call reads. */
#define BUILD_CALL_DOCKERFILE "\"$depot_scratch/Dockerfile\""
#define BUILD_CALL_BAKE_FILE "\"$depot_scratch/bake.json\""
#define BUILD_CALL_OVERLAY "\"$depot_scratch/overlay.yaml\""

/* After a call of docker: it fails when the call built somewhere else (recipe/configure_docker.sh). */
#define BUILD_CALL_IS_ON_DEPOT "depot_is_on_depot"

#endif
