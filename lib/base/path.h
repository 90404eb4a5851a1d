/*
 * path: '/'-separated paths relative to the repository root, as text.
 *
 * The root is ".", a path never begins with "./" or "/" and holds no "." or ".." element
 * after path_clean. Nothing here looks at a disk. Behaviour of path_clean is Go's
 * path.Clean (src/path/path.go), which the reference tools use.
 */
#ifndef DEPOT_BASE_PATH_H
#define DEPOT_BASE_PATH_H

#include "base/text.h"

struct text path_clean(struct arena *arena, struct text path); /* "" becomes "." */
struct text path_join(struct arena *arena, struct text dir,
                      struct text path);                /* cleaned; an absolute `path` is taken as relative */
struct text path_parent(struct text path);              /* "." for a path without '/' */
struct text path_name(struct text path);                /* the last element */
bool path_is_inside(struct text dir, struct text path); /* dir itself counts; everything is inside "." */
bool path_escapes(struct text cleaned);                 /* ".." or "../…" */
bool path_is_absolute(struct text path);
size_t path_depth(struct text path); /* "." is 0, "a" 1, "a/b" 2 */

/* `path` seen from `dir`; both cleaned, neither escaping: ("a/b", "a/c") gives "../c". */
struct text path_relative(struct arena *arena, struct text dir, struct text path);

/* Drops `..` elements that would leave the root, as BuildKit does with a build context: "/../a" is "a". */
struct text path_clamp(struct arena *arena, struct text path);

#endif
