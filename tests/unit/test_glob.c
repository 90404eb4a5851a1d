/* Rows follow DrJosh9000/zzglob, which the Buildkite agent uses: match_test.go and the agent's if_changed. */
#include "check.h"

#include "base/buffer.h"
#include "format/glob.h"

#include <time.h>

static const struct {
    const char *pattern, *path;
    bool matches;
} rows[] = {
    {"a/b", "a/b", true},
    {"a/b", "a/b/", false},
    {"a/b", "xa/b", false}, /* a whole path */
    {"a*b", "acccccb", true},
    {"a*b", "ab", true},
    {"a*b", "abc", false},
    {"a*b", "a/b", false},
    {"a/{b,c}/d", "a/c/d", true},
    {"a/{b,c}/d", "a/w/d", false},
    {"a/[bc]/d", "a/b/d", true},
    {"a/[bc]/d", "a/x/d", false},
    {"a/[^bc]/d", "a/b/d", false},
    {"a/[^bc]/d", "a/x/d", true},
    {"a?b", "acb", true},
    {"a?b", "accb", false},
    {"a?b", "a/b", false},
    {"a**b", "acb", true},
    {"a**b", "ab", true},
    {"a**b", "a/c/b", true},
    {"a**b", "a/b/c", false},
    {"a/**/b", "a/b", true},
    {"a/**/b", "a/c/b", true},
    {"a/**/b", "ab", false},
    {"a/**/b", "a/b/c", false},
    {"a/**/b", "a/c/d/e/f/b", true},
    {"*", "abcde", true},
    {"*", "abc/", false},
    {"*", "", true},
    {"**", "a/b/c", true},
    {"**", "", true},
    {"**/x", "x", true},
    {"**/x", "a/b/x", true},
    {"**/x", "ax", false},
    {"a**/b", "ab", false}, /* not an element of its own: the slash must be there */
    {"a**/b", "a/b", true},
    {"a**/b", "ax/y/b", true},
    {"dir/**", "dir/.hidden/x", true},
    {"dir/**", "dir", false},
    {"dir", "dir/x", false},
    {"dir/", "dir/x", false},
    {"/dir", "dir", false},
    {"./dir", "dir", false},
    {"{a,b*}", "bc", true},
    {"{a,b*}", "ac", false},
    {"{a,b**}", "bcc/cc", true},
    {"{a}", "a", true},
    {"{}", "", true},
    {"{}a", "a", true},
    {"{a,}b", "b", true},
    {"{a,{b,c}d}e", "cde", true},
    {"{a,{b,c}d}e", "ae", true},
    {"{a,{b,c}d}e", "be", false},
    {"{{a,b},{c,d}}", "d", true},
    {"{a/b,c}/d", "a/b/d", true},
    {"{,a}{,a}{,a}{,a}{,a}b", "aaaaab", true},
    {"{,a}{,a}{,a}{,a}{,a}b", "aaaaaab", false},
    {"a,b", "a,b", true}, /* outside braces a comma is a comma */
    {"a}b]", "a}b]", true},
    {"[a-c]", "b", false}, /* no ranges */
    {"[a-c]", "-", true},
    {"[!a]", "!", true}, /* no negation by '!' either */
    {"[^/]", "/", false},
    {"[]", "a", false}, /* a set of nothing */
    {"[\\]]", "]", true},
    {"[^\\]]x", "]x", false},
    {"[a\\\\]", "\\", true},
    {"\\*", "*", true},
    {"\\*", "a", false},
    {"\\{a\\,b\\}", "{a,b}", true},
    {"\\a", "a", true},
    {"***", "a/b", true},
    {"", "", true},
    {"", "a", false},
    {"\xC3\xA9*", "\xC3\xA9t\xC3\xA9", true},
};

static const struct {
    const char *pattern, *problem;
} wrong[] = {
    {"[a", "'[' without ']'"},     {"[a\\]", "'[' without ']'"},
    {"[", "'[' without ']'"},      {"{a", "'{' without '}'"},
    {"{a,", "'{' without '}'"},    {"{", "'{' without '}'"},
    {"{a,{b}", "'{' without '}'"}, {"a\\", "'\\' at the end"},
    {"{a,[b}", "'[' without ']'"}, {"{{{{{{{{{a}}}}}}}}}", "'{' nested too deeply"},
};

