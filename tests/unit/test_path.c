/* Rows of path_clean are those of Go's src/path/path_test.go; path_relative follows filepath.Rel. */
#include "check.h"

#include "base/path.h"

static const struct {
    const char *path, *clean, *clamped;
} cleans[] = {
    {"", ".", "."},
    {"abc", "abc", "abc"},
    {"abc/def", "abc/def", "abc/def"},
    {"a/b/c", "a/b/c", "a/b/c"},
    {".", ".", "."},
    {"..", "..", "."},
    {"../..", "../..", "."},
    {"../../abc", "../../abc", "abc"},
    {"/abc", "/abc", "abc"},
    {"/", "/", "."},
    {"abc/", "abc", "abc"},
    {"abc/def/", "abc/def", "abc/def"},
    {"a/b/c/", "a/b/c", "a/b/c"},
    {"./", ".", "."},
    {"../", "..", "."},
    {"../../", "../..", "."},
    {"/abc/", "/abc", "abc"},
    {"abc//def//ghi", "abc/def/ghi", "abc/def/ghi"},
    {"//abc", "/abc", "abc"},
    {"///abc", "/abc", "abc"},
    {"//abc//", "/abc", "abc"},
    {"abc//", "abc", "abc"},
    {"abc/./def", "abc/def", "abc/def"},
    {"/./abc/def", "/abc/def", "abc/def"},
    {"abc/.", "abc", "abc"},
    {"abc/def/ghi/../jkl", "abc/def/jkl", "abc/def/jkl"},
    {"abc/def/../ghi/../jkl", "abc/jkl", "abc/jkl"},
    {"abc/def/..", "abc", "abc"},
    {"abc/def/../..", ".", "."},
    {"/abc/def/../..", "/", "."},
    {"abc/def/../../..", "..", "."},
    {"/abc/def/../../..", "/", "."},
    {"abc/def/../../../ghi/jkl/../../../mno", "../../mno", "mno"},
    {"abc/./../def", "def", "def"},
    {"abc//./../def", "def", "def"},
    {"abc/../../././../def", "../../def", "def"},
    {"../a", "../a", "a"},
    {"../a/b", "../a/b", "a/b"},
    {"../a/..", "..", "."},
    {"../a/../b", "../b", "b"},
    {"../a/../../b", "../../b", "b"},
    {"a/../../b/../c", "../c", "c"},
    {"...", "...", "..."}, /* three dots are a name */
    {".a/..b", ".a/..b", ".a/..b"},
    {"/../a", "/a", "a"},
    {"/..", "/", "."},
    {" /a", " /a", " /a"},
};

static void test_clean(struct arena *arena) {
    for (size_t i = 0; i < sizeof(cleans) / sizeof(*cleans); i++) {
        CHECK_TEXT(path_clean(arena, text_from(cleans[i].path)), cleans[i].clean, cleans[i].path);
        CHECK_TEXT(path_clean(arena, text_from(cleans[i].clean)), cleans[i].clean, "clean twice");
        CHECK_TEXT(path_clamp(arena, text_from(cleans[i].path)), cleans[i].clamped, cleans[i].path);
    }
    CHECK_TEXT(path_clean(arena, (struct text){0}), ".", "the absent path");
}

static const struct {
    const char *dir, *path, *joined;
} joins[] = {
    {".", "a", "a"},  {"", "a", "a"},     {"a", "b", "a/b"},        {"a", "", "a"},      {".", "", "."},
    {"a", "..", "."}, {"a", "../b", "b"}, {"a", "../../b", "../b"}, {"a", "/b", "a/b"}, /* taken as relative */
    {".", "/b", "b"}, {".", "//b", "b"},  {"a/b", "./c/", "a/b/c"}, {"..", "a", "../a"}, {"a", ".", "a"},
};

static const struct {
    const char *dir, *path, *relative;
} relatives[] = {
    {".", "a/b", "a/b"},
    {".", ".", "."},
    {"a", "a", "."},
    {"a", ".", ".."},
    {"a/b", ".", "../.."},
    {"a", "a/b", "b"},
    {"a/b", "a", ".."},
    {"a/b", "a/c", "../c"},
    {"a/b", "c/d", "../../c/d"},
    {"a", "ab", "../ab"}, /* a common beginning is not a common element */
    {"ab", "a", "../a"},
    {"a/b", "a/bc/d", "../bc/d"},
    {"a/bc", "a/b/d", "../b/d"},
    {"a/b/c", "a/b/c/d/e", "d/e"},
    {"a/b/c", "a", "../.."},
    {"x/a", "y/a", "../../y/a"},
};

static void test_relative(struct arena *arena) {
    for (size_t i = 0; i < sizeof(joins) / sizeof(*joins); i++)
        CHECK_TEXT(path_join(arena, text_from(joins[i].dir), text_from(joins[i].path)), joins[i].joined, joins[i].path);
    for (size_t i = 0; i < sizeof(relatives) / sizeof(*relatives); i++) {
        struct text dir = text_from(relatives[i].dir), path = text_from(relatives[i].path);
        struct text relative = path_relative(arena, dir, path);
        CHECK_TEXT(relative, relatives[i].relative, relatives[i].path);
        CHECK_TEXT(path_join(arena, dir, relative), relatives[i].path, "joined it is the path again");
    }
}

static const struct {
    const char *path, *parent, *name;
    size_t depth;
    bool escapes, absolute;
} parts[] = {
    {".", ".", ".", 0, false, false},       {"a", ".", "a", 1, false, false},  {"a/b", "a", "b", 2, false, false},
    {"/a", "/", "a", 2, false, true},       {"..", ".", "..", 1, true, false}, {"../a", "..", "a", 2, true, false},
    {"..a/b", "..a", "b", 2, false, false}, /* a name that begins with dots */
};

static const struct {
    const char *dir, *path;
    bool inside;
} insides[] = {
    {".", "a/b", true}, {".", ".", true},    {"a", "a", true},    {"a", "a/b", true},
    {"a", "ab", false}, {"a/b", "a", false}, {"a", "b/a", false}, {"a", "", false},
};

static void test_parts(void) {
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        struct text path = text_from(parts[i].path);
        CHECK_TEXT(path_parent(path), parts[i].parent, parts[i].path);
        CHECK_TEXT(path_name(path), parts[i].name, parts[i].path);
        CHECK(path_depth(path) == parts[i].depth, "%s", parts[i].path);
        CHECK(path_escapes(path) == parts[i].escapes, "%s", parts[i].path);
        CHECK(path_is_absolute(path) == parts[i].absolute, "%s", parts[i].path);
    }
    for (size_t i = 0; i < sizeof(insides) / sizeof(*insides); i++)
        CHECK(path_is_inside(text_from(insides[i].dir), text_from(insides[i].path)) == insides[i].inside, "%s %s",
              insides[i].dir, insides[i].path);
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_clean(&arena);
    test_relative(&arena);
    test_parts();
    arena_finish(&arena);
    return check_done("path");
}
