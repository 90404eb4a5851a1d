/*
 * files_before: `struct files` for the tree before a change: today's files, with the old blobs of those that changed.
 *
 * What did not change is read from the checkout. Old blobs come from one git child, started when the first is asked for.
 * For one thread.
 */
#ifndef DEPOT_REPO_FILES_BEFORE_H
#define DEPOT_REPO_FILES_BEFORE_H

#include "base/files.h"
#include "repo/changes.h"
#include "repo/repository.h"

struct process;

struct files_before {
    struct files files;
    struct files *now;
    const struct repository *repository;
    const struct changes *changes;
    bool may_fetch;          /* blobs that a partial clone lacks */
    struct arena *arena;     /* of the child */
    struct process *process; /* NULL before it is needed, and when it has failed */
    bool has_failed;
    bool is_incomplete; /* something that was asked for could not be had */
};

void files_before_init(struct files_before *before, struct arena *arena, const struct repository *repository,
                       struct files *now, const struct changes *changes, bool may_fetch);

/* Ends the child; files that have been read stay. */
void files_before_finish(struct files_before *before);

#endif
