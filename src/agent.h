/*
 * agent: the only file that runs `buildkite-agent`.
 */
#ifndef DEPOT_SRC_AGENT_H
#define DEPOT_SRC_AGENT_H

#include "session.h"

/* Keeps a file as an artifact of the job; `directory` is where the name is looked up. False when the agent could not. */
bool agent_keep(struct session *session, const char *directory, const char *name);

/* `pipeline upload FILE`; returns the agent's exit status, STATUS_SYSTEM when it could not be started. */
int agent_upload(struct session *session, const char *path, bool interpolates);

/* A value of the build's meta-data; absent when there is none, or no agent. */
struct text agent_meta_data(struct session *session, const char *key);

/* Puts Markdown on the build's page. `style`: "info", "warning" or "error". False when the agent could not. */
bool agent_annotate(struct session *session, struct text body, const char *style);

#endif
