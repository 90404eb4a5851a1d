#include "check.h"

#include "base/buffer.h"
#include "format/regex.h"

#include <time.h>

static const struct {
    const char *pattern, *subject;
    enum regex_result result;
    const char *problem; /* NULL: none */
} rows[] = {
    {"a", "bab", REGEX_YES, NULL}, /* anywhere */
    {"^a", "ba", REGEX_NO, NULL},
    {"^services/", "services/api", REGEX_YES, NULL},
    {"", "", REGEX_YES, NULL},
    {"(?i)API", "services/api", REGEX_YES, NULL},
    {"a(?=b)", "ab", REGEX_YES, NULL},
    {"\\bapi$", "x/api", REGEX_YES, NULL},
    {".", "\xFF", REGEX_YES, NULL}, /* bytes, not UTF-8 */
    {"(", "a", REGEX_NO, "missing closing parenthesis at character 2"},
    {"[", "a", REGEX_NO, "missing terminating ] for character class at character 2"},
    {"(?<n>a)\\k<m>", "a", REGEX_NO, "reference to non-existent subpattern at character 11"},
    {"\\C", "a", REGEX_NO, "using \\C is disabled by the application at character 3"},
    /* patterns whose naive matching takes years */
    {"(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", REGEX_LIMIT, NULL},
    {"(a|aa)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", REGEX_LIMIT, NULL},
    {"(.*a){20}$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", REGEX_LIMIT, NULL},
    {"^(([a-z])+.)+[A-Z]([a-z])+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", REGEX_LIMIT, NULL},
};

static void test_rows(struct arena *arena, struct regex_cache *cache) {
    for (int round = 0; round < 2; round++) /* the second time from the cache */
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
            struct text problem = TEXT("untouched");
            clock_t start = clock();
            enum regex_result result =
                regex_search(cache, text_from(rows[i].pattern), text_from(rows[i].subject), &problem);
            double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
            CHECK(result == rows[i].result, "%s: %d", rows[i].pattern, (int)result);
            CHECK(seconds < 1, "%s: %.2f seconds", rows[i].pattern, seconds);
            CHECK(text_is_given(problem) == (rows[i].problem != NULL), "%s: %.*s", rows[i].pattern, TEXT_ARG(problem));
            if (rows[i].problem != NULL) CHECK_TEXT(problem, rows[i].problem, rows[i].pattern);
        }
}

/* Patterns that are small but compile to much, or need a deep stack. */
static void test_bounds(struct arena *arena, struct regex_cache *cache) {
    struct text problem;
    struct buffer pattern = buffer_in(arena), subject = buffer_in(arena);
    buffer_add_repeated(&pattern, 'a', REGEX_PATTERN_LIMIT);
    buffer_add_repeated(&subject, 'a', 1000000);
    CHECK(regex_search(cache, buffer_text(&pattern), buffer_text(&subject), &problem) == REGEX_YES, "at limit");
    buffer_add_byte(&pattern, 'a');
    regex_search(cache, buffer_text(&pattern), TEXT("a"), &problem);
    CHECK_TEXT(problem, "longer than 4096 characters", "past the limit");
    pattern = buffer_in(arena);
    buffer_add_repeated(&pattern, '(', 2000);
    buffer_add_repeated(&pattern, ')', 2000);
    regex_search(cache, buffer_text(&pattern), TEXT("a"), &problem);
    CHECK(text_is_given(problem), "2,000 parentheses");
    regex_search(cache, TEXT("((a{1,1000}){1,1000}){1,1000}"), TEXT("a"), &problem);
    CHECK(text_is_given(problem), "it would be too large");
    enum regex_result deep = regex_search(cache, TEXT("^(a|b)*?$"), buffer_text(&subject), &problem);
    CHECK(deep == REGEX_LIMIT, "a million deep: %d", (int)deep);
    CHECK(regex_search(cache, TEXT("(?R)"), TEXT("a"), &problem) != REGEX_YES, "recursion without end");
}

int main(void) {
    struct arena arena;
    struct regex_cache cache = {0};
    arena_init(&arena);
    test_rows(&arena, &cache);
    test_bounds(&arena, &cache);
    regex_finish(&cache);
    arena_finish(&arena);
    return check_done("regex");
}
