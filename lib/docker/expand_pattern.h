/*
 * expand_pattern: the shell patterns of ${x#p}, ${x%p} and ${x/p/r} (convertShellPatternToRegex).
 *
 * `*` is any run of characters, `?` any one; `\` takes the meaning from * ? \ } and /; there
 * are no bracket expressions. Neither wildcard crosses a line feed.
 *
 * A pattern of literal runs between stars needs no backtracking: each run is looked for as
 * early as possible after the one before, and only the last may be moved to a later place.
 */
#ifndef DEPOT_DOCKER_EXPAND_PATTERN_H
#define DEPOT_DOCKER_EXPAND_PATTERN_H

#include "base/buffer.h"

enum expand_end { EXPAND_PATTERN_PREFIX, EXPAND_PATTERN_SUFFIX };

/* A pattern or a value as characters, so that either can be read backwards. */
struct expand_runes {
    uint32_t *items;
    size_t count;
};

struct expand_pattern {
    struct expand_runes runes; /* EXPAND_PATTERN_STAR and EXPAND_PATTERN_ANY stand for the wildcards */
};

/* False when the pattern has an escape that Go's regexp would not take; `problem` then says which. */
bool expand_pattern_compile(struct arena *arena, struct text text, struct expand_pattern *out, const char **problem);

/* The value without its shortest (or longest) matching beginning or end. Counts its steps down from `work`. */
struct text expand_pattern_trim(struct arena *arena, const struct expand_pattern *pattern, struct text value,
                                enum expand_end end, bool longest, size_t *work);

/* The value with the first match, or all, replaced. */
struct text expand_pattern_replace(struct arena *arena, const struct expand_pattern *pattern, struct text value,
                                   struct text replacement, bool all, size_t *work);

#endif
