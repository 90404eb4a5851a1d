/*
 * base_commit: what a build is compared with, and what differs from it.
 *
 * A ladder: the first rung that applies is taken, and says so in a sentence. What fails leads to everything being
 * built, with the reason; never to nothing.
 *
 *     given       the changed files are handed in
 *     explicit    a revision is named
 *     tag         everything (which image its prefix may name is the plan's business)
 *     merge-queue where HEAD left the branch it goes into, or the entry before it
 *     pull-request, branch   where HEAD left the branch it goes into, or the default branch
 *     push, passed           on the default branch: where it was before the push, or the last commit that passed
 *     default-branch, every  the default branch, and nothing known, or a build that nobody pushed: everything
 *     failed      everything, for the environment's fault; `remedy` says what to do
 *
 * HEAD that is the base, or lies behind it, has left nothing: then the default branch's rungs decide. Trees are
 * compared, never the index; with `with_worktree` the files as they lie there.
 *
 * One git child in the common case, beside the caller's own work between base_begin and base_end. Remotes are asked only with
 * may_fetch: BASE_FETCH_SECONDS a step, never with a prompt; a full clone is never cut, a shallow one is
 * deepened in few growing steps.
 *
 * Files: base_commit (the ladder), base_compare (the child and what its failure means), base_fetch.
 */
#ifndef DEPOT_REPO_BASE_COMMIT_H
#define DEPOT_REPO_BASE_COMMIT_H

#include "repo/changes.h"
#include "repo/event.h"

#define BASE_FETCH_SECONDS 10

enum base_rung {
    BASE_ALL, /* asked for */
    BASE_GIVEN,
    BASE_EXPLICIT,
    BASE_TAG,
    BASE_MERGE_QUEUE,
    BASE_PULL_REQUEST,
    BASE_BRANCH,
    BASE_PUSH,
    BASE_PASSED,
    BASE_DEFAULT_BRANCH,
    BASE_EVERY,
    BASE_FAILED,
};

const char *base_rung_name(enum base_rung rung); /* "pull-request" */

/* As record_choice stores them: 0 is "not given". */
enum base_default_branch { BASE_DEFAULT_NOT_GIVEN, BASE_DEFAULT_PUSH, BASE_DEFAULT_PASSED, BASE_DEFAULT_ALL };
enum base_queue { BASE_QUEUE_NOT_GIVEN, BASE_QUEUE_GROUP, BASE_QUEUE_ENTRY };

/* What only Buildkite knows; asked for at most once, and only where a rung needs it. */
struct base_facts {
    /* The commit that the branch was at before the push that made this build; absent when unknown. */
    struct text (*pushed)(struct base_facts *self, struct arena *arena);
    /* The last commit of this branch whose build passed; absent when unknown, `problem` says why. */
    struct text (*passed)(struct base_facts *self, struct arena *arena, struct text *problem);
};

struct base_policy {
    enum base_default_branch default_branch;
    enum base_queue queue;
    struct base_facts *facts;
};

struct base_request {
    const struct repository *repository;
    const struct event *event;
    struct text head;        /* id of the commit that is checked out; absent: none, and everything is built */
    struct text explicit;    /* a revision; absent when none is named */
    bool explicit_is_branch; /* it is the branch that the event goes into, and no rung of its own */
    bool may_fetch;
    bool is_ci; /* local branches say nothing: they are left over from other builds */
    bool with_worktree;
    bool has_untracked; /* the caller knows of files that count as changed and that git does not track */
};

struct base {
    enum base_rung rung;
    bool is_everything;   /* `changes` is then empty and says nothing */
    bool with_worktree;   /* files that are not committed were compared, too */
    struct text ref;      /* what HEAD is compared with, a full ref name or an id; absent with is_everything */
    struct text commit;   /* where the two parted; absent until base_find_commit, and where nobody knows */
    struct text sentence; /* for people, without a full stop */
    struct text remedy;   /* what to do about it; absent unless something failed */
    struct text note;     /* what may make more to be built: the ref could not be fetched; absent mostly */
    struct changes changes;
};

struct base_search;

/* Decides what it can and starts to compare. `request` lives until base_end. */
struct base_search *base_begin(struct arena *arena, const struct base_request *request);

/* Waits, and goes down the ladder where that is needed. */
void base_end(struct base_search *search, const struct base_policy *policy, struct base *out);

/* Ends it without a result; NULL is nothing to end. */
void base_cancel(struct base_search *search);

/* Fills `commit`, by one more git child: for those who show it. */
void base_find_commit(struct arena *arena, const struct base_request *request, struct base *base);

/* The name of the default branch: Buildkite's, else that of the remote, else `main` or `master`; absent when there is none. */
struct text base_default_branch(struct arena *arena, const struct base_request *request);

#endif
