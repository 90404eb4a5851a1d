/*
 * call_options: what is said of a call of the CLI as a whole, not of one image: lint, and where SBOMs are written.
 */
#ifndef DEPOT_PIPELINE_CALL_OPTIONS_H
#define DEPOT_PIPELINE_CALL_OPTIONS_H

#include "pipeline/script.h"
#include "plan/plan.h"

/* In the checkout, for artifacts of a step are looked for there. */
#define CALL_OPTIONS_SBOM_DIRECTORY "depot-sbom"

/* Where SBOMs of the call are found, as a glob of artifacts; absent when it writes none. */
struct text call_options_artifacts(const struct list *images);

/* Can both be in one call? */
bool call_options_agree(const struct plan_image *a, const struct plan_image *b);

void call_options_add(struct call *call, const struct list *images);

#endif
