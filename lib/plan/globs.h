/*
 * globs: lists of globs of the settings, each compiled when it is first asked.
 */
#ifndef DEPOT_PLAN_GLOBS_H
#define DEPOT_PLAN_GLOBS_H

#include "base/list.h"
#include "base/map.h"
#include "format/glob.h"
#include "format/record.h"

struct globs {
    struct arena *arena;
    struct map compiled; /* text → const struct glob *; NULL for one that is not well-formed */
};

/* Does one of them (struct record_text_value) match? `out`, unless NULL, gets the first that does. */
bool globs_match(struct globs *globs, const struct list *list, struct text path, const struct record_text_value **out);

#endif
