#include "repo/files_checkout.h"
#include "scratch.h"

#include "repo/beneath.h"
#include "repo/paths.h"

#include <errno.h>
#include <fcntl.h>

#define LIMIT ((size_t)1024)

/* All in the directory `r`; beside it stands `secret`. */
static const char make[] =
    "echo outside >secret && mkdir -p r/a/b r/d && cd r && echo text >f && : >empty && echo deep >a/b/c && "
    "head -c 1024 /dev/zero >limit && head -c 1025 /dev/zero >above && truncate -s 1G sparse && mkfifo fifo && "
    "ln -s f link && ln -s ../f a/up && ln -s a/b dir && ln -s link link2 && ln -s b/../b/c a/dots && "
    "ln -s ../secret out && ln -s ../../secret a/out && ln -s \"$PWD/f\" absolute && ln -s / root && "
    "ln -s loop loop && ln -s pong ping && ln -s ping pong && ln -s missing dangling && ln -s .. a/parent && "
    "ln -s ../r/f back && ln -s fifo tofifo && ln -s /proc/self/cwd magic && ln -s d todir && "
    "i=0; echo long >chain0; while [ $i -lt 45 ]; do ln -s chain$i chain$((i + 1)); i=$((i + 1)); done";

static const struct row {
    const char *path;
    enum files_status status;
    const char *bytes; /* NULL: not compared */
} rows[] = {
    {"f", FILES_OK, "text\n"},
    {"empty", FILES_OK, ""},
    {"a/b/c", FILES_OK, "deep\n"},
    {"limit", FILES_OK, NULL},
    {"above", FILES_TOO_LARGE, NULL},
    {"sparse", FILES_TOO_LARGE, NULL},
    {"link", FILES_OK, "text\n"},
    {"link2", FILES_OK, "text\n"},
    {"a/up", FILES_OK, "text\n"},
    {"dir/c", FILES_OK, "deep\n"},
    {"a/dots", FILES_OK, "deep\n"},
    {"a/parent/f", FILES_OK, "text\n"},
    {"a/parent/a/parent/f", FILES_OK, "text\n"},
    {"chain40", FILES_OK, "long\n"},
    {"chain41", FILES_OUTSIDE, NULL},
    {"missing", FILES_MISSING, NULL},
    {"a/missing/f", FILES_MISSING, NULL},
    {"f/x", FILES_MISSING, NULL},
    {"dangling", FILES_MISSING, NULL},
    {"fifo", FILES_NOT_REGULAR, NULL},
    {"tofifo", FILES_NOT_REGULAR, NULL},
    {"a", FILES_NOT_REGULAR, NULL},
    {"todir", FILES_NOT_REGULAR, NULL},
    {".", FILES_NOT_REGULAR, NULL},
    {"a/..", FILES_NOT_REGULAR, NULL},
    {"a/parent", FILES_NOT_REGULAR, NULL},
    {"out", FILES_OUTSIDE, NULL},
    {"a/out", FILES_OUTSIDE, NULL},
    {"absolute", FILES_OUTSIDE, NULL},
    {"root/etc/passwd", FILES_OUTSIDE, NULL},
    {"magic/f", FILES_OUTSIDE, NULL},
    {"back", FILES_OUTSIDE, NULL}, /* leaves, although it comes back */
    {"loop", FILES_OUTSIDE, NULL},
    {"ping", FILES_OUTSIDE, NULL},
    {"ping/x", FILES_OUTSIDE, NULL},
    {"../secret", FILES_OUTSIDE, NULL},
    {"a/../../secret", FILES_OUTSIDE, NULL},
    {"/etc/passwd", FILES_OUTSIDE, NULL},
    {"", FILES_MISSING, NULL},
};

static void test_rows(struct arena *arena, struct files_checkout *checkout) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        const struct source *source = NULL;
        enum files_status status = files_read(&checkout->files, arena, text_from(row->path), LIMIT, &source);
        CHECK(status == row->status, "'%s': %d", row->path, status);
        CHECK((source != NULL) == (status == FILES_OK), "'%s'", row->path);
        if (row->bytes != NULL && source != NULL) CHECK_TEXT(source->bytes, row->bytes, row->path);
        if (source != NULL) CHECK_TEXT(source->path, row->path, row->path);
    }
    const struct source *source;
    CHECK(files_read(&checkout->files, arena, text_of("f\0x", 3), LIMIT, &source) == FILES_MISSING, "a NUL");
}

/* Both ways of opening come to the same. */
static void test_stepwise(const struct repository *repository) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct text path = text_from(rows[i].path);
        int once = beneath_open(repository->root_fd, path), stepwise = beneath_open_stepwise(repository->root_fd, path);
        CHECK((once >= 0) == (stepwise >= 0), "'%s': %d and %d", rows[i].path, once, stepwise);
        if (once < 0) CHECK(once == stepwise, "'%s': %d and %d", rows[i].path, once, stepwise);
        if (once >= 0) close(once);
        if (stepwise >= 0) close(stepwise);
    }
    int before = dup(0);
    close(before);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int fd = beneath_open_stepwise(repository->root_fd, text_from(rows[i].path));
        if (fd >= 0) close(fd);
    }
    int after = dup(0);
    close(after);
    CHECK(before == after, "no descriptor is lost");
}

