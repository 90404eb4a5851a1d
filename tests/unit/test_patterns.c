/*
 * Rows follow moby/patternmatcher and fsutil's filtered walk. Many more, each checked against the real ones, are in
 * tests/conformance/patterns; these show each way through the code.
 */
#include "check.h"
#include "docker/ignore.h"

static const struct {
    const char *ignore, *path;
    bool out;
} rows[] = {
    {"a", "a", true},
    {"a", "b/a", false}, /* not git's rules: no depth is implied */
    {"a", "a/b/c", true},
    {"/a/", "a/b", true},
    {"./a/../b", "b", true},
    {"# a\na", "a", true},
    {" # a", "# a", true}, /* a blank before it: a pattern */
    {"*.go", "a.go", true},
    {"*.go", "x/a.go", false},
    {"**/*.go", "a.go", true},
    {"**/*.go", "x/y/a.go", true},
    {"**/a", "x/a/b", true},
    {"**/b/a", "x/b/a", true},
    {"**/b/a", "x/c/a", false},
    {"**.go", "x/a.go", true},
    {"a/**", "a", false},
    {"a/**", "a/b/c", true},
    {"a**", "abc/d", true},
    {"**", "x/y", true},
    {"a/**/b", "a/b", true},
    {"a/**/b", "a/x/y/b", true},
    {"a/**/b*", "a/x/y/bc/d", true},
    {"a/**/b*", "a/x/y/c", false},
    {"a?c", "abc", true},
    {"a?c", "a/c", false},
    {"a?c",
     "a\xC3\xA9"
     "c",
     true}, /* one character of two bytes */
    {"a?c",
     "a\xFF"
     "c",
     true}, /* and one malformed byte */
    {"[a-c]x", "bx", true},
    {"[^a-c]x", "bx", false},
    {"x[^a]y", "x/y", true}, /* a negated class takes a slash, too */
    {"[!a]", "!", true},     /* no negation, in Go */
    {"a\\*b*", "a*bc", true},
    {"a\\*b*", "axbc", false},
    {"a.b*", "axb", false}, /* a dot is itself */
    {"*\n!a", "a", false},
    {"*\n!a", "b", true},
    {"a\n!a/b", "a/b", false},
    {"a\n!a/b", "a/b/c", false},
    {"a\n!a/b", "a/c", true},
    {"a\n!a/b\na/b/c", "a/b/c", true},
    {"!a\na", "a", true},
    {"a/b\n!a", "a/b", true}, /* a was not tried when a itself was walked, so its contents do not have it */
    {"a\n!**/keep", "a/x/keep", false},
    {"a\n!b", "a/x", true}, /* not entered */
    {"a|b*", "zb", true},   /* a quirk: | is live in what has a wildcard */
    {"a|b*", "a|b", true},
    {"a|b", "b", false},
    {"fo\\d*", "fo1x", true}, /* \d is the expression's own */
    {"x{2}*", "xxy", true},
    {"x{01}*", "x{01}", true}, /* Go takes no such count */
    {"[[=a]*", "=", true},
    {"*\\s", "x ", true},
    {"A", "a", false},
    {".*", ".git/x", true},
    {"a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/aa/bb/cc/*/d*",
     "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/aa/bb/cc/x/dd/ee", true}, /* more tokens than a state holds */
};

static const struct {
    const char *ignore, *words;
    uint32_t line, column;
} wrong[] = {
    {"a\n[", "syntax error in pattern", 2, 1},
    {"!", "illegal exclusion pattern: \"!\"", 1, 1},
    {"  a[", "syntax error in pattern", 1, 3},
    {"a\\", "syntax error in pattern", 1, 1},
};

static const struct source *source_of(struct arena *arena, const char *bytes) {
    return source_create(arena, TEXT(".dockerignore"), text_from(bytes));
}

static void test_rows(struct arena *arena, struct regex_cache *regexes) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        const struct patterns *patterns;
        bool ok = ignore_parse(arena, source_of(arena, rows[i].ignore), &diagnostics, &patterns);
        CHECK(ok, "%s", rows[i].ignore);
        if (!ok) continue;
        struct pattern_walk *walk = patterns_walk(arena, patterns, regexes, true);
        bool out = pattern_walk_takes(walk, text_from(rows[i].path));
        CHECK(out == rows[i].out, "row %zu: %s", i, rows[i].ignore);
        (void)pattern_walk_takes(walk, TEXT("zz/other")); /* the walk goes elsewhere and comes back */
        CHECK(pattern_walk_takes(walk, text_from(rows[i].path)) == out, "again: %s", rows[i].ignore);
        CHECK(!out || pattern_walk_decider(walk) != NULL, "somebody decided: %s", rows[i].ignore);
    }
}

static void test_wrong(struct arena *arena) {
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        const struct patterns *patterns;
        bool ok = ignore_parse(arena, source_of(arena, wrong[i].ignore), &diagnostics, &patterns);
        CHECK(!ok && diagnostics.list.count == 1, "row %zu is refused once", i);
        if (ok) continue;
        const struct diagnostic *diagnostic = diagnostics.list.items[0];
        CHECK_TEXT(diagnostic->message, wrong[i].words, wrong[i].ignore);
        CHECK(diagnostic->place.line == wrong[i].line && diagnostic->place.column == wrong[i].column, "place of %s",
              wrong[i].ignore);
    }
}

/* A pattern that Go's regexp refuses fails when it is tried, and not before. */
static void test_failure(struct arena *arena, struct regex_cache *regexes) {
    struct diagnostics diagnostics = diag_in(arena);
    const struct patterns *patterns;
    CHECK(ignore_parse(arena, source_of(arena, "a\n\\o*"), &diagnostics, &patterns), "it compiles");
    struct pattern_walk *walk = patterns_walk(arena, patterns, regexes, true);
    CHECK(pattern_walk_takes(walk, TEXT("a")) && pattern_walk_failure(walk) == NULL, "nothing to try for a");
    CHECK(!pattern_walk_takes(walk, TEXT("b")) && pattern_walk_failure(walk) != NULL, "b is tried");
    CHECK(pattern_walk_failure(walk)->place.line == 2, "and says where");
}

static void test_reading(struct arena *arena, struct regex_cache *regexes) {
    struct diagnostics diagnostics = diag_in(arena);
    const struct patterns *patterns;
    const char *bytes = "\xEF\xBB\xBF"
                        "a \r\n\r\n\t# x\n! b\n";
    CHECK(ignore_parse(arena, source_of(arena, bytes), &diagnostics, &patterns), "BOM, CRLF, blanks");
    CHECK(patterns_count(patterns) == 3, "three patterns, not %zu", patterns_count(patterns));
    struct pattern_walk *walk = patterns_walk(arena, patterns, regexes, true);
    CHECK(pattern_walk_takes(walk, TEXT("a")), "without BOM and carriage return");
    char *line = arena_alloc(arena, 70000);
    memset(line, 'a', 70000);
    const struct source *source = source_create(arena, TEXT("long"), text_of(line, 70000));
    CHECK(!ignore_parse(arena, source, &diagnostics, &patterns), "a line that is too long");
}

int main(void) {
    struct arena arena;
    struct regex_cache regexes = {0};
    arena_init(&arena);
    test_rows(&arena, &regexes);
    test_wrong(&arena);
    test_failure(&arena, &regexes);
    test_reading(&arena, &regexes);
    regex_finish(&regexes);
    arena_finish(&arena);
    return check_done("patterns");
}
