/*
 * ignore: bytes of a .dockerignore to its patterns, as moby/patternmatcher's ignorefile reads them.
 *
 * A line that begins with '#' is a comment, blanks around a pattern and one leading '/' go, paths are cleaned.
 * A blank before '#' makes a pattern of the line. What the patterns mean: pattern.h, patterns.h.
 *
 * Limits: a line of 65,535 bytes (Go's bufio.Scanner); the size of a file is bounded by whoever reads it, to
 * IGNORE_SIZE_LIMIT bytes.
 */
#ifndef DEPOT_DOCKER_IGNORE_H
#define DEPOT_DOCKER_IGNORE_H

#include "base/diag.h"
#include "docker/patterns.h"

#define IGNORE_SIZE_LIMIT ((size_t)1024 * 1024)
#define IGNORE_NAME ".dockerignore"

/* False when a build with it would fail; the first error (rule "ignore-syntax") was reported and `out` is untouched. */
bool ignore_parse(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                  const struct patterns **out);

#endif