static bool match(struct arena *arena, struct text pattern, struct text path) {
    const char *problem = NULL;
    const struct glob *glob = glob_compile(arena, pattern, &problem);
    CHECK(glob != NULL && problem == NULL, "<%.*s>: %s", TEXT_ARG(pattern), problem == NULL ? "" : problem);
    return glob != NULL && glob_match(glob, path);
}

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CHECK(match(arena, text_from(rows[i].pattern), text_from(rows[i].path)) == rows[i].matches, "<%s> <%s>",
              rows[i].pattern, rows[i].path);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        const char *problem = NULL;
        const struct glob *glob = glob_compile(arena, text_from(wrong[i].pattern), &problem);
        CHECK(glob == NULL && problem != NULL && strcmp(problem, wrong[i].problem) == 0, "<%s>: %s", wrong[i].pattern,
              problem == NULL ? "accepted" : problem);
    }
}

static struct text repeat(struct arena *arena, const char *unit, size_t count, const char *tail) {
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < count; i++)
        buffer_add_string(&buffer, unit);
    buffer_add_string(&buffer, tail);
    return buffer_text(&buffer);
}

/* Nothing backtracks: patterns that blow up a naive matcher end at once. */
static void test_bounds(struct arena *arena) {
    struct text path = repeat(arena, "a", 4000, "b");
    clock_t start = clock();
    CHECK(!match(arena, repeat(arena, "*a", 300, "*c"), path), "many stars");
    CHECK(match(arena, repeat(arena, "**", 300, "b"), path), "many double stars");
    CHECK(!match(arena, repeat(arena, "{a,aa}*", 80, "c"), path), "many alternatives");
    CHECK(!match(arena, repeat(arena, "{,a}", 150, "c"), path), "many that may be empty");
    CHECK(!match(arena, repeat(arena, "**/", 300, "c"), repeat(arena, "a/", 2000, "b")), "many directories");
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    CHECK(seconds < 5, "%.1f seconds", seconds);
    const char *problem = NULL;
    CHECK(match(arena, repeat(arena, "a", GLOB_PROGRAM_LIMIT - 1, ""), repeat(arena, "a", GLOB_PROGRAM_LIMIT - 1, "")),
          "just fits");
    CHECK(glob_compile(arena, repeat(arena, "a", GLOB_PROGRAM_LIMIT, ""), &problem) == NULL && problem != NULL,
          "one more does not");
    static const char *const units[] = {"{a,", "{a}", "**/", "[a]", "\\a", "{", "{,}", ",", "{a,b}", "?", "{**/,"};
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        for (size_t count = 100; count <= 1100; count += 1) {
            const struct glob *glob = glob_compile(arena, repeat(arena, units[i], count, ""), &problem);
            CHECK((glob == NULL) == (problem != NULL), "%zu times <%s>", count, units[i]);
            if (glob != NULL && count % 50 == 0) glob_match(glob, TEXT("a/a/a/a"));
        }
}

/* Any bytes at all: no pattern reads past its end (the sanitizers look), and compiling twice agrees. */
static void test_random(struct arena *arena) {
    static const char bytes[] = "ab/*?[]{},\\^";
    unsigned state = 7;
    for (unsigned i = 0; i < 20000; i++) {
        struct arena_mark mark = arena_mark(arena);
        char pattern[12], path[8];
        for (size_t k = 0; k < sizeof(pattern); k++)
            pattern[k] = bytes[((state = state * 1664525u + 1013904223u) >> 16) % (sizeof(bytes) - 1)];
        for (size_t k = 0; k < sizeof(path); k++)
            path[k] = "ab/"[((state = state * 1664525u + 1013904223u) >> 16) % 3];
        const char *problem = NULL;
        size_t len = state % sizeof(pattern);
        const struct glob *glob = glob_compile(arena, text_of(pattern, len), &problem);
        if (glob != NULL) glob_match(glob, text_of(path, state >> 8 & 7));
        CHECK((glob == NULL) == (problem != NULL), "<%.*s>", (int)len, pattern);
        arena_release(arena, mark);
    }
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_bounds(&arena);
    test_random(&arena);
    arena_finish(&arena);
    return check_done("glob");
}
