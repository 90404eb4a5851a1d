/*
 * history: what Buildkite knows of the builds before this one: where the branch was before a push, and which commit passed last.
 *
 * The push stands in the webhook that made the build (its meta-data, through the agent). The last commit that passed is in a file, is
 * printed by a command, or is asked of Buildkite's REST API with a token from a named variable. Each is asked once, and only
 * where the ladder of base commits comes to it.
 *
 * A command of the settings runs in CI only: on a laptop a checkout may be anybody's.
 */
#ifndef DEPOT_SRC_HISTORY_H
#define DEPOT_SRC_HISTORY_H

#include "repo/base_commit.h"
#include "session.h"

struct history {
    struct base_facts facts;
    struct session *session;
};

void history_init(struct history *history, struct session *session);

#endif
