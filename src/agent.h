/*
 * agent: the only file that runs `buildkite-agent`.
 */
#ifndef DEPOT_SRC_AGENT_H
#define DEPOT_SRC_AGENT_H

#include "session.h"

/* Keeps files, "a;b", as artifacts of the job; `directory` is where the names are looked up. False when the agent could not. */
bool agent_keep(struct session *session, const char *directory, const char *names);

struct agent_upload {
    const char *path;
    bool interpolates;
    bool replaces; /* the steps of the build that have not started yet */
};

/* `pipeline upload FILE`; returns the agent's exit status, STATUS_SYSTEM when it could not be started. */
int agent_upload(struct session *session, const struct agent_upload *upload);

/* A value of the build's meta-data; absent when there is none, or no agent. */
struct text agent_meta_data(struct session *session, const char *key);

/* False when the agent could not. */
bool agent_set_meta_data(struct session *session, const char *key, const char *value);

/* Puts Markdown on the build's page. `style`: "info", "warning" or "error". False when the agent could not. */
bool agent_annotate(struct session *session, struct text body, const char *style);

#endif
