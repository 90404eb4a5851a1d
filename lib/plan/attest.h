/*
 * attest: attestations, lint, one-off builds without a cache, and secrets of a build.
 */
#ifndef DEPOT_PLAN_ATTEST_H
#define DEPOT_PLAN_ATTEST_H

#include "plan/plan.h"
#include "repo/event.h"

/* Needs builder. */
void attest_decide(struct arena *arena, const struct event *event, struct plan_image *planned);

#endif
