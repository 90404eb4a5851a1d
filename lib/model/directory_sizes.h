/*
 * directory_sizes: which directories of a build context make it large.
 *
 * Counts the first two levels; a directory that is little more than one below it says nothing of its own.
 */
#ifndef DEPOT_MODEL_DIRECTORY_SIZES_H
#define DEPOT_MODEL_DIRECTORY_SIZES_H

#include "base/list.h"
#include "base/map.h"

struct directory_size {
    struct text path; /* relative to the root */
    uint64_t bytes;
    size_t files;
};

struct directory_sizes {
    struct map by_path; /* → struct directory_size * */
};

/* A file of the context: its path relative to the root, of which the last `inside` bytes are below the context. */
void directory_sizes_add(struct arena *arena, struct directory_sizes *sizes, struct text path, size_t inside,
                         uint64_t bytes);

/* Adds struct directory_size pointers to `out`, at most `most`, the largest first. */
void directory_sizes_largest(struct arena *arena, const struct directory_sizes *sizes, size_t most, struct list *out);

#endif
