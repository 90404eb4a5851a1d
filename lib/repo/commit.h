/*
 * commit: what git tells of a commit itself.
 */
#ifndef DEPOT_REPO_COMMIT_H
#define DEPOT_REPO_COMMIT_H

#include "repo/repository.h"

#include <stdint.h>

/* When it was committed, in seconds since 1970; 0 when git does not have it. Runs git once. */
int64_t commit_time(struct arena *arena, const struct repository *repository, struct text commit);

#endif
