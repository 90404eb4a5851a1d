/*
 * builder: what builds an image: a call of ours that says everything, or the compose file as it is.
 */
#ifndef DEPOT_PLAN_BUILDER_H
#define DEPOT_PLAN_BUILDER_H

#include "plan/plan.h"

/* What the settings ask for, where that is possible; where not, a note says why. */
void builder_choose(struct arena *arena, const struct event *event, struct plan_image *planned);

/* Docker builds it, which `depot configure-docker` has do so on Depot. */
bool builder_is_docker(int builder);

/* `depot build` builds what docker would have to save in Depot's registry. */
void builder_save(struct plan_image *planned);

/*
 * Once its links are known: `depot build` builds what would have to be built together with what it is built from, for a call of docker
 * builds one image.
 */
void builder_settle(struct arena *arena, struct plan_image *planned);

#endif
