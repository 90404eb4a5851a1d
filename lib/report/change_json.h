/*
 * change_json: what a build is compared with, and why an image is built, as data; the same in preview and explain.
 */
#ifndef DEPOT_REPORT_CHANGE_JSON_H
#define DEPOT_REPORT_CHANGE_JSON_H

#include "format/node.h"
#include "plan/plan.h"

/* A string that JSON can hold, or null when there is none. */
const struct node *change_json_string(struct arena *arena, struct text text);

/* {"rung", "ref", "base", "sentence", "everything", "files"} */
const struct node *change_json_base(struct arena *arena, const struct base *base);

/* {"rule", "sentence", "path", "line", "changed", "through"}, or null when the image is not affected. */
const struct node *change_json_why(struct arena *arena, const struct plan *plan, const struct plan_image *planned);

/* {"reason", "path", "line"}, or null when its watch set is no wider than it must be. */
const struct node *change_json_widened(struct arena *arena, const struct watch *watch);

/* Names of the images that it is built from. */
const struct node *change_json_links(struct arena *arena, const struct plan_image *planned);

#endif
