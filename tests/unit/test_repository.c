#include "repo/repository.h"
#include "scratch.h"

#include "repo/git.h"
#include "repo/git_config.h"

#include <sys/wait.h>

static const struct url_row {
    const char *url;
    const char *name; /* NULL: none */
} url_rows[] = {
    {"git@github.com:team/shop.git", "shop"},
    {"git@github.com:shop.git", "shop"},
    {"host:shop", "shop"},
    {"https://github.com/team/shop", "shop"},
    {"https://github.com/team/shop.git/", "shop"},
    {"ssh://git@host:2222/team/shop.git", "shop"},
    {"/srv/git/shop/.git", "shop"},
    {"../shop", "shop"},
    {"shop", "shop"},
    {"https://host/a.b.git", "a.b"},
    {"/", NULL},
    {".git", NULL},
    {"", NULL},
};

static void test_urls(void) {
    for (size_t i = 0; i < sizeof(url_rows) / sizeof(url_rows[0]); i++) {
        struct text name = repository_name_from_url(text_from(url_rows[i].url));
        CHECK(text_is_given(name) == (url_rows[i].name != NULL), "%s", url_rows[i].url);
        if (url_rows[i].name != NULL) CHECK_TEXT(name, url_rows[i].name, url_rows[i].url);
    }
}

static const struct config_row {
    const char *bytes;
    const char *expected; /* section/subsection/name=value; "!" at the end of a malformed file */
} config_rows[] = {
    {"[core]\n\tbare = false\n", "core//bare=false;"},
    {"[Core]Bare\n", "core//bare;"},
    {"[remote \"a \\\"b\\\\\"]\nurl=x\n", "remote/a \"b\\/url=x;"},
    {"[remote.Origin]\nurl = x\n", "remote/origin/url=x;"},
    {"[a]\nb = \" c \" ; comment\n", "a//b= c ;"},
    {"[a]\nb = c  d  # comment\nc=1", "a//b=c  d;a//c=1;"},
    {"[a]\r\nb = c\r\nd = e\r\n", "a//b=c;a//d=e;"},
    {"[a]\nb = c\\\n d\n", "a//b=c d;"},
    {"[a]\nb = \"c\\td\\n\\\\\"\n", "a//b=c\td\n\\;"},
    {"[a]\nb = c;d\n", "a//b=c;"},
    {"[a]\nb = \"c;#d\"\n", "a//b=c;#d;"},
    {"[a]\nb =\n", "a//b=;"},
    {"\xEF\xBB\xBF[a]\nb=1\n", "a//b=1;"},
    {"; c\n# d\n\n[a] b = 1 \n [c \"D\"] e = 2\n", "a//b=1;c/D/e=2;"},
    {"[a]\nb = \"c\nd = 1\n", "!"},
    {"[a]\nb=1\n[c\nd=1\n", "a//b=1;!"},
    {"[a]\n=1\n", "!"},
    {"[a]\nb = \\x\n", "!"},
    {"[a \"b\n\"]\n", "!"},
    {"", ""},
};

static void show_variable(void *self, const struct config_variable *variable) {
    struct buffer *out = self;
    buffer_format(out, "%.*s/%.*s/%.*s", TEXT_ARG(variable->section), TEXT_ARG(variable->subsection),
                  TEXT_ARG(variable->name));
    if (text_is_given(variable->value)) buffer_format(out, "=%.*s", TEXT_ARG(variable->value));
    buffer_add_byte(out, ';');
}

static void test_config(struct arena *arena) {
    for (size_t i = 0; i < sizeof(config_rows) / sizeof(config_rows[0]); i++) {
        struct buffer out = buffer_in(arena);
        if (!config_parse(arena, text_from(config_rows[i].bytes), show_variable, &out)) buffer_add_byte(&out, '!');
        CHECK_TEXT(buffer_text(&out), config_rows[i].expected, config_rows[i].bytes);
    }
    CHECK(config_is_true(TEXT("Yes")) && config_is_true(TEXT("1")) && config_is_true((struct text){NULL, 0}), "true");
    CHECK(!config_is_true(TEXT("no")) && !config_is_true(TEXT("0")) && !config_is_true(TEXT("")), "false");
}

