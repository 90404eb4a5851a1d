/*
 * repository: where the checkout is and what git knows of it.
 *
 * Found without running git (locate.c and git_config.c): a small repository is planned in the time that
 * git needs to start twice. git itself is run only by git.c, for what files cannot tell.
 *
 * Limits: configuration that is included from another file is not seen; a repository without a work
 * tree is read as a plain directory.
 */
#ifndef DEPOT_REPO_REPOSITORY_H
#define DEPOT_REPO_REPOSITORY_H

#include "base/diag.h"
#include "base/list.h"

enum object_format { OBJECT_SHA1, OBJECT_SHA256 };

struct repository {
    struct text root; /* absolute path of the work tree, or of the directory that is read outside git */
    int root_fd;      /* open directory, for openat */
    bool has_git;
    struct text git_dir;    /* absolute; of a worktree its own directory */
    struct text common_dir; /* absolute; where config, refs and objects are */
    struct text index_path; /* absolute; GIT_INDEX_FILE is honoured */
    enum object_format object_format;
    struct text remote_url;         /* of `origin`, else of the first remote, without a password; absent when none */
    struct text remote_name;        /* last element of that URL without ".git" ("shop"); absent when none */
    const char *const *environment; /* for git children */
};

/*
 * Finds the repository that `directory` (a path, absolute or relative to the working directory)
 * lies in, looking upward. `environment` is the process's own, "NAME=value", NULL-terminated:
 * GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_COMMON_DIR and GIT_CEILING_DIRECTORIES are honoured as
 * git does when it is started in `directory`. Outside git the directory itself is the root; so it is,
 * with a note, in a bare repository, and with a warning where a `.git` file or GIT_DIR names
 * nothing. False when the directory cannot be opened; reported (rule "repository").
 */
bool repository_locate(struct arena *arena, const char *directory, const char *const *environment,
                       struct diagnostics *diagnostics, struct repository *out);

/*
 * A path of the machine as one of the repository: cleaned, relative to its root, "." for the root itself.
 * Directories are followed to where they are, a file keeps its own name. False when it lies outside, or its directory does not exist.
 */
bool repository_path(struct arena *arena, const struct repository *repository, struct text path, struct text *out);

void repository_close(struct repository *repository);

/* "shop" for "git@host:team/shop.git", "https://host/team/shop/" and "/srv/shop/.git"; absent when nothing is left. */
struct text repository_name_from_url(struct text url);

#endif
