/*
 * link: where a symbolic link of the checkout, and how large a file, is.
 *
 * Both look beneath the root only (beneath.h), and follow nothing in the last element.
 */
#ifndef DEPOT_REPO_LINK_H
#define DEPOT_REPO_LINK_H

#include "repo/repository.h"

/* The target as it is written; absent when `path` is no link, or not on disk. */
struct text link_read(struct arena *arena, const struct repository *repository, struct text path);

/* Bytes of the file, or of the link itself; false when it is not on disk. */
bool link_size(struct arena *arena, const struct repository *repository, struct text path, uint64_t *out);

#endif
