/*
 * retag: the tags of this commit for an image that is not built.
 *
 * It is what it was at the base commit, so this commit's tags can point at the image that was pushed then. Which one that is, a
 * template tells that consists of the base's commit: {sha}, {short_sha}; of other facts of that build nothing is known here.
 */
#ifndef DEPOT_PLAN_RETAG_H
#define DEPOT_PLAN_RETAG_H

#include "plan/plan.h"

/* Fills `retagged_from` of unaffected images whose settings say so, where there is a base commit and this build publishes them. */
void retag_decide(struct arena *arena, struct plan *plan);

/* One of the images may need the base's commit for it. */
bool retag_is_wanted(const struct workspace *workspace);

#endif
