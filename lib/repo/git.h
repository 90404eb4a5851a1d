/*
 * git: the only place that builds a git command line.
 *
 * Every call carries what makes it safe in a hostile checkout: core.fsmonitor off, no hooks, no
 * optional locks, no prompts, no lazy fetch, and no protocol at all unless it is_remote. The repository is named (--git-dir, --work-tree), so
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

struct git_call {
    const char *const *arguments; /* NULL-terminated */
    size_t limit;                 /* bytes of its output */
    bool is_remote;   /* it may ask the remote; without a terminal, so that nobody is asked for a password */
    unsigned seconds; /* that it may take in all; 0: as long as it says something */
};

/* False as git_run. */
bool git_call(struct arena *arena, const struct repository *repository, const struct git_call *call,
              struct process_result *out);

/* Starts it beside us (process.h): to be ended by process_end or process_cancel. False when it could not be started. */
bool git_begin(struct arena *arena, const struct repository *repository, const struct git_call *call,
               struct process **out);
bool git_begin_talk(struct arena *arena, const struct repository *repository, const struct git_call *call,
                    struct process **out);

bool git_is_fine(const struct process_result *result);

/* What git says of its failure, in one line. */
struct text git_complaint(const struct process_result *result);

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
