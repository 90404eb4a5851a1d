/*
 * follow: where the symbolic links on the way to a path of a build context lead.
 *
 * BuildKit asks for each link that it meets and for what the link leads to, seen from the context's root, which a
 * link cannot leave (fsutil followlinks.go). The last element of a path, and any other, may be a pattern.
 *
 * Limits: FOLLOW_LIMIT links for one path; then the path is lost.
 */
#ifndef DEPOT_MODEL_FOLLOW_H
#define DEPOT_MODEL_FOLLOW_H

#include "base/list.h"
#include "base/map.h"
#include "repo/repository.h"

#define FOLLOW_LIMIT 1000

/* The symbolic links of one context. */
struct context_links {
    struct arena *arena;
    const struct repository *repository;
    struct text context;
    struct map by_path; /* relative to the context → struct text *: the target; absent when it is not on disk */
};

struct context_links context_links_in(struct arena *arena, const struct repository *repository, struct text context);

/* Takes a link by its path relative to the root; one that is not in the context is passed over. */
void context_links_add(struct context_links *links, struct text path);

/* Of `all` links of the repository, in byte order, those that are in the context. */
void context_links_add_all(struct context_links *links, const struct texts *all);

/*
 * Adds what is asked for because of `path` (cleaned, relative to the context): the path itself, or links and their targets.
 * False when it cannot be followed: a link that is not on disk, or too many.
 */
bool follow(const struct context_links *links, struct text path, struct texts *out);

/*
 * Where a path of the repository really is, with every link on the way resolved as the client of a build does; `links` are those
 * of the repository, in byte order. `met` gets them. The path as it is when it leaves the repository, or does not end.
 */
struct text follow_path(struct arena *arena, const struct repository *repository, const struct texts *links,
                        struct text path, struct texts *met);

#endif
