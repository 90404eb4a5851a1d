/*
 * links: which images are targets of one call, because they share it or because nothing that is pushed could hand them over.
 *
 * A base that is not pushed is a target of the same bake; what it is built from in its turn is, too. The builder has them in its cache from
 * their own steps. Not possible, and then the published base is taken: in another Depot project, or where bake has no word for how an
 * image is built.
 */
#ifndef DEPOT_PIPELINE_LINKS_H
#define DEPOT_PIPELINE_LINKS_H

#include "plan/handover.h"

struct link_target {
    const struct plan_image *planned;
    struct text name; /* of the image, in letters that bake takes */
    bool is_wanted;   /* not only because another one is built from it */
};

struct links {
    struct list targets;   /* of struct link_target: those that are wanted, in their order, then bases */
    struct list platforms; /* of struct text: of the bases: all that a wanted one has */
};

/* `images`: of const struct plan_image, at least one. */
void links_find(struct arena *arena, const struct list *images, struct links *out);

/* All the platforms of some images, each once. */
struct list links_platforms(struct arena *arena, const struct list *images);

/* NULL when it is no target of the call. */
const struct link_target *links_target(const struct links *links, const struct plan_image *planned);

#endif
