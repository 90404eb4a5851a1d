/*
 * paths: the list of files of a repository, in byte order, one pass at a time.
 *
 * The list comes from git's index, read through a 1 MiB window (repo/index.h): it is what CI
 * checks out, and no ordinary file is ever touched. Split, sparse, unknown and damaged indexes are
 * left to `git ls-files -z`. Outside git the tree is walked (repo/walk.h). A pass hands each
 * path to a visitor and keeps nothing; what a visitor wants to keep it copies.
 *
 * What an index means is known at its end only. So the first paths_visit reads it twice, once without
 * the visitor; a visitor that can forget what it has seen saves that with paths_visit_restartable.
 */
#ifndef DEPOT_REPO_PATHS_H
#define DEPOT_REPO_PATHS_H

#include "repo/changes.h"
#include "repo/index.h"
#include "repo/repository.h"

enum paths_origin { PATHS_INDEX, PATHS_GIT, PATHS_WALK };

struct paths {
    const struct repository *repository;
    struct arena *arena;
    enum paths_origin origin; /* PATHS_INDEX becomes PATHS_GIT in the first pass over an index that we cannot read */
    size_t count;             /* paths handed out by the last pass */
    struct text cached;       /* the list (listing.h), when it came from git or a walk */
    struct text untracked;    /* the same, of files that git does not track; merged into the passes */
    bool with_untracked;      /* untracked files that are not ignored are in the list */
    struct index_proof proof; /* that the index was read to its end */
    const struct changes *undone; /* of the old side: what was added since is left out of the passes; else NULL */
};

/*
 * Chooses where the list comes from; `untracked` adds files that git does not track and does
 * not ignore (one git child; when that fails, a warning "untracked" and a list without them).
 * False when the list cannot be had; reported.
 */
bool paths_open(struct arena *arena, const struct repository *repository, bool untracked,
                struct diagnostics *diagnostics, struct paths *out);

/* The list as it was before the changes, which live as long as `out`; never with untracked files. */
void paths_before(struct arena *arena, const struct paths *paths, const struct changes *changes, struct paths *out);

/* Copies of the paths that git does not track, in byte order. */
void paths_untracked(struct arena *arena, const struct paths *paths, struct texts *out);

/*
 * One pass over all paths in byte order, each once (conflict stages count once). An index that is
 * damaged is reported (warning "index") and read through git. False, and reported (error "index"),
 * when git cannot either (the visitor was not called then), or when the disk failed between two readings.
 */
bool paths_visit(struct paths *paths, path_visitor *visit, void *self, struct diagnostics *diagnostics);

/*
 * The same in a single reading. `restart` is called when the entries handed out so far were not to be
 * believed: the visitor must forget them all, and the list begins again.
 */
bool paths_visit_restartable(struct paths *paths, path_visitor *visit, void (*restart)(void *self), void *self,
                             struct diagnostics *diagnostics);

/*
 * Is there a file or directory at `path`? With wildcards (* ? [..] of Go's filepath.Match, each
 * within one path element): is there any? All questions are answered in one pass.
 */
struct path_question {
    struct text path; /* cleaned, relative to the root, not "." */
    bool has_wildcard;
    bool found; /* the answer */
};

/* `questions`: struct path_question pointers, in any order. How: questions.h. */
bool paths_answer(struct paths *paths, const struct list *questions, struct diagnostics *diagnostics);

#endif
