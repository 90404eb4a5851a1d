/*
 * links: which images must be built in one call with an image, because nothing that is pushed could hand them over.
 *
 * Such a base is a target of the same bake; what it is built from in its turn is, too. The builder has them in its cache from
 * their own steps. Not possible, and then the published base is taken: in another Depot project, with a Dockerfile that
 * stands in a compose file, with `extra_hosts`, which bake does not know, or in a directory that needs a link.
 */
#ifndef DEPOT_PIPELINE_LINKS_H
#define DEPOT_PIPELINE_LINKS_H

#include "plan/plan.h"

struct links {
    struct list bases; /* of const struct plan_image; the image's own number is none */
};

void links_find_all(struct arena *arena, const struct plan_image *planned, struct links *out);

/* Its number, from 1; 0 when it is none of them. */
size_t links_find(const struct links *links, const struct plan_image *base);

/* Why a base that is built here is not handed over; NULL when it is. */
const char *links_obstacle(const struct plan_image *planned, const struct plan_image *base);

#endif
