/*
 * patterns: which paths a list of patterns takes, as BuildKit asks while it walks a build context.
 *
 * The last pattern that matches decides, and what a directory matched its contents match too; so a file of a
 * directory that is left out can be taken back (`!`). A walk remembers, for each directory above the path at hand,
 * which patterns matched it, and only those that BuildKit really tried: it skips a pattern that could
 * not change the verdict, and such a one is not inherited. So with `a/b` and then `!a`, a/b stays left out, although
 * one by one (MatchesOrParentMatches) it would not. A directory that is left out, and in which no
 * exception can lie, is not entered.
 *
 * Sources: moby/patternmatcher MatchesUsingParentResults, tonistiigi/fsutil filter.go.
 *
 * Cost: literals, `dir/` + `**` and `**` + `/name` are looked up; the others are tried where their first literal directories
 * lead, their last byte fits and the verdict could still change. Paths in order share their directories.
 */
#ifndef DEPOT_DOCKER_PATTERNS_H
#define DEPOT_DOCKER_PATTERNS_H

#include "base/list.h"
#include "docker/pattern.h"

struct patterns;
struct pattern_walk;

/* `list`: struct pattern, in their order; empty ones are passed over. */
const struct patterns *patterns_create(struct arena *arena, const struct list *list);

size_t patterns_count(const struct patterns *patterns);

/*
 * Begins a walk of one context. `prunes`: a directory that is taken is not entered when no exception begins
 * with it; so it is for ignore files, not for the paths that a build asks for.
 */
struct pattern_walk *patterns_walk(struct arena *arena, const struct patterns *patterns, struct regex_cache *regexes,
                                   bool prunes);

/* Is the path taken? Cleaned, relative, not "."; in any order, but fastest in that of a list. */
bool pattern_walk_takes(struct pattern_walk *walk, struct text path);

/* Can something below this path, were it a directory, be taken back by an exception? */
bool patterns_may_take_back(const struct patterns *patterns, struct text path);

/* The pattern that decided about the last path; NULL when none matched it. */
const struct pattern *pattern_walk_decider(const struct pattern_walk *walk);

/* The first pattern that could not be tried (broken, or too costly): BuildKit fails there. NULL when all could. */
const struct pattern *pattern_walk_failure(const struct pattern_walk *walk);

#endif
