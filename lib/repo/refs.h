/*
 * refs: what the refs of a repository hold, mostly without running git.
 *
 * Loose and packed refs are read as files (git's refs/files-backend.c, packed-backend.c); a repository with reftables
 * is asked through git.
 */
#ifndef DEPOT_REPO_REFS_H
#define DEPOT_REPO_REFS_H

#include "repo/repository.h"

bool refs_is_object_id(struct text text); /* 40 or 64 hexadecimal digits in small letters */

/* HEAD as it is written: "ref: refs/heads/main", or an id; the absent text when there is none. */
struct text refs_head(struct arena *arena, const struct repository *repository);

/*
 * The commit that HEAD is at; the absent text when there is none, or its ref is no file that one can read: git would wait
 * for a FIFO, and read a device without end.
 */
struct text refs_head_commit(struct arena *arena, const struct repository *repository);

/* "ref: refs/heads/main" names refs/heads/main; the absent text for anything else. */
struct text refs_symbolic_target(struct text content);

/* The id that a full ref name leads to; the absent text when it is not there. */
struct text refs_find(struct arena *arena, const struct repository *repository, struct text name);

/* What a symbolic ref names; the absent text when it is none. */
struct text refs_symbolic(struct arena *arena, const struct repository *repository, struct text name);

/* The commit that git takes a revision for ("HEAD~2", "v1.2"); the absent text when it takes it for none. One child. */
struct text refs_resolve(struct arena *arena, const struct repository *repository, struct text revision);

#endif
