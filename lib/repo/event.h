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
};

/*
 * Fills `commit` and `branch` from the repository's HEAD where they are absent (a commit of "HEAD" counts as
 * absent). Reads HEAD, loose and packed refs; asks git only for what they do not tell.
 */
void event_complete(struct arena *arena, const struct repository *repository, struct event *event);

#endif
