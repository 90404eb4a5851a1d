/*
 * builder: what builds an image: a call of ours that says everything, or the compose file as it is.
 */
#ifndef DEPOT_PLAN_BUILDER_H
#define DEPOT_PLAN_BUILDER_H

#include "plan/plan.h"

/* What the settings ask for, where that is possible; where not, a note says why. */
void builder_choose(struct arena *arena, const struct event *event, struct plan_image *planned);

#endif
