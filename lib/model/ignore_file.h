/*
 * ignore_file: the ignore file that applies to a build.
 *
 * `<Dockerfile>.dockerignore` beside the Dockerfile, else `.dockerignore` of the context; never both
 * (BuildKit dockerui/config.go). An empty one of the first kind counts: nothing is left out. A symbolic link is followed as
 * the client of a build does: its target cannot lie outside of the directory that is sent, the context or the Dockerfile's.
 */
#ifndef DEPOT_MODEL_IGNORE_FILE_H
#define DEPOT_MODEL_IGNORE_FILE_H

#include "base/files.h"
#include "docker/ignore.h"
#include "repo/repository.h"

struct ignore_file {
    struct text path;                /* relative to the root; absent when there is none */
    struct text bytes;               /* what is in it */
    const struct patterns *patterns; /* NULL when there is none */
};

/* False when there is one that cannot be used; reported (rules "unreadable-file", "ignore-syntax"). `dockerfile` may be absent. */
bool ignore_file_read(struct arena *arena, const struct repository *repository, struct files *files,
                      struct text dockerfile, struct text context, struct diagnostics *diagnostics,
                      struct ignore_file *out);

#endif
