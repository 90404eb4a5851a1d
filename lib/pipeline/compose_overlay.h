/*
 * compose_overlay: what is laid over a compose file so that `docker compose build` builds what was planned.
 *
 * A document for compose itself, in one line of YAML: it expands the variables in it, by the operators that a value has, with `.env`.
 */
#ifndef DEPOT_PIPELINE_COMPOSE_OVERLAY_H
#define DEPOT_PIPELINE_COMPOSE_OVERLAY_H

#include "base/buffer.h"
#include "plan/plan.h"

/* `images`: of const struct plan_image of one compose model. */
struct text compose_overlay(struct arena *arena, const struct list *images);

/* In JSON's quotes, which YAML knows, too. */
void compose_overlay_quote(struct buffer *out, struct text text);

/* The service of an image that is built: those that share its build share its tags. */
struct text compose_overlay_service(const struct plan_image *planned);

/* Does a link go to a service of the same file, so that the file itself says where it leads? */
bool compose_overlay_knows(const struct plan_image *planned, const struct plan_link *link);

/* Other images of the same file that those are built from, however indirectly: compose and bake have them come along. */
struct list compose_overlay_bases(struct arena *arena, const struct list *images);

/* Settings of the image alone that the file does not have: its build arguments, in their order. */
bool compose_overlay_sets(const struct plan_image *planned, const struct plan_argument *argument);

#endif
