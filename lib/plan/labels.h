/*
 * labels: what an image says of itself: labels, and annotations of what is pushed.
 *
 * The settings' labels beat those of compose; the OCI ones are added where neither has one of the name.
 */
#ifndef DEPOT_PLAN_LABELS_H
#define DEPOT_PLAN_LABELS_H

#include "model/template.h"
#include "plan/plan.h"

/* Needs is_published and builder. */
void labels_decide(struct arena *arena, const struct template_facts *facts, struct plan_image *planned);

#endif
