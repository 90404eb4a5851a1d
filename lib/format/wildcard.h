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

/*
 * What filepath.Match(pattern, ".") says of the pattern, which may hold '/': false for "syntax error in pattern". It looks
 * no further than to the first part between stars that does not fit, so what is broken behind that goes unseen.
 */
bool wildcard_is_accepted(struct text pattern);

#endif
