#include "base/process.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#define MIB ((size_t)1024 * 1024)

static const struct row {
    const char *script;
    const char *input;
    size_t limit;
    int status;
    bool truncated;
    const char *output; /* NULL: not compared */
    const char *errors;
} rows[] = {
    {"echo hello", NULL, MIB, 0, false, "hello\n", ""},
    {"echo oops >&2; exit 7", NULL, MIB, 7, false, "", "oops\n"},
    {"cat", "text\n", MIB, 0, false, "text\n", ""},
    {"cat", "", MIB, 0, false, "", ""},
    {"cat", NULL, MIB, 0, false, "", ""}, /* no input is /dev/null, not our terminal */
    {"kill -TERM $$", NULL, MIB, 128 + SIGTERM, false, "", ""},
    {"printf 12345", NULL, 5, 0, false, "12345", ""}, /* the limit itself is allowed */
    {"printf 12345; exec sleep 100", NULL, 4, 128 + SIGKILL, true, "1234", NULL},
    {"printf x", NULL, 0, 0, true, "", NULL},
    {"exec yes", NULL, 100000, 128 + SIGKILL, true, NULL, NULL},
    {"printf '%s' \"$MARK\"", NULL, MIB, 0, false, "given", ""},
    /* more than a pipe holds on both sides at once */
    {"head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero", NULL, MIB, 0, false, NULL, NULL},
    /* the default action of SIGPIPE is back in the child */
    {"(yes; echo \"$?\" >&2) | head -n 1", NULL, MIB, 0, false, "y\n", "141\n"},
};

static void test_rows(struct arena *arena) {
    static const char *const environment[] = {"PATH=/usr/bin:/bin", "MARK=given", NULL};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        const char *const argv[] = {"sh", "-c", row->script, NULL};
        struct process_command command = {
            .argv = argv, .environment = environment, .input = text_from(row->input), .limit = row->limit};
        struct process_result result;
        CHECK(process_run(arena, &command, &result), "%s", row->script);
        CHECK(row->truncated ? result.status != 127 : result.status == row->status, "%s: status %d", row->script,
              result.status);
        CHECK(result.truncated == row->truncated, "%s", row->script);
        if (row->output != NULL) CHECK_TEXT(result.output, row->output, row->script);
        if (row->errors != NULL) CHECK_TEXT(result.errors, row->errors, row->script);
        CHECK(result.output.len <= row->limit, "%s", row->script);
        CHECK(result.errors.len <= (size_t)16 * 1024, "%s", row->script);
    }
}

static void test_not_found(struct arena *arena) {
    const char *const argv[] = {"no-such-program-here", NULL};
    struct process_command command = {.argv = argv, .environment = scratch_environment(), .limit = 10};
    struct process_result result;
    errno = 0;
    CHECK(!process_run(arena, &command, &result), "not found");
    CHECK((errno == ENOENT || errno == EACCES) && result.status == 127, "errno %d status %d", errno, result.status);
}

/* Input and output larger than a pipe, at the same time; and a child that does not read. */
static void test_large_input(struct arena *arena) {
    size_t len = 3 * MIB;
    char *bytes = arena_alloc(arena, len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(i * 7 % 251);
    const char *const cat[] = {"cat", NULL}, *const none[] = {"true", NULL};
    struct process_command command = {
        .argv = cat, .environment = scratch_environment(), .input = text_of(bytes, len), .limit = len};
    struct process_result result;
    CHECK(process_run(arena, &command, &result) && text_equal(result.output, command.input), "3 MiB through cat");
    command.argv = none;
    CHECK(process_run(arena, &command, &result) && result.status == 0, "a child that does not read");
    sigset_t mask, pending;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    sigpending(&pending);
    CHECK(!sigismember(&mask, SIGPIPE) && !sigismember(&pending, SIGPIPE), "SIGPIPE is as before");
}

/* No descriptor of ours leaks into a child, and none stays open here. */
static void test_descriptors(struct arena *arena) {
    const char *const argv[] = {"sh", "-c", "ls /proc/self/fd 2>/dev/null | wc -l", NULL};
    struct process_command command = {.argv = argv, .environment = scratch_environment(), .limit = 100};
    struct process_result first, second;
    int before = dup(0);
    close(before);
    process_run(arena, &command, &first);
    for (int i = 0; i < 50; i++)
        process_run(arena, &command, &second);
    int after = dup(0);
    close(after);
    CHECK(before == after, "%d, then %d", before, after);
    CHECK(text_equal(first.output, second.output), "the child sees the same descriptors");
}

/* With the standard streams closed a pipe gets their numbers. */
static void test_closed_streams(struct arena *arena) {
    const char *const argv[] = {"sh", "-c", "cat; echo e >&2", NULL};
    struct process_command command = {
        .argv = argv, .environment = scratch_environment(), .input = TEXT("in"), .limit = 100};
    struct process_result result;
    int saved[3];
    for (int i = 0; i < 3; i++) {
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
        close(i);
    }
    bool is_run = process_run(arena, &command, &result);
    for (int i = 0; i < 3; i++) {
        dup2(saved[i], i);
        close(saved[i]);
    }
    CHECK(is_run, "runs without standard streams");
    CHECK_TEXT(result.output, "in", "output without standard streams");
    CHECK_TEXT(result.errors, "e\n", "errors without standard streams");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_not_found(&arena);
    test_large_input(&arena);
    test_descriptors(&arena);
    test_closed_streams(&arena);
    arena_finish(&arena);
    return check_done("process");
}
