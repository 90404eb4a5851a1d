/*
 * files_base: `struct files` for the tree of a revision, read from git's objects.
 *
 * One git child lists what may be asked for, one more gives each file that is read: meant for few files. Nothing is
 * fetched.
 */
#ifndef DEPOT_REPO_FILES_BASE_H
#define DEPOT_REPO_FILES_BASE_H

#include "base/files.h"
#include "repo/repository.h"

struct files_base {
    struct files files;
    const struct repository *repository;
    struct text revision; /* a full ref name or an object id */
    struct map paths;     /* of the tree; a path to itself */
};

/* False when the revision cannot be read; then there are no files. `revision` lives as long as `base`. */
bool files_base_init(struct files_base *base, struct arena *arena, const struct repository *repository,
                     struct text revision);

#endif
