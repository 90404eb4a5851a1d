/*
 * files: the small interface through which every byte of a repository is asked for.
 *
 * Implemented for the checkout (repo/files_checkout), for loose files (src) and in
 * memory (files_memory, for tests). The reader never learns what a disk is: it gives a
 * path relative to the repository root and gets a source, or the reason there is none.
 */
#ifndef DEPOT_BASE_FILES_H
#define DEPOT_BASE_FILES_H

#include "base/map.h"
#include "base/source.h"

enum files_status {
    FILES_OK,
    FILES_MISSING,     /* no such file */
    FILES_TOO_LARGE,   /* above the limit that was given */
    FILES_NOT_REGULAR, /* a directory, a FIFO, a device */
    FILES_OUTSIDE,     /* a symbolic link that leaves the repository, or loops */
    FILES_UNREADABLE,  /* permission, input or output error */
};

struct files {
    /* Reads a whole file of at most `limit` bytes into the arena. */
    enum files_status (*read)(struct files *self, struct arena *arena, struct text path, size_t limit,
                              const struct source **out);
};

enum files_status files_read(struct files *files, struct arena *arena, struct text path, size_t limit,
                             const struct source **out);

/* "is larger than 1 MiB", "does not exist": the end of a sentence that begins with the path. */
struct text files_reason(struct arena *arena, enum files_status status, size_t limit);

/* Files in memory: a map from path to a `struct source`. */
struct files_memory {
    struct files files;
    struct map sources;
};

void files_memory_init(struct files_memory *memory);
void files_memory_add(struct files_memory *memory, struct arena *arena, struct text path, struct text bytes);

#endif
