/*
 * wildcard: matches one element of a path, as Go's filepath.Match does.
 *
 *     *      any bytes      ?  one character      [a-z] [^a-z]  one of a class      \c  c itself
 *
 * A character is a UTF-8 sequence, or one byte where the bytes are not UTF-8. A malformed pattern
 * matches nothing. Source: src/path/filepath/match.go; '/' never occurs in an element that is matched.
 */
#ifndef DEPOT_FORMAT_WILDCARD_H
#define DEPOT_FORMAT_WILDCARD_H

#include "base/text.h"

bool wildcard_matches(struct text pattern, struct text name);

/* True when the element holds one of * ? [ \ and so is a pattern. */
bool wildcard_is_pattern(struct text element);

/* False where filepath.Match says "syntax error in pattern"; here '/' may occur. */
bool wildcard_is_well_formed(struct text pattern);

#endif
