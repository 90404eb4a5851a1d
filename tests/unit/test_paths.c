#include "repo/paths.h"
#include "scratch.h"

#include "base/buffer.h"
#include "format/wildcard.h"

/* Verdicts of Go's filepath.Match (go/src/path/filepath/match_test.go), those without '/'. */
static const struct wildcard_row {
    const char *pattern, *name;
    bool matches;
} wildcard_rows[] = {
    {"abc", "abc", true},
    {"*", "abc", true},
    {"*", "", true},
    {"*c", "abc", true},
    {"a*", "a", true},
    {"a*", "abc", true},
    {"a*b*c*d*e*", "axbxcxdxe", true},
    {"a*b*c*d*e*", "axbxcxdxexxx", true},
    {"a*b?c*x", "abxbbxdbxebxczzx", true},
    {"a*b?c*x", "abxbbxdbxebxczzy", false},
    {"ab[c]", "abc", true},
    {"ab[b-d]", "abc", true},
    {"ab[e-g]", "abc", false},
    {"ab[^c]", "abc", false},
    {"ab[^b-d]", "abc", false},
    {"ab[^e-g]", "abc", true},
    {"a\\*b", "a*b", true},
    {"a\\*b", "ab", false},
    {"a?b",
     "a\xE2\x98\xBA"
     "b",
     true}, /* one character, three bytes */
    {"a[^a]b",
     "a\xE2\x98\xBA"
     "b",
     true},
    {"a???b",
     "a\xE2\x98\xBA"
     "b",
     false},
    {"a[^a][^a][^a]b",
     "a\xE2\x98\xBA"
     "b",
     false},
    {"[a-\xCE\xB6]*", "\xCE\xB1", true},
    {"*[a-\xCE\xB6]", "A", false},
    {"[\\]a]", "]", true},
    {"[\\-]", "-", true},
    {"[x\\-]", "x", true},
    {"[x\\-]", "-", true},
    {"[x\\-]", "z", false},
    {"[\\-x]", "x", true},
    {"[\\-x]", "a", false},
    {"[]a]", "]", false}, /* malformed, as all that follow */
    {"[-]", "-", false},
    {"[x-]", "x", false},
    {"[-x]", "x", false},
    {"\\", "a", false},
    {"[a-b-c]", "a", false},
    {"[", "a", false},
    {"[^", "a", false},
    {"[^bc", "a", false},
    {"a[", "a", false},
    {"a[", "ab", false},
    {"a[", "x", false},
    {"*x", "xxx", true},
    {"[^a]", "\xff", true}, /* not UTF-8: one byte is one character */
    {"?", "\xff", true},
    {"[!a]", "!", true}, /* '!' negates in the shell only */
    {"", "", true},
    {"", "a", false},
    {"**", "abc", true},
    {"*.json", ".json", true},
    {"*.js*n", "a.json.json", true},
};

static void test_wildcards(void) {
    for (size_t i = 0; i < sizeof(wildcard_rows) / sizeof(wildcard_rows[0]); i++) {
        const struct wildcard_row *row = &wildcard_rows[i];
        bool matches = wildcard_matches(text_from(row->pattern), text_from(row->name));
        CHECK(matches == row->matches, "row %zu", i);
    }
}

static const char fill[] =
    "mkdir -p a/b a-b d/e/f s/one/src s/two/src s/two/test && echo 1 >a/b/c && echo 2 >a/b.c && echo 3 >a-b/f && "
    "echo 4 >b && echo 5 >'x y' && ln -s a l && echo 6 >d/e/f/g && chmod +x d/e/f/g && echo 7 >a.c && "
    "echo 8 >s/one/src/m.go && echo 9 >s/one/go.mod && echo 8 >s/two/src/m.c && echo 9 >s/two/go.mod && "
    "echo 9 >s/two/test/t.go && echo 1 >s/go.work && echo 1 >'st*r'";

