/*
 * pods: what cannot work in a pod of the Agent Stack for Kubernetes as the settings have it.
 *
 * Warnings with the place of the setting; settings of an image that contradict each other make it a red step. Of images only what is known by their name is said: an
 * unknown one counts as having everything.
 */
#ifndef DEPOT_PLAN_PODS_H
#define DEPOT_PLAN_PODS_H

#include "plan/plan.h"

/* Reports to planned->problems. `settings`: those of the run. */
void pods_review(const struct settings *settings, struct plan_image *planned);

#endif