/* Each row is made in `r` of the scratch directory; paths are relative to that. */
static const struct locate_row {
    const char *name;
    const char *commands;
    const char *start;
    const char *variables; /* "NAME=value NAME=value", with R for the scratch directory */
    const char *root;
    const char *git_dir; /* NULL: no git */
    const char *rule;    /* NULL: nothing is reported */
} locate_rows[] = {
    {"plain", "git init -q r", "r", "", "r", "r/.git", NULL},
    {"from below", "git init -q r && mkdir -p r/a/b", "r/a/b", "", "r", "r/.git", NULL},
    {"no git", "mkdir -p r/a", "r/a", "", "r/a", NULL, NULL},
    {"through a link", "git init -q r && mkdir r/a && ln -s r/a l", "l", "", "r", "r/.git", NULL},
    {"a .git that is none is passed", "git init -q r && mkdir -p r/a/.git", "r/a", "", "r", "r/.git", NULL},
    {"worktree", "git init -q r && git -C r commit -q --allow-empty -m x && git -C r worktree add -q ../w 2>&1", "w",
     "", "w", "r/.git/worktrees/w", NULL},
    {"worktree of a bare repository",
     "git init -q s && git -C s commit -q --allow-empty -m x && git clone -q --bare s r && git -C r worktree add -q "
     "../w "
     "2>&1",
     "w", "", "w", "r/worktrees/w", NULL},
    {"submodule",
     "git init -q s && git -C s commit -q --allow-empty -m x && git init -q r && "
     "git -C r -c protocol.file.allow=always submodule --quiet add ../s sub",
     "r/sub", "", "r/sub", "r/.git/modules/sub", NULL},
    {"separate git directory", "git init -q --separate-git-dir g r", "r", "", "r", "g", NULL},
    {"a .git file that names nothing", "mkdir -p r/a && echo 'gitdir: ../nothing' >r/.git", "r/a", "", "r/a", NULL,
     "repository"},
    {"bare", "git init -q --bare r", "r", "", "r", NULL, "repository"},
    {"inside .git", "git init -q r", "r/.git/refs", "", "r/.git/refs", NULL, "repository"},
    {"core.bare", "git init -q r && git -C r config core.bare true", "r", "", "r", NULL, "repository"},
    {"core.worktree", "git init -q r && mkdir w && git -C r config core.worktree ../../w", "r", "", "w", "r/.git",
     NULL},
    {"GIT_DIR", "git init -q r && mkdir w", "w", "GIT_DIR=R/r/.git", "w", "r/.git", NULL},
    {"GIT_DIR is relative", "git init -q r && mkdir w", "w", "GIT_DIR=../r/.git", "w", "r/.git", NULL},
    {"GIT_DIR names a file", "git init -q --separate-git-dir g r && mkdir w", "w", "GIT_DIR=R/r/.git", "w", "g", NULL},
    {"GIT_DIR names nothing", "git init -q r", "r", "GIT_DIR=R/x", "r", NULL, "repository"},
    {"GIT_DIR is empty", "git init -q r", "r", "GIT_DIR=", "r", "r/.git", NULL},
    {"GIT_WORK_TREE", "git init -q r && mkdir w", "r", "GIT_WORK_TREE=R/w", "w", "r/.git", NULL},
    {"both", "git init -q --bare r && mkdir w x", "x", "GIT_DIR=R/r GIT_WORK_TREE=../w", "w", "r", NULL},
    {"ceiling", "git init -q r && mkdir -p r/a/b", "r/a/b", "GIT_CEILING_DIRECTORIES=R/r/a", "r/a/b", NULL, NULL},
    {"ceiling at the repository", "git init -q r && mkdir -p r/a/b", "r/a/b", "GIT_CEILING_DIRECTORIES=/x:R/r/",
     "r/a/b", NULL, NULL},
    {"ceiling above", "git init -q r && mkdir -p r/a", "r/a", "GIT_CEILING_DIRECTORIES=R", "r", "r/.git", NULL},
    {"ceiling where we are", "git init -q r", "r", "GIT_CEILING_DIRECTORIES=R/r", "r", "r/.git", NULL},
    {"sha256", "git init -q --object-format=sha256 r", "r", "", "r", "r/.git", NULL},
};

