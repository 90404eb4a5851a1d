/*
 * scanned: the workspace of the scratch repository, for tests that need a real index.
 *
 * The test writes files into the scratch directory, then scanned_open adds them to git and scans.
 */
#ifndef DEPOT_TESTS_SCANNED_H
#define DEPOT_TESTS_SCANNED_H

#include "scratch.h"

#include "model/scan.h"
#include "repo/files_checkout.h"

struct scanned {
    struct repository repository;
    struct paths paths;
    struct files_checkout checkout;
    struct regex_cache regexes;
    struct diagnostics problems;
    struct workspace workspace;
    bool ok;
};

/* `above`: settings of options, or NULL. */
__attribute__((unused)) static void scanned_open(struct arena *arena, const struct node *above, struct scanned *out) {
    *out = (struct scanned){.problems = diag_in(arena)};
    sh("git init -q . && git add -A");
    out->ok = repository_locate(arena, ".", scratch_environment(), &out->problems, &out->repository) &&
              paths_open(arena, &out->repository, false, &out->problems, &out->paths);
    if (!out->ok) return;
    files_checkout_init(&out->checkout, &out->repository);
    struct scan_request request = {.paths = &out->paths,
                                   .files = &out->checkout.files,
                                   .checkout = &out->checkout,
                                   .settings_above = above,
                                   .settings_files = &out->checkout.files,
                                   .regexes = &out->regexes,
                                   .wants_inputs = true};
    out->ok = scan(arena, &request, &out->problems, &out->workspace) == SCAN_OK;
}

__attribute__((unused)) static void scanned_close(struct scanned *scanned) {
    regex_finish(&scanned->regexes);
    repository_close(&scanned->repository);
}

/* Writes a file and the directories above it. */
__attribute__((unused)) static void write_tree_file(struct arena *arena, const char *path, const char *bytes) {
    const char *slash = strrchr(path, '/');
    struct text command = text_format(arena, "mkdir -p './%.*s'", slash == NULL ? 0 : (int)(slash - path), path);
    sh(text_string(arena, command));
    write_file(path, text_from(bytes));
}

__attribute__((unused)) static const struct image *scanned_image(const struct scanned *scanned, const char *name) {
    for (size_t i = 0; i < scanned->workspace.images.count; i++) {
        const struct image *image = scanned->workspace.images.items[i];
        if (text_is(image->name, name)) return image;
    }
    return NULL;
}

#endif
