/*
 * context_size: how much of the repository each image's build context is, all of them in one pass.
 *
 * What the ignore file leaves is counted: what a build that asks for everything would send. Images with one
 * context and equal ignore files share the counting.
 *
 * Limits: CONTEXT_SIZE_IGNORE_LIMIT different ignore files for one context; what goes beyond is not measured, for each
 * means another look at every path.
 */
#ifndef DEPOT_MODEL_CONTEXT_SIZE_H
#define DEPOT_MODEL_CONTEXT_SIZE_H

#include "base/files.h"
#include "format/regex.h"
#include "model/ignore_file.h"
#include "model/workspace.h"
#include "repo/paths.h"

#define CONTEXT_SIZE_IGNORE_LIMIT 32

struct context_size {
    struct text context;
    size_t files;
    uint64_t bytes;
    struct list largest; /* of struct directory_size, the largest first */
};

/* What an image's build takes its files from. */
struct image_context {
    bool is_local;                   /* a directory of the repository, and an image that can be built */
    struct ignore_file ignore;       /* that applies */
    const struct context_size *size; /* NULL when it was not measured */
};

/*
 * Fills `out` with a struct image_context for each of `images` (struct image), in their order. An ignore file that cannot
 * be used is reported. False when the list of paths broke; reported.
 */
bool context_size_measure(struct arena *arena, struct paths *paths, struct files *files, struct regex_cache *regexes,
                          const struct list *images, struct diagnostics *diagnostics, struct list *out);

#endif
