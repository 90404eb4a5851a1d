/*
 * glob: path patterns of settings, in the Buildkite agent's dialect (zzglob).
 *
 * A pattern matches a whole path. `*` and `?` stay within one element, `**` crosses them (and
 * `**` followed by a slash may be nothing), `{a,b}` is either, `[abc]` and `[^abc]` are sets without
 * ranges, `\` takes the next character as it is.
 *
 * Time is bounded by pattern × path: the set of reachable pattern places is carried along,
 * nothing backtracks. Limits: GLOB_PROGRAM_LIMIT places after `{…}` are laid out.
 */
#ifndef DEPOT_FORMAT_GLOB_H
#define DEPOT_FORMAT_GLOB_H

#include "base/text.h"

#define GLOB_PROGRAM_LIMIT 1024

struct glob;

/* NULL when the pattern is not well-formed; `problem` says why. */
const struct glob *glob_compile(struct arena *arena, struct text pattern, const char **problem);

bool glob_match(const struct glob *glob, struct text path);

#endif
