/*
 * pattern_expression: the regular expression that patternmatcher makes of a pattern, spelled for PCRE2.
 *
 *   pattern  ─▶  Go's expression, character by character as patternmatcher writes it  ─▶  PCRE2's
 *
 * Only patterns with a regular expression's own signs come here (pattern.h). Where Go and PCRE2 read a sign
 * differently it is spelled so that PCRE2 reads it as Go does: \v and \s, {01}, ^{2}, \12, [[=a], a ']' that comes first.
 */
#ifndef DEPOT_DOCKER_PATTERN_EXPRESSION_H
#define DEPOT_DOCKER_PATTERN_EXPRESSION_H

#include "base/text.h"

/* False when Go's regexp refuses it, as far as that is seen here; PCRE2 may refuse the rest. */
bool pattern_expression_write(struct arena *arena, struct text pattern, struct text *out);

#endif
