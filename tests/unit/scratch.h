/*
 * scratch: a throw-away directory for tests that need a disk or a real git.
 *
 * scratch_begin makes one under $TMPDIR (or /tmp) and goes there; scratch_end removes it. Commands run
 * in `sh` with git kept away from the configuration of whoever runs the tests.
 */
#ifndef DEPOT_TESTS_SCRATCH_H
#define DEPOT_TESTS_SCRATCH_H

#include "check.h"

#include "base/diag.h"

#include <stdlib.h>
#include <unistd.h>

extern char **environ;

static char scratch_path[4096];

__attribute__((unused)) static const char *const *scratch_environment(void) {
    return (const char *const *)environ;
}

__attribute__((unused)) static void scratch_begin(void) {
    const char *base = getenv("TMPDIR");
    static const char *const unset[] = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_CEILING_DIRECTORIES"};
    char made[4000];
    snprintf(made, sizeof(made), "%s/depot-test-XXXXXX", base == NULL ? "/tmp" : base);
    if (mkdtemp(made) == NULL || realpath(made, scratch_path) == NULL || chdir(scratch_path) != 0) {
        perror("scratch_begin");
        exit(1);
    }
    for (size_t i = 0; i < sizeof(unset) / sizeof(unset[0]); i++)
        unsetenv(unset[i]);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    setenv("HOME", scratch_path, 1);
    setenv("GIT_AUTHOR_NAME", "a", 1);
    setenv("GIT_AUTHOR_EMAIL", "a@example.com", 1);
    setenv("GIT_COMMITTER_NAME", "a", 1);
    setenv("GIT_COMMITTER_EMAIL", "a@example.com", 1);
}

/* True when the command succeeds; a failing one is told. */
__attribute__((unused)) static bool sh(const char *command) {
    int status = system(command); // NOLINT(cert-env33-c)
    if (status != 0) fprintf(stderr, "failed: %s\n", command);
    return status == 0;
}

__attribute__((unused)) static void scratch_end(void) {
    setenv("SCRATCH", scratch_path, 1);
    if (chdir("/") == 0) sh("chmod -R u+rwX \"$SCRATCH\" && rm -rf \"$SCRATCH\"");
}

/* The output of a command, NULs included. */
__attribute__((unused)) static struct text sh_output(struct arena *arena, const char *command) {
    FILE *pipe = popen(command, "r"); // NOLINT(cert-env33-c)
    size_t capacity = (size_t)16 * 1024 * 1024, len = 0;
    char *bytes = arena_alloc(arena, capacity);
    if (pipe == NULL) return TEXT("");
    for (size_t got; (got = fread(bytes + len, 1, capacity - len, pipe)) > 0;)
        len += got;
    pclose(pipe);
    return text_of(bytes, len);
}

__attribute__((unused)) static struct text read_file(struct arena *arena, const char *path) {
    FILE *file = fopen(path, "rb");
    size_t capacity = (size_t)1024 * 1024;
    char *bytes = arena_alloc(arena, capacity);
    if (file == NULL) return TEXT("");
    size_t len = fread(bytes, 1, capacity, file);
    fclose(file);
    return text_of(bytes, len);
}

__attribute__((unused)) static void write_file(const char *path, struct text bytes) {
    unlink(path); /* a new file: some file systems flush one that is truncated and written again */
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes.ptr, 1, bytes.len, file) != bytes.len) perror(path);
    if (file != NULL) fclose(file);
}

__attribute__((unused)) static size_t count_rule(const struct diagnostics *diagnostics, const char *rule) {
    size_t count = 0;
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct diagnostic *diagnostic = diagnostics->list.items[i];
        count += strcmp(diagnostic->rule, rule) == 0;
    }
    return count;
}

#endif
