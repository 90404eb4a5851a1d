/*
 * publish: whether an image is pushed by this build, and to which references.
 *
 * Safe by default: nothing is pushed without a registry in the settings, pull requests are
 * not pushed unless asked, builds of forks never.
 */
#ifndef DEPOT_PLAN_PUBLISH_H
#define DEPOT_PLAN_PUBLISH_H

#include "plan/plan.h"

/* Fills the publishing half of a plan_image; wrong tags and names become its problems. */
void publish_decide(struct arena *arena, const struct image *image, const struct event *event,
                    struct plan_image *planned);

/* Two images with one destination overwrite each other: both get a problem that points at the other. */
void publish_find_collisions(struct arena *arena, const struct list *images);

#endif
