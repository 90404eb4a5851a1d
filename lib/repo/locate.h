/*
 * locate: finds the git directory that a directory belongs to, without running git.
 *
 * Upward from the directory, as setup_git_directory_gently_1 in git's setup.c does: `.git` is a
 * directory, or a file that names one (worktree, submodule); a directory that looks like a git
 * directory itself is a bare repository. GIT_DIR ends the search before it begins,
 * GIT_CEILING_DIRECTORIES ends it on the way.
 *
 * Unlike git, the search goes on across file systems (GIT_DISCOVERY_ACROSS_FILESYSTEM is not asked),
 * and it does not matter who owns what: nothing in the git directory is run.
 */
#ifndef DEPOT_REPO_LOCATE_H
#define DEPOT_REPO_LOCATE_H

#include "base/text.h"

enum locate_status {
    LOCATE_FOUND,
    LOCATE_NONE,   /* no repository up to the root of the file system */
    LOCATE_BARE,   /* `git_dir` is a repository without a work tree around the directory */
    LOCATE_BROKEN, /* `git_dir` was named, by GIT_DIR or a `.git` file, and is no git directory */
};

struct location {
    struct text git_dir;    /* absolute, without symbolic links (where that could be resolved) */
    struct text common_dir; /* the same, of a linked worktree the main repository's */
    struct text top;        /* where `.git` stands; with GIT_DIR the directory itself */
    bool is_linked;         /* git_dir and common_dir differ */
};

/* `directory` is absolute and real. `out` is filled as far as its members are known. */
enum locate_status locate_git(struct arena *arena, struct text directory, const char *const *environment,
                              struct location *out);

/* The value of a variable in a "NAME=value" list; absent when it is unset or empty, which git takes alike. */
struct text locate_variable(const char *const *environment, const char *name);

/* `path` seen from `base`, absolute and without symbolic links; absent when there is nothing. */
struct text locate_real(struct arena *arena, struct text base, struct text path);

/* The bytes of a file of at most `limit` bytes; absent when there is none. */
struct text locate_read(struct arena *arena, struct text path, size_t limit);

#endif
