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

#endif