static void test_long_paths(struct arena *arena, const struct repository *repository) {
    char *path = arena_alloc(arena, 20000);
    for (size_t i = 0; i < 20000; i++)
        path[i] = i % 2 == 0 ? 'd' : '/';
    CHECK(beneath_open(repository->root_fd, text_of(path, 19999)) < 0, "too long");
    CHECK(beneath_open_stepwise(repository->root_fd, text_of(path, 19999)) < 0, "too long");
    CHECK(beneath_open_stepwise(repository->root_fd, text_of(path, 999)) == -ENOENT, "long and missing");
    for (size_t i = 0; i < 4000; i++)
        path[i] = "a/../"[i % 5];
    path[4000] = 'f';
    int fd = beneath_open_stepwise(repository->root_fd, text_of(path, 4001));
    CHECK(fd >= 0, "up and down");
    if (fd >= 0) close(fd);
}

static void test_unreadable(struct arena *arena, struct files_checkout *checkout) {
    const struct source *source;
    if (geteuid() == 0) return; /* root reads everything */
    CHECK(sh("cd r && echo x >closed && chmod 0 closed && mkdir pass && echo y >pass/f && chmod 111 pass"), "closed");
    CHECK(files_read(&checkout->files, arena, TEXT("closed"), LIMIT, &source) == FILES_UNREADABLE, "closed");
    CHECK(files_read(&checkout->files, arena, TEXT("pass/f"), LIMIT, &source) == FILES_OK, "a directory to pass");
    int fd = beneath_open_stepwise(checkout->repository->root_fd, TEXT("pass/f"));
    CHECK(fd >= 0, "a directory to pass, step by step");
    if (fd >= 0) close(fd);
}

struct skipper {
    struct files_checkout *checkout;
    struct arena *arena;
};

static void skip_entry(void *self, const struct path_entry *entry) {
    struct skipper *skipper = self;
    if (entry->skip_worktree) files_checkout_skip(skipper->checkout, skipper->arena, entry->path, entry->object);
}

/* A file that a sparse checkout leaves out comes from its blob, in both object formats. */
static void test_skipped(struct arena *arena, const char *format) {
    struct diagnostics diagnostics = diag_in(arena);
    struct repository repository;
    struct files_checkout checkout;
    struct paths paths;
    const struct source *source;
    char command[1000];
    snprintf(command, sizeof(command),
             "rm -rf s && git init -q --object-format=%s s && cd s && mkdir in out && echo 1 >in/f && echo 2 >out/f && "
             "head -c 2000 /dev/zero >out/big && git add . && git commit -qm x && git sparse-checkout set --cone in",
             format);
    CHECK(sh(command), "%s", format);
    CHECK(repository_locate(arena, "s", scratch_environment(), &diagnostics, &repository), "%s", format);
    files_checkout_init(&checkout, &repository);
    struct skipper skipper = {&checkout, arena};
    CHECK(access("s/out/f", F_OK) != 0, "%s: out/f is not on disk", format);
    CHECK(paths_open(arena, &repository, false, &diagnostics, &paths), "%s", format);
    CHECK(paths_visit(&paths, skip_entry, &skipper, &diagnostics) && checkout.skipped.count == 2, "%s", format);
    CHECK(files_read(&checkout.files, arena, TEXT("in/f"), LIMIT, &source) == FILES_OK, "%s", format);
    CHECK_TEXT(source->bytes, "1\n", "on disk");
    CHECK(files_read(&checkout.files, arena, TEXT("out/f"), LIMIT, &source) == FILES_OK, "%s", format);
    CHECK_TEXT(source->bytes, "2\n", "in the blob");
    CHECK(files_read(&checkout.files, arena, TEXT("out/big"), LIMIT, &source) == FILES_TOO_LARGE, "%s", format);
    CHECK(sh("rm -rf s/.git/objects && mkdir s/.git/objects"), "%s", format);
    CHECK(files_read(&checkout.files, arena, TEXT("out/f"), LIMIT, &source) == FILES_UNREADABLE, "%s: lost", format);
    repository_close(&repository);
}

int main(void) {
    struct arena arena;
    struct repository repository;
    struct files_checkout checkout;
    arena_init(&arena);
    scratch_begin();
    setenv("GIT_CEILING_DIRECTORIES", scratch_path, 1);
    struct diagnostics diagnostics = diag_in(&arena);
    CHECK(sh(make), "the tree");
    CHECK(repository_locate(&arena, "r", scratch_environment(), &diagnostics, &repository), "r");
    files_checkout_init(&checkout, &repository);
    test_rows(&arena, &checkout);
    test_stepwise(&repository);
    test_long_paths(&arena, &repository);
    test_unreadable(&arena, &checkout);
    repository_close(&repository);
    test_skipped(&arena, "sha1");
    test_skipped(&arena, "sha256");
    scratch_end();
    arena_finish(&arena);
    return check_done("files_checkout");
}
