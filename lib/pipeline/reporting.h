/*
 * reporting: what a step tells the build of the images that a call has built, by recipe/report.sh.
 *
 * Told is what is pushed or saved, as the settings' `report` has it; of what is saved the meta-data always, for later steps live from it. The recipe is part of what all steps begin with, where any image of the
 * plan needs it; after each call comes a line for each of its images.
 */
#ifndef DEPOT_PIPELINE_REPORTING_H
#define DEPOT_PIPELINE_REPORTING_H

#include "pipeline/script.h"
#include "plan/plan.h"

/* It is built here, and what comes of it is told. */
bool reporting_tells(const struct plan_image *planned);

/* The recipe, where an image of the plan is reported. */
void reporting_start(struct script *script, const struct plan *plan);

/* `images`: of const struct plan_image, of one call; `number`: the call's, as build_call_add has it. */
void reporting_add(struct script *script, const struct list *images, size_t number);

/* Of an image that was saved and is now pushed: below prepare_saved, which leaves what is told. */
void reporting_add_push(struct script *script, const struct plan_image *planned);

#endif
