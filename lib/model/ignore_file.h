/*
 * ignore_file: the ignore file that applies to a build.
 *
 * `<Dockerfile>.dockerignore` beside the Dockerfile, else `.dockerignore` of the context; never both
 * (BuildKit dockerui/config.go). An empty one of the first kind counts: nothing is left out.
 */
#ifndef DEPOT_MODEL_IGNORE_FILE_H
#define DEPOT_MODEL_IGNORE_FILE_H

#include "base/files.h"
#include "docker/ignore.h"

struct ignore_file {
    struct text path;                /* relative to the root; absent when there is none */
    struct text bytes;               /* what is in it */
    const struct patterns *patterns; /* NULL when there is none */
};

/* False when there is one that cannot be used; reported (rules "unreadable-file", "ignore-syntax"). `dockerfile` may be absent. */
bool ignore_file_read(struct arena *arena, struct files *files, struct text dockerfile, struct text context,
                      struct diagnostics *diagnostics, struct ignore_file *out);

#endif
