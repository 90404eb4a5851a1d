/*
 * event: the facts of the build that the pipeline is generated for.
 *
 * src/environment.c fills it from BUILDKITE_* (or a person does, by options); what is missing
 * and git knows is completed here. Every later decision reads this struct and nothing else,
 * so a laptop gives the bytes that CI gives.
 */
#ifndef DEPOT_REPO_EVENT_H
#define DEPOT_REPO_EVENT_H

#include "repo/repository.h"

#include <stdint.h>

/*
 * What a build is, the more telling kind first. A build may be of two: that of a fork is of a pull request, too, and a scheduled
 * one of a branch.
 */
enum event_kind {
    EVENT_TAG,
    EVENT_MERGE_QUEUE,
    EVENT_FORK, /* a pull request from another repository */
    EVENT_PULL_REQUEST,
    EVENT_SCHEDULE,
    EVENT_DEFAULT_BRANCH,
    EVENT_BRANCH, /* any other one, and what nothing else fits */
};
#define EVENT_BIT(kind) (1u << (kind))

extern const char *const event_words[]; /* "tag", "merge_queue" …, in the order of the kinds; NULL-terminated */

struct event {
    struct text commit;         /* hexadecimal id of HEAD; absent outside git and before the first commit */
    struct text branch;         /* absent on a detached HEAD that nothing names */
    struct text tag;            /* absent unless a tag is built */
    struct text pull_request;   /* its number; absent for other builds */
    struct text base_branch;    /* that the pull request goes into */
    struct text default_branch; /* of the pipeline; absent when unknown */
    bool is_fork;               /* the pull request comes from another repository */
    struct text repository;     /* URL that Buildkite knows; absent on a laptop */
    struct text
        source;      /* what made the build: "webhook", "schedule", "ui", "api", "trigger_job"; absent when unknown */
    bool is_rebuild; /* of a build that was there before */
    struct text queue_commit; /* of a merge queue: what the entry before this one leads to; absent for other builds */
    struct text queue_branch; /* that the merge queue merges into */
    struct text address;      /* of the repository for people: "https://github.com/acme/shop"; absent when unknown */
    int64_t committed;        /* when the commit was made, in seconds since 1970; 0: unknown, or nobody needs it */
    unsigned kinds;           /* EVENT_BIT of each; event_kinds finds them */
};

/*
 * Fills `address`, and `commit` and `branch` from the repository's HEAD where they are absent (a commit of "HEAD" counts as
 * absent). Reads HEAD, loose and packed refs; asks git only for what they do not tell.
 */
void event_complete(struct arena *arena, const struct repository *repository, struct event *event);

/* The kinds of a complete event. `default_branch`: the one to go by where the event tells none; absent when it is unknown. */
unsigned event_kinds(const struct event *event, struct text default_branch);

/* "https://github.com/acme/shop" for any URL of it that git takes; absent for a path of this machine. */
struct text event_address(struct arena *arena, struct text url);

#endif
