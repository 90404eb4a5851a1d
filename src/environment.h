/*
 * environment: the one place that knows the names of the build's environment variables.
 *
 * Read once, at the start, and handed down as values: the facts of the build, and what the session needs. (git's
 * own variables belong to repo/locate, those of options to options.c.)
 */
#ifndef DEPOT_SRC_ENVIRONMENT_H
#define DEPOT_SRC_ENVIRONMENT_H

#include "repo/event.h"

struct environment {
    const char *const *all; /* "NAME=value", NULL-terminated: for children and option variables */
    struct event event;
    struct text base;                   /* BUILDKITE_GIT_DIFF_BASE: what the agent's own if_changed compares with */
    struct text changed_files;          /* BUILDKITE_CHANGED_FILES_PATH: a file that names what changed */
    struct text organization, pipeline; /* slugs, for Buildkite's API */
    struct text api;                    /* DEPOT_PIPELINE_API_URL: another address of that API; absent mostly */
    struct text queue;                  /* of the agent that runs this job; absent outside one */
    struct text step;                   /* the uploading step: the same when its job is run again; absent outside one */
    bool is_retry;                      /* the job of that step was run before */
    bool is_ci;                         /* BUILDKITE or CI is set */
    bool is_pod;                        /* a job in Kubernetes, and no variable tells of a Docker daemon */
    bool has_agent;                     /* this is a Buildkite job with a way to its agent */
    bool no_color;                      /* NO_COLOR is set and not empty */
    bool no_interpolation;              /* the operator switched the agent's interpolation off */
    struct text temporary;              /* TMPDIR, else /tmp */
    size_t columns;                     /* COLUMNS; 0 when not set */
};

struct environment environment_read(struct arena *arena, const char *const *all);

/* A variable that a person has named; absent when it is unset or empty. */
struct text environment_find(const struct environment *environment, struct arena *arena, struct text name);

#endif