/* How the list is come by must not be seen in it. */
static const struct row {
    const char *name, *commands;
    enum paths_origin origin;
    const char *oracle; /* NULL: git ls-files */
} rows[] = {
    {"index", "git init -q . && eval \"$FILL\" && git add .", PATHS_INDEX, NULL},
    {"no index", "git init -q .", PATHS_INDEX, NULL},
    {"version 4", "git init -q . && eval \"$FILL\" && git add . && git update-index --index-version 4", PATHS_INDEX,
     NULL},
    {"sha256", "git init -q --object-format=sha256 . && eval \"$FILL\" && git add .", PATHS_INDEX, NULL},
    {"split", "git init -q . && eval \"$FILL\" && git add . && git update-index --split-index", PATHS_GIT, NULL},
    {"split and changed",
     "git init -q . && eval \"$FILL\" && git add . && git update-index --split-index && git rm -q --cached b && "
     "echo 1 >new && git add new",
     PATHS_GIT, NULL},
    {"sparse",
     "git init -q . && eval \"$FILL\" && git add . && git commit -qm x && "
     "git sparse-checkout set --cone --sparse-index a/b",
     PATHS_GIT, NULL},
    {"sparse, full index",
     "git init -q . && eval \"$FILL\" && git add . && git commit -qm x && "
     "git sparse-checkout set --cone --no-sparse-index a/b",
     PATHS_INDEX, NULL},
    {"submodule",
     "git init -q . && eval \"$FILL\" && git add . && "
     "git update-index --add --cacheinfo 160000,0123456789012345678901234567890123456789,b.sub",
     PATHS_INDEX, NULL},
    {"conflicts in a split index",
     "git init -q -b main . && echo 1 >c && echo 1 >d && git add . && git commit -qm 1 && git checkout -qb o && "
     "echo 2 >c && git commit -qam 2 && git checkout -q main && echo 3 >c && git commit -qam 3 && "
     "{ git merge -q o >/dev/null 2>&1 || git update-index --split-index; }",
     PATHS_GIT, NULL},
    {"walk", "eval \"$FILL\" && mkdir a/.git && echo 1 >a/.git/x", PATHS_WALK,
     "find . -name .git -prune -o ! -type d -print | sed 's,^\\./,,' | LC_ALL=C sort | tr '\\n' '\\0'"},
};

static const char list_oracle[] = "git ls-files -z | tr '\\0' '\\n' | uniq | tr '\\n' '\\0'";

static void keep_path(void *self, const struct path_entry *entry) {
    buffer_add(self, entry->path);
    buffer_add_byte(self, '\0');
}

static void forget_paths(void *self) {
    ((struct buffer *)self)->len = 0;
}

static struct text list_once(struct arena *arena, struct paths *paths, bool restartable,
                             struct diagnostics *diagnostics) {
    struct buffer got = buffer_in(arena);
    bool is_listed = restartable ? paths_visit_restartable(paths, keep_path, forget_paths, &got, diagnostics)
                                 : paths_visit(paths, keep_path, &got, diagnostics);
    CHECK(is_listed, "listed");
    return buffer_text(&got);
}

/* The slow and obvious way: every element of every path against every element of the pattern. */
static bool is_answer(struct text question, bool has_wildcard, struct text list) {
    struct text path;
    while (list.len > 0 && text_next(&list, '\0', &path)) {
        struct text rest = question, element, name;
        bool is_match = true;
        while (is_match && text_is_given(rest) && text_next(&rest, '/', &element)) {
            is_match = text_is_given(path) && text_next(&path, '/', &name) &&
                       (has_wildcard ? wildcard_matches(element, name) : text_equal(element, name));
            if (rest.len == 0) break;
        }
        if (is_match) return true;
    }
    return false;
}

static const char *const asked[] = {
    "a",
    "a/b",
    "a/b/c",
    "a/b/c/d",
    "a/b.c",
    "a-b",
    "a.c",
    "b",
    "c",
    "aa",
    "a/",
    "d/e",
    "d/e/f/g",
    "d/e/f/h",
    "s",
    "s/one/src",
    "x y",
    "x",
    "zzz",
    "A",
    "*",
    "*.c",
    "*/b",
    "*/*",
    "a/*",
    "a/*.c",
    "a/*.d",
    "s/*",
    "s/*/go.mod",
    "s/*/src/*",
    "s/*/src/*.c",
    "s/*/*/*.go",
    "s/*/*/*.h",
    "s/one/*",
    "s/two/t*/t.go",
    "s/[ot]*/go.mod",
    "s/[^ot]*/go.mod",
    "?",
    "??",
    "d/*/f/*",
    "d/*/f/*/x",
    "d/e/f/?",
    "d/e/?/g",
    "st*r",
    "st\\*r",
    "q/*",
    "l*",
    "a/b/*/*",
    "s/t?o",
    "[",
    "*/",
};

