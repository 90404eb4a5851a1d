/*
 * near: of all changes the one that came nearest to concern an image that it does not concern.
 *
 * What is taken and left out again comes before what lies in the context, and that before all else; among equals
 * the file that shares the most directories with the Dockerfile, then the first.
 */
#ifndef DEPOT_PLAN_NEAR_H
#define DEPOT_PLAN_NEAR_H

#include "plan/match.h"

struct near {
    const struct change *change; /* NULL when nothing changed at all */
    struct match_answer answer;
};

/* `watch` was read without changes. */
struct near near_find(struct arena *arena, const struct watch *watch, const struct changes *changes,
                      struct regex_cache *regexes);

#endif
