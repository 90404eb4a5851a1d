/*
 * bundle: which images share a step, when the settings ask for that.
 *
 *   file      all that one compose file declares
 *   project   all that are built in one Depot project
 *   N         up to N of a project
 *
 * A step has one set of attributes, one environment and one login, so only images that agree share it; the others of the bundle make
 * a further part. So do those that would have the step wait for itself. An image that bake cannot say has a step of its own.
 *
 * The key of a bundle comes from what it is a bundle of, never from which of its images this build builds:
 * `bundle-shop-compose-yaml`, its second part `bundle-shop-compose-yaml-2`.
 */
#ifndef DEPOT_PIPELINE_BUNDLE_H
#define DEPOT_PIPELINE_BUNDLE_H

#include "pipeline/split.h"

/* As split_jobs, for a request whose bundles are not BUNDLE_NONE. */
void bundle_jobs(struct arena *arena, const struct split_request *request, struct list *out);

/* A step has one set of attributes, one token, one environment and one Docker configuration: only images that agree can share it. */
bool bundle_can_share(struct arena *arena, const struct job *job, const struct plan_image *planned);

#endif
