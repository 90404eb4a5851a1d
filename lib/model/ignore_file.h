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

/* One of many that are to be read. */
struct ignore_wanted {
    struct text path;        /* of a plain file: no link is followed */
    struct ignore_file *out; /* without patterns when it cannot be read or used */
};

/*
 * Reads them all (struct ignore_wanted); from IGNORE_FILES_ENOUGH on half of them on a second thread, for a file is hardly more than the four
 * calls that read it. Files with the same bytes share their patterns. `files` answers from two threads; not asked there are the
 * paths of `except`, which may be NULL.
 */
#define IGNORE_FILES_ENOUGH 200
void ignore_files_read(struct arena *arena, struct files *files, const struct map *except, const struct list *wanted);

#endif
