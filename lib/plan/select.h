/*
 * select: which images are built: the affected ones, or those that are asked for.
 *
 *   --only        these and what they are built from, affected or not; nothing else
 *   --exclude     not these, whatever else is said; what is built from them takes the published ones
 *   a tag         `api/v1.2.3`, `api-v1.2.3` and `api@1.2.3` name the image `api`, or the one whose name ends in `/api`
 *
 * Names are exact, or globs (format/glob.h).
 */
#ifndef DEPOT_PLAN_SELECT_H
#define DEPOT_PLAN_SELECT_H

#include "plan/plan.h"

/* Decides is_built of every image, and the reasons that come with it. A name that no image has is reported (rule "no-such-image"): then false. */
bool select_images(struct arena *arena, const struct plan_request *request, const struct graph *graph,
                   struct diagnostics *diagnostics, struct plan *plan);

/* Is it the name, or a glob that matches it? */
bool select_name_matches(struct arena *arena, struct text pattern, struct text name);

/* "services/api" for `services/api/v1.2`, "api" for `api-v1.2` and `api@1.2`; the absent text for `v1.2`. */
struct text select_tag_prefix(struct text tag);

/* The image that a tag names; NULL when it names none, or several. */
const struct image *select_by_tag(const struct workspace *workspace, struct text tag);

#endif
