/*
 * compare: the images as they are declared beside those of the tree before the change.
 *
 * An image is known by its name. What its files are is not looked at here (plan/match).
 */
#ifndef DEPOT_PLAN_COMPARE_H
#define DEPOT_PLAN_COMPARE_H

#include "plan/graph.h"
#include "plan/reason.h"

/*
 * Sets a reason for each image that is new, or that is declared or linked otherwise than before. `out`: a struct reason for each image
 * of `now`, in their order. `gone` gets the names of images that are no more.
 */
void compare_workspaces(struct arena *arena, const struct workspace *now, const struct workspace *before,
                        const struct event *event, struct reason *out, struct texts *gone);

/* The same where there is no other side: every image that one of the changed files may declare. */
void compare_unknown(const struct workspace *now, const struct changes *changes, struct reason *out);

/* May the change of this file change how images are declared? Dockerfiles only by coming or going. */
bool compare_is_needed(const struct workspace *now, const struct change *change);

#endif
