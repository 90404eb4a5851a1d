/*
 * base_fetch: brings what a comparison lacks, as little as will do.
 *
 * Each call is one step of at most BASE_FETCH_SECONDS, without tags, submodules or prompts. A full clone
 * is never given --depth, which would cut it.
 */
#ifndef DEPOT_REPO_BASE_FETCH_H
#define DEPOT_REPO_BASE_FETCH_H

#include "repo/base_commit.h"

/* Brings refs/remotes/origin/<branch> up to date. False with `complaint` when git failed. */
bool base_fetch_branch(struct arena *arena, const struct repository *repository, struct text branch, bool is_known,
                       struct text *complaint);

/* Brings a commit by its id. */
bool base_fetch_commit(struct arena *arena, const struct repository *repository, struct text id,
                       struct text *complaint);

#define BASE_DEEPEN_STEPS 3

/* Deepens a shallow clone at HEAD and at `branch` (absent: at HEAD alone); `step` counts from 0, the last one brings everything. */
bool base_deepen(struct arena *arena, const struct repository *repository, struct text branch, int step,
                 struct text *complaint);

#endif
