/*
 * seen: which paths a pass has seen, kept for questions that come later, without another pass.
 *
 * A path is kept as 64 bits of its hash: half a million files take 4 MB, and answering takes a walk over those instead
 * of a second reading of the index. Directories above a path count as seen. Ten thousand questions over a million paths
 * are answered wrong once in 10^9 runs.
 *
 * Paths come in byte order, as every list of paths here.
 */
#ifndef DEPOT_REPO_SEEN_H
#define DEPOT_REPO_SEEN_H

#include "base/buffer.h"
#include "base/list.h"

struct seen {
    struct arena *arena;
    uint64_t *hashes;
    size_t count, capacity;
    struct buffer directory; /* of the last path, with its '/' */
    uint64_t directory_hash;
};

struct seen seen_in(struct arena *arena);

/* `at`: where the path's last element begins. */
void seen_add(struct seen *seen, struct text path, size_t at);

/* Forgets everything, for a list that is begun again. */
void seen_restart(struct seen *seen);

/* Sets `found` of each question (struct path_question of repo/paths.h, without wildcards). */
void seen_answer(struct arena *arena, const struct seen *seen, const struct list *questions);

#endif
