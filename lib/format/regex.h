/*
 * regex: regular expressions of settings and, rarely, of ignore files, with PCRE2.
 *
 * A pattern comes from a person and a subject from the repository, so matching is bounded:
 * REGEX_MATCH_LIMIT steps of backtracking and as many of depth. Passing a bound is neither a match nor
 * a mismatch: the caller is told. Compiled when first needed; patterns are few.
 */
#ifndef DEPOT_FORMAT_REGEX_H
#define DEPOT_FORMAT_REGEX_H

#include "base/text.h"

#define REGEX_MATCH_LIMIT 100000
#define REGEX_PATTERN_LIMIT 4096

enum regex_result { REGEX_NO, REGEX_YES, REGEX_LIMIT };

/* Compiled patterns of one run, in memory of their own, for who asks first may not live longest. Starts zeroed. */
struct regex_cache {
    struct regex *first;
    struct arena arena;
};

void regex_finish(struct regex_cache *cache);

/*
 * Does the pattern match anywhere in the subject (bytes; UTF-8 is not required)? A pattern that cannot be
 * compiled gives REGEX_NO and `problem` (which lives as long as the cache), where else that is absent.
 */
enum regex_result regex_search(struct regex_cache *cache, struct text pattern, struct text subject,
                               struct text *problem);

/* The same with characters of UTF-8, which pattern and subject must be; for a pattern that regex_is_good accepts. */
enum regex_result regex_search_unicode(struct regex_cache *cache, struct text pattern, struct text subject);

/* Can the pattern be compiled for regex_search_unicode? */
bool regex_is_good(struct text pattern);

#endif
