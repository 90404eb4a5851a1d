/*
 * base_compare: HEAD against a revision, by one git child, and what it means when that fails.
 */
#ifndef DEPOT_REPO_BASE_COMPARE_H
#define DEPOT_REPO_BASE_COMPARE_H

#include "base/process.h"
#include "repo/base_commit.h"

/* Starts `git diff` of where HEAD left `revision` (a full ref name or an id) and HEAD. NULL when git cannot be started. */
struct process *base_compare_begin(struct arena *arena, const struct base_request *request, struct text revision);

enum base_outcome {
    BASE_COMPARED,
    BASE_NO_MERGE_BASE, /* or what lies between is not here: deepening may help */
    BASE_BROKEN,
};

/* `complaint`: git's words, where it is not BASE_COMPARED. */
enum base_outcome base_compare_end(struct arena *arena, struct process *process, struct changes *out,
                                   struct text *complaint);

/* Is `ancestor` HEAD itself or behind `descendant`? False also where git does not know. */
bool base_is_ancestor(struct arena *arena, const struct repository *repository, struct text ancestor,
                      struct text descendant);

/* Is the commit here? */
bool base_has_commit(struct arena *arena, const struct repository *repository, struct text id);

bool base_is_shallow(struct arena *arena, const struct repository *repository);

/* Why a comparison failed and what helps: sets sentence's reason and remedy. */
void base_explain_failure(struct arena *arena, const struct base_request *request, enum base_outcome outcome,
                          struct text revision, struct text complaint, struct text *reason, struct text *remedy);

#endif