/* The environment without git's own names, and the row's variables. */
static const char *const *row_environment(struct arena *arena, const char *variables) {
    size_t count = 0;
    while (environ[count] != NULL)
        count++;
    const char **made = arena_array(arena, count + 8, sizeof(char *));
    memcpy(made, environ, count * sizeof(char *));
    struct text rest = text_from(variables), variable;
    while (rest.len > 0 && text_next(&rest, ' ', &variable)) {
        struct buffer value = buffer_in(arena);
        for (size_t i = 0; i < variable.len; i++) {
            bool is_root = variable.ptr[i] == 'R' && (variable.ptr[i - 1] == '=' || variable.ptr[i - 1] == ':');
            if (is_root) buffer_add_string(&value, scratch_path);
            if (!is_root) buffer_add_byte(&value, variable.ptr[i]);
        }
        made[count++] = text_string(arena, buffer_text(&value));
    }
    return made;
}

static const char *in_scratch(struct arena *arena, const char *path) {
    return text_string(arena, text_format(arena, "%s/%s", scratch_path, path));
}

static void test_locate_row(struct arena *arena, const struct locate_row *row) {
    struct diagnostics diagnostics = diag_in(arena);
    struct repository repository;
    CHECK(sh(row->commands), "%s", row->name);
    const char *const *environment = row_environment(arena, row->variables);
    CHECK(repository_locate(arena, row->start, environment, &diagnostics, &repository), "%s", row->name);
    CHECK_TEXT(repository.root, in_scratch(arena, row->root), row->name);
    CHECK(repository.has_git == (row->git_dir != NULL), "%s", row->name);
    CHECK(diagnostics.list.count == (row->rule != NULL), "%s", row->name);
    if (row->rule != NULL) CHECK(count_rule(&diagnostics, row->rule) == 1, "%s", row->name);
    if (row->git_dir != NULL) {
        CHECK_TEXT(repository.git_dir, in_scratch(arena, row->git_dir), row->name);
        /* git, told what we found, must see the same */
        struct process_result result;
        const char *const arguments[] = {"rev-parse", "--show-toplevel", "--absolute-git-dir", NULL};
        CHECK(git_run(arena, &repository, arguments, 10000, &result), "%s: %.*s", row->name, TEXT_ARG(result.errors));
        struct text expected =
            text_format(arena, "%.*s\n%.*s\n", TEXT_ARG(repository.root), TEXT_ARG(repository.git_dir));
        CHECK_TEXT(result.output, text_string(arena, expected), row->name);
    }
    repository_close(&repository);
    CHECK(sh("rm -rf r s w x g l"), "%s", row->name);
}