static void test_questions(struct arena *arena, const char *name, struct paths *paths, struct text list,
                           struct diagnostics *diagnostics) {
    struct list questions = {0};
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]) * 2; i++) {
        struct path_question *question = arena_alloc(arena, sizeof(*question));
        question->path = text_trim_right(text_from(asked[i / 2]), "/");
        question->has_wildcard = i % 2 == 1;
        question->found = i % 3 == 0; /* what stands there before does not count */
        list_add(arena, &questions, question);
    }
    CHECK(paths_answer(paths, &questions, diagnostics), "%s", name);
    for (size_t i = 0; i < questions.count; i++) {
        const struct path_question *question = questions.items[i];
        bool expected = is_answer(question->path, question->has_wildcard, list);
        CHECK(question->found == expected, "%s: %.*s, %s", name, TEXT_ARG(question->path),
              question->has_wildcard ? "pattern" : "literal");
    }
}

static void test_row(struct arena *arena, const struct row *row) {
    struct diagnostics diagnostics = diag_in(arena);
    struct repository repository;
    struct paths paths;
    char command[2000];
    snprintf(command, sizeof(command), "mkdir r && cd r && %s >/dev/null", row->commands);
    CHECK(sh(command), "%s", row->name);
    snprintf(command, sizeof(command), "cd r && %s", row->oracle == NULL ? list_oracle : row->oracle);
    struct text expected = sh_output(arena, command);
    CHECK(repository_locate(arena, "r", scratch_environment(), &diagnostics, &repository), "%s", row->name);
    for (int restartable = 0; restartable < 2; restartable++) {
        CHECK(paths_open(arena, &repository, false, &diagnostics, &paths), "%s", row->name);
        CHECK(text_equal(list_once(arena, &paths, restartable, &diagnostics), expected), "%s", row->name);
        CHECK(paths.origin == row->origin, "%s: origin %d", row->name, paths.origin);
        CHECK(text_equal(list_once(arena, &paths, restartable, &diagnostics), expected), "%s, again", row->name);
        test_questions(arena, row->name, &paths, expected, &diagnostics);
        CHECK(paths_open(arena, &repository, false, &diagnostics, &paths), "%s", row->name);
        test_questions(arena, row->name, &paths, expected, &diagnostics);
    }
    CHECK(diagnostics.list.count == 0, "%s: nothing is reported", row->name);
    repository_close(&repository);
    CHECK(sh("rm -rf r"), "%s", row->name);
}

/* Tracked and untracked files in one order; an embedded repository is one entry. */
static void test_untracked(struct arena *arena) {
    struct diagnostics diagnostics = diag_in(arena);
    struct repository repository;
    struct paths paths;
    CHECK(sh("mkdir r && cd r && git init -q . && eval \"$FILL\" && git add a d && echo '*.log' >.gitignore && "
             "echo 1 >x.log && mkdir nested && git -C nested init -q && touch nested/f nested.c && "
             "git -C nested add . && git -C nested commit -qm x && touch zz && mkfifo pipe"),
          "untracked");
    struct text expected =
        sh_output(arena, "cd r && git ls-files -z --cached --others --exclude-standard | tr '\\0' '\\n' "
                         "| sed 's,/$,,' | LC_ALL=C sort | tr '\\n' '\\0'");
    CHECK(repository_locate(arena, "r", scratch_environment(), &diagnostics, &repository), "untracked");
    for (int restartable = 0; restartable < 2; restartable++) {
        CHECK(paths_open(arena, &repository, true, &diagnostics, &paths) && paths.with_untracked, "untracked");
        CHECK(text_equal(list_once(arena, &paths, restartable, &diagnostics), expected), "untracked");
        test_questions(arena, "untracked", &paths, expected, &diagnostics);
    }
    CHECK(sh("cd r && git update-index --split-index"), "split");
    CHECK(paths_open(arena, &repository, true, &diagnostics, &paths), "untracked");
    CHECK(text_equal(list_once(arena, &paths, true, &diagnostics), expected), "untracked beside a split index");
    CHECK(paths.origin == PATHS_GIT, "origin");
    repository_close(&repository);
    CHECK(sh("rm -rf r"), "clean up");
}

