/*
 * publish: whether an image is pushed by this build, and to which references.
 *
 * Safe by default: nothing is pushed without a registry in the settings, pull requests are
 * not pushed unless asked, builds of forks never. `latest` and floating tags are never moved by a pull request.
 */
#ifndef DEPOT_PLAN_PUBLISH_H
#define DEPOT_PLAN_PUBLISH_H

#include "model/template.h"
#include "plan/plan.h"

/* Fills the publishing half of a plan_image; wrong tags and names become its problems. */
void publish_decide(struct arena *arena, const struct template_facts *facts, struct plan_image *planned);

/* Where the settings put the image: whole names without a tag, each once, the first one first. */
void publish_repositories(struct arena *arena, const struct image *image, struct texts *out);

/* The same for an image that the agent's Docker gets: under the names of its registries, or its own, and those of compose files. */
void publish_name_loaded(struct arena *arena, const struct template_facts *facts, struct plan_image *planned);

/* Two images with one destination overwrite each other: both get a problem that points at the other. */
void publish_find_collisions(struct arena *arena, const struct list *images);

#endif
