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

/* --- one image, for those who ask more than whether --- */

/* How near a path came to concern an image. */
enum match_nearness {
    MATCH_FAR,      /* it is not in the context */
    MATCH_INSIDE,   /* it is, and nothing takes it */
    MATCH_LEFT_OUT, /* it is taken, and left out again: see the rest */
    MATCH_TAKEN,
};

struct match_answer {
    enum match_nearness nearness;
    const struct watch_rule *rule; /* that takes it */
    const struct pattern *pattern; /* LEFT_OUT: of the ignore file; NULL when something else leaves it out */
    bool is_excluded;              /* LEFT_OUT: by COPY --exclude */
    const struct record_text_value
        *glob; /* LEFT_OUT: of `ignore` in the settings; TAKEN: of `watch` or `always`; else NULL */
};

struct match_one;

/* `watch` was read without changes, so that it has all its rules. */
struct match_one *match_one_create(struct arena *arena, const struct watch *watch, struct regex_cache *regexes);

/* Paths in byte order are answered fastest. */
struct match_answer match_one_ask(struct match_one *one, const struct change *change);

#endif