/* Behind a link or in a submodule only the disk knows. */
static void test_beyond_links(struct arena *arena) {
    static const struct {
        const char *path;
        bool found;
    } beyond[] = {{"l/b/c", true},       {"l/b", true},   {"l/x", false},   {"l", true},
                  {"out/passwd", false}, {"sub/f", true}, {"sub/g", false}, {"sub", true}};
    struct diagnostics diagnostics = diag_in(arena);
    struct repository repository;
    struct paths paths;
    struct list questions = {0};
    CHECK(sh("mkdir r && cd r && git init -q . && eval \"$FILL\" && ln -s /etc out && git add . && "
             "git update-index --add --cacheinfo 160000,0123456789012345678901234567890123456789,sub && "
             "mkdir sub && touch sub/f"),
          "links");
    for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
        struct path_question *question = arena_alloc(arena, sizeof(*question));
        question->path = text_from(beyond[i].path);
        list_add(arena, &questions, question);
    }
    CHECK(repository_locate(arena, "r", scratch_environment(), &diagnostics, &repository), "links");
    CHECK(paths_open(arena, &repository, false, &diagnostics, &paths), "links");
    CHECK(paths_answer(&paths, &questions, &diagnostics), "links");
    for (size_t i = 0; i < questions.count; i++) {
        const struct path_question *question = questions.items[i];
        CHECK(question->found == beyond[i].found, "%s", beyond[i].path);
    }
    repository_close(&repository);
    CHECK(sh("rm -rf r"), "clean up");
}

/* The index is replaced between two passes, first by a plain one, then by one that only git can read. */
static void test_replaced(struct arena *arena) {
    struct diagnostics diagnostics = diag_in(arena);
    struct repository repository;
    struct paths paths;
    CHECK(sh("mkdir r && cd r && git init -q . && eval \"$FILL\" && git add a"), "replaced");
    CHECK(repository_locate(arena, "r", scratch_environment(), &diagnostics, &repository), "replaced");
    CHECK(paths_open(arena, &repository, false, &diagnostics, &paths), "replaced");
    static const char *const changes[] = {"true", "git add d", "git add . && git update-index --split-index"};
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        char command[500];
        snprintf(command, sizeof(command), "cd r && %s", changes[i]);
        CHECK(sh(command), "%s", changes[i]);
        struct text got = list_once(arena, &paths, false, &diagnostics);
        CHECK(text_equal(got, sh_output(arena, "cd r && git ls-files -z")), "%s", changes[i]);
    }
    CHECK(paths.origin == PATHS_GIT && diagnostics.list.count == 0, "origin");
    repository_close(&repository);
    CHECK(sh("rm -rf r"), "clean up");
}

/* What we cannot read git may; where it cannot either, that is reported, and nobody has seen a path. */
static void test_damaged(struct arena *arena) {
    static const struct {
        const char *commands;
        bool is_read_by_git;
    } damages[] = {
        {"printf DIRC >.git/index", false},
        {"printf x >>.git/index", true},
        {"head -c 300 .git/index >cut && mv cut .git/index", false}, /* git takes the zeros behind it for entries */
        {"head -c 301 .git/index >cut && mv cut .git/index", false},
    };
    for (size_t i = 0; i < 2 * sizeof(damages) / sizeof(damages[0]); i++) {
        const char *commands = damages[i / 2].commands;
        bool expected = damages[i / 2].is_read_by_git;
        struct diagnostics diagnostics = diag_in(arena);
        struct repository repository;
        struct paths paths;
        struct buffer got = buffer_in(arena);
        char command[1000];
        snprintf(command, sizeof(command), "mkdir r && cd r && git init -q . && eval \"$FILL\" && git add . && %s",
                 commands);
        CHECK(sh(command), "%s", commands);
        CHECK(repository_locate(arena, "r", scratch_environment(), &diagnostics, &repository), "%s", commands);
        CHECK(paths_open(arena, &repository, false, &diagnostics, &paths), "%s", commands);
        bool is_read = i % 2 == 0 ? paths_visit(&paths, keep_path, &got, &diagnostics)
                                  : paths_visit_restartable(&paths, keep_path, forget_paths, &got, &diagnostics);
        CHECK(is_read == expected, "%s", commands);
        struct text listed = expected ? sh_output(arena, "cd r && git ls-files -z") : TEXT("");
        CHECK(text_equal(buffer_text(&got), listed), "%s: only what is believed", commands);
        CHECK(count_rule(&diagnostics, "index") == (expected ? 1 : 2), "%s", commands);
        CHECK(diag_has_errors(&diagnostics) == !expected, "%s", commands);
        repository_close(&repository);
        CHECK(sh("rm -rf r"), "clean up");
    }
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    scratch_begin();
    setenv("FILL", fill, 1);
    setenv("GIT_CEILING_DIRECTORIES", scratch_path, 1);
    test_wildcards();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        test_row(&arena, &rows[i]);
    test_untracked(&arena);
    test_beyond_links(&arena);
    test_replaced(&arena);
    test_damaged(&arena);
    scratch_end();
    arena_finish(&arena);
    return check_done("paths");
}
