/*
 * match: changed files against the rules of all images.
 *
 *   rules ─▶ key → groups of equal rules, each with its images
 *   changed file ─▶ the keys that are it or above it ─▶ groups ─▶ images
 *
 * A changed file looks up its ancestors only, a group is asked once for all its images and never again once it has
 * answered yes: so the work is changes × depth + images, never changes × images.
 */
#ifndef DEPOT_PLAN_MATCH_H
#define DEPOT_PLAN_MATCH_H

#include "plan/reason.h"

/*
 * `watches`: struct watch. `out`: a struct reason for each of them, in their order; kind REASON_NONE: no change concerns it. Reasons
 * that are set already stay.
 */
void match(struct arena *arena, const struct list *watches, const struct changes *changes, struct regex_cache *regexes,
           struct reason *out);

/* Whether one rule takes a path, the rest of its image aside; `why_not`: what leaves it out, where something does. */
struct match_near {
    const struct pattern *ignored;  /* by the ignore file */
    bool is_excluded;               /* by COPY --exclude */
    bool is_unwatched;              /* by `ignore` of the settings */
};
bool match_rule(struct arena *arena, const struct watch *watch, const struct watch_rule *rule,
                const struct change *change, struct regex_cache *regexes, struct match_near *out);

#endif