static void test_remotes(struct arena *arena) {
    static const struct {
        const char *commands, *url, *name;
    } rows[] = {
        {"true", NULL, NULL},
        {"git remote add up https://h/t/up.git && git remote add origin git@h:t/shop.git", "git@h:t/shop.git", "shop"},
        {"git remote add up https://h/t/up.git", "https://h/t/up.git", "up"},
        {"git remote add origin https://user:secret@h/t/shop", "https://h/t/shop", "shop"},
        {"git remote add origin https://token@h/t/shop", "https://h/t/shop", "shop"},
        {"git remote add origin ssh://git@h/t/shop", "ssh://git@h/t/shop", "shop"},
        {"git remote add origin https://h/t@x/shop", "https://h/t@x/shop", "shop"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        struct repository repository;
        char command[1000];
        snprintf(command, sizeof(command), "git init -q r && cd r && %s", rows[i].commands);
        CHECK(sh(command), "%s", rows[i].commands);
        CHECK(repository_locate(arena, "r", scratch_environment(), &diagnostics, &repository), "remote");
        CHECK(text_is_given(repository.remote_url) == (rows[i].url != NULL), "%s", rows[i].commands);
        if (rows[i].url != NULL) {
            CHECK_TEXT(repository.remote_url, rows[i].url, rows[i].commands);
            CHECK_TEXT(repository.remote_name, rows[i].name, rows[i].commands);
        }
        repository_close(&repository);
        CHECK(sh("rm -rf r"), "clean up");
    }
}

static void test_formats(struct arena *arena) {
    struct diagnostics diagnostics = diag_in(arena);
    struct repository repository;
    CHECK(sh("git init -q --object-format=sha256 r && mkdir r/a"), "sha256");
    CHECK(repository_locate(arena, "r/a", row_environment(arena, "GIT_INDEX_FILE=other"), &diagnostics, &repository),
          "sha256");
    CHECK(repository.object_format == OBJECT_SHA256, "sha256");
    CHECK_TEXT(repository.index_path, in_scratch(arena, "r/other"), "GIT_INDEX_FILE counts from the top");
    repository_close(&repository);
    CHECK(!repository_locate(arena, "missing", scratch_environment(), &diagnostics, &repository), "missing");
    CHECK(count_rule(&diagnostics, "repository") == 1, "missing is reported");
    CHECK(sh("rm -rf r"), "clean up");
}

/* Blobs by revision and path, and what must not be taken for one. */
static void test_blobs(struct arena *arena) {
    struct diagnostics diagnostics = diag_in(arena);
    struct repository repository;
    struct text blob;
    CHECK(sh("git init -q r && cd r && printf hello >f && git add . && git commit -qm x"), "blobs");
    CHECK(repository_locate(arena, "r", scratch_environment(), &diagnostics, &repository), "blobs");
    CHECK(git_blob(arena, &repository, TEXT("HEAD:f"), 100, &blob) && text_is(blob, "hello"), "HEAD:f");
    CHECK(git_blob(arena, &repository, TEXT("HEAD:f"), 5, &blob), "exactly the limit");
    CHECK(!git_blob(arena, &repository, TEXT("HEAD:f"), 4, &blob), "above the limit");
    CHECK(!git_blob(arena, &repository, TEXT("HEAD:g"), 100, &blob), "no such file");
    CHECK(!git_blob(arena, &repository, TEXT("HEAD"), 100, &blob), "not a blob");
    CHECK(!git_blob(arena, &repository, TEXT("--help"), 100, &blob), "an option");
    CHECK(!git_blob(arena, &repository, TEXT(""), 100, &blob), "nothing");
    repository_close(&repository);
    CHECK(sh("rm -rf r"), "clean up");
}

/* In a child, as another user, in a checkout of root. */
static int list_as_other_user(struct arena *arena) {
    struct diagnostics diagnostics = diag_in(arena);
    struct repository repository;
    struct process_result result;
    const char *const files[] = {"ls-files", "-z", "--", NULL}, *const log[] = {"rev-parse", "HEAD", NULL};
    if (setgid(65534) != 0 || setuid(65534) != 0) return 2;
    if (!repository_locate(arena, "r/a", scratch_environment(), &diagnostics, &repository)) return 3;
    if (!git_run(arena, &repository, files, 1000, &result)) return 4;
    return git_run(arena, &repository, log, 1000, &result) ? 0 : 5;
}

static void test_other_user(struct arena *arena) {
    if (geteuid() != 0) return; /* only root can become somebody else */
    CHECK(sh("chmod 755 . && git init -q r && mkdir r/a && echo 1 >r/a/f && git -C r add . && git -C r commit -qm x"),
          "r");
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) _exit(list_as_other_user(arena));
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", WEXITSTATUS(status));
    CHECK(sh("rm -rf r"), "clean up");
}

/* What a hostile configuration would run is not run. */
static void test_hostile(struct arena *arena) {
    struct diagnostics diagnostics = diag_in(arena);
    struct repository repository;
    struct process_result result;
    const char *const files[] = {"ls-files", "-z", "--others", "--exclude-standard", "--", NULL};
    const char *const status[] = {"status", "--porcelain", "--", NULL};
    CHECK(sh("git init -q r && cd r && echo 1 >f && git add . && git commit -qm x && "
             "printf '#!/bin/sh\\ntouch %s/marker\\n' \"$HOME\" >.git/run && chmod +x .git/run && "
             "mkdir -p .git/hooks && cp .git/run .git/hooks/post-index-change && "
             "git config core.fsmonitor \"$PWD/.git/run\" && touch f"),
          "hostile");
    CHECK(repository_locate(arena, "r", scratch_environment(), &diagnostics, &repository), "hostile");
    CHECK(git_run(arena, &repository, files, 1000, &result) && git_run(arena, &repository, status, 1000, &result),
          "run");
    CHECK(access("marker", F_OK) != 0, "the program ran");
    repository_close(&repository);
    CHECK(sh("git -C r status --porcelain >/dev/null 2>&1; test -e marker"), "the trap works");
    CHECK(sh("rm -rf r marker"), "clean up");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    scratch_begin();
    test_urls();
    test_config(&arena);
    for (size_t i = 0; i < sizeof(locate_rows) / sizeof(locate_rows[0]); i++)
        test_locate_row(&arena, &locate_rows[i]);
    test_remotes(&arena);
    test_formats(&arena);
    test_blobs(&arena);
    test_other_user(&arena);
    test_hostile(&arena);
    scratch_end();
    arena_finish(&arena);
    return check_done("repository");
}
