/*
 * git: the only place that builds a git command line.
 *
 * Every call carries what makes it safe in a hostile checkout: core.fsmonitor off, no hooks, no
 * optional locks, no prompts, no lazy fetch. The repository is named (--git-dir, --work-tree), so
 * that git finds what repository_locate found and takes a checkout that belongs to another user.
 * The rest of the environment is the one the repository was located with.
 *
 * A git that says nothing for GIT_IDLE_SECONDS is ended: a FIFO in the place of a file that git reads would
 * hold us for ever.
 *
 * What a caller must add: full ref names, `--no-ext-diff` for a diff, and a closing "--" where the
 * subcommand knows it.
 */
#ifndef DEPOT_REPO_GIT_H
#define DEPOT_REPO_GIT_H

#include "base/process.h"
#include "repo/repository.h"

#define GIT_IDLE_SECONDS 8

/*
 * Runs `git <arguments…>` at the root; `arguments` is NULL-terminated, `limit` counts bytes of its
 * output. False when there is no repository, git could not be started, its status is not 0 or the
 * limit was passed; `out` is filled in any case.
 */
bool git_run(struct arena *arena, const struct repository *repository, const char *const *arguments, size_t limit,
             struct process_result *out);

/* The content of a blob by its hexadecimal id, or by "<revision>:<path>"; false when there is none or it is above the limit. */
bool git_blob(struct arena *arena, const struct repository *repository, struct text name, size_t limit,
              struct text *out);

#endif
