/*
 * context_size: how much of the repository each image's build context is, all of them in one pass.
 *
 * What the ignore file leaves is counted: what a build that asks for everything would send. Images with one
 * context and one ignore file share the counting.
 */
#ifndef DEPOT_MODEL_CONTEXT_SIZE_H
#define DEPOT_MODEL_CONTEXT_SIZE_H

#include "base/files.h"
#include "format/regex.h"
#include "model/ignore_file.h"
#include "model/workspace.h"
#include "repo/paths.h"

struct context_size {
    struct text context;
    struct ignore_file ignore;
    size_t files;
    uint64_t bytes;
    struct list largest; /* of struct directory_size, the largest first */
};

/*
 * Fills `out` with a struct context_size for each of `images` (struct image), in their order; NULL for those
 * that are broken or have a remote context, and where the ignore file cannot be used (reported). False when the list of paths broke; reported.
 */
bool context_size_measure(struct arena *arena, struct paths *paths, struct files *files, struct regex_cache *regexes,
                          const struct list *images, struct diagnostics *diagnostics, struct list *out);

#endif
