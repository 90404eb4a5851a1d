/*
 * pattern: one line of a .dockerignore, or one path that a build asks of its context, as moby/patternmatcher reads it.
 *
 *     a/b  a/[bc].x  a?    as in a shell; '*' and '?' stay within one element, a class of '[^…]' does not
 *     **  at the front, in the middle, at the end: any number of elements
 *     !a                   an exception: what matches is taken back
 *
 * Not a shell's and not git's rules: patternmatcher makes a regular expression of it, with the
 * quirks of that. A backslash before a letter is the regular expression's own escape (`\d`), and { } |
 * mean what they mean there. Patterns without such things run as a small program here, in time
 * pattern × path; those with them are given to PCRE2 (format/regex.h), which may give up.
 *
 * Sources: moby/patternmatcher patternmatcher.go, Go's regexp/syntax and text/scanner.
 */
#ifndef DEPOT_DOCKER_PATTERN_H
#define DEPOT_DOCKER_PATTERN_H

#include "base/source.h"
#include "format/regex.h"

enum pattern_kind {
    PATTERN_EXACT,   /* the path is `literal` */
    PATTERN_PREFIX,  /* it begins with it */
    PATTERN_SUFFIX,  /* it ends with it; or it is what follows the '/' that it begins with */
    PATTERN_PROGRAM, /* tokens */
    PATTERN_REGEX,   /* PCRE2 */
    PATTERN_BROKEN,  /* patternmatcher fails when it comes to try it */
};

struct pattern_token;

struct pattern {
    struct text text; /* cleaned, without '!' */
    bool is_exception;
    struct place place; /* where it is written; without a source when it was made up */
    enum pattern_kind kind;
    struct text literal;     /* EXACT, PREFIX, SUFFIX */
    struct text front, back; /* PROGRAM: what every match begins and ends with; may be empty */
    struct pattern_token *tokens;
    size_t token_count;
    uint64_t crossing;      /* the tokens that only a '/' leads on from, as a state */
    uint64_t resting;       /* the state that a directory does not change; 0 when there is none */
    struct text expression; /* REGEX */
};

/*
 * Takes a pattern as it is written, `!` included. False with `problem` (patternmatcher's words) when it is
 * refused at once; a blank one is accepted and has an empty `text`.
 */
bool pattern_compile(struct arena *arena, struct text written, struct pattern *out, const char **problem);

/*
 * Does the pattern match this very path (parents are the caller's)? `path` is cleaned and relative, any bytes. `failed` is set,
 * and false returned, when the pattern is broken or PCRE2 gave up.
 */
bool pattern_matches(const struct pattern *pattern, struct regex_cache *regexes, struct text path, bool *failed);

/*
 * The same element by element, for one who walks a tree: the state after "a/b/" serves all that is in a/b. A state of 0 means
 * that nothing further down can match. Only for patterns that pattern_has_states says so of.
 */
typedef uint64_t pattern_state;

bool pattern_has_states(const struct pattern *pattern);
pattern_state pattern_begin(const struct pattern *pattern);
pattern_state pattern_enter(const struct pattern *pattern, pattern_state state, struct text name); /* a directory */
bool pattern_ends(const struct pattern *pattern, pattern_state state, struct text name); /* the last element */

#endif
