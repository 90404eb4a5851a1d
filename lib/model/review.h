/*
 * review: what is likely wrong with images that can be built, for `check`.
 *
 *   sources that are not there, or that the ignore file leaves out; contexts that are too large; what
 *   BuildKit's own linter would say of the Dockerfile (docker/lint.h)
 *
 * Each Dockerfile is read once more, this time with what its commands come to; all questions for paths are answered in one pass.
 */
#ifndef DEPOT_MODEL_REVIEW_H
#define DEPOT_MODEL_REVIEW_H

#include "model/context_size.h"

#define REVIEW_CONTEXT_LIMIT ((uint64_t)100 * 1000 * 1000)

struct review_request {
    struct paths *paths;
    struct files *files;
    struct regex_cache *regexes;
    const struct list *images; /* of struct image */
};

/* Warnings and notes go to `diagnostics`. False when the list of paths broke; reported. */
bool review(struct arena *arena, const struct review_request *request, struct diagnostics *diagnostics);

#endif
