/*
 * session: one run of the program, from the repository to the documents.
 *
 * Commands ask for what they need; what it takes to get there happens once.
 */
#ifndef DEPOT_SRC_SESSION_H
#define DEPOT_SRC_SESSION_H

#include "environment.h"
#include "options.h"
#include "pipeline/pipeline.h"
#include "pipeline/split.h"
#include "repo/base_commit.h"
#include "repo/files_base.h"
#include "repo/files_checkout.h"
#include "repo/paths.h"
#include "terminal.h"

/* The statuses of the program; part of the contract. */
enum status {
    STATUS_OK = 0,
    STATUS_FINDINGS = 1, /* problems in the user's settings, or what `check` found */
    STATUS_USAGE = 2,
    STATUS_SYSTEM = 3, /* reading, writing, git or the agent failed */
    STATUS_BUG = 4,    /* our own output failed its check */
};

struct session {
    struct arena *arena;
    struct diagnostics diagnostics;
    struct options options;
    struct environment environment;
    struct terminal terminal;
    bool is_interactive; /* a terminal, and neither BUILDKITE nor CI: jobs do have a terminal */

    struct repository repository;
    struct paths paths;
    struct files_checkout checkout;
    struct regex_cache regexes;
    struct event event; /* that of the environment, completed from git */
    struct workspace workspace;
    struct files_base fork_base; /* where the settings of a fork's build are read */

    struct base_request base_request;
    struct base_search *search;
    bool wants_inputs;        /* also where everything is built: somebody will ask what concerns an image */
    bool has_base;            /* `base` is known */
    struct base base;         /* what the build is compared with */
    struct workspace *before; /* the other side; NULL when there is none, or none was needed */
    bool before_is_unknown;
    struct list watches; /* of struct watch */
    struct plan plan;
    struct pipeline pipeline;
    struct texts keys; /* of the images of the plan, in their order */
};

/* The repository and its paths. Not STATUS_OK: reported, and the run ends with it. */
enum status session_open(struct session *session);

/* Repository, workspace and plan. Not STATUS_OK: reported, and the run ends with it. */
enum status session_plan(struct session *session);

/* The plan anew, from what the session knows by now. False when a selection is wrong: reported. */
bool session_replan(struct session *session);

/* Then the documents. */
enum status session_make_pipeline(struct session *session);

/* "3 of 12 images are built: branch x, compared with …" */
struct text session_summary(struct session *session);

void session_close(struct session *session);

/* Prints an error that came up after the report. */
void session_complain(struct session *session, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints what was reported so far, problems of images included. */
void session_report(struct session *session);

#endif
