/*
 * commands: the verbs of the program, by one table, and their help.
 */
#ifndef DEPOT_SRC_COMMANDS_H
#define DEPOT_SRC_COMMANDS_H

#include "options.h"
#include "session.h"

bool commands_find(struct text word, enum command *out);
struct texts commands_names(struct arena *arena);

const char *commands_name(enum command command);
size_t commands_most_words(enum command command); /* that may follow it */

/* Runs one and returns the exit status. */
int commands_run(enum command command, struct session *session);

/* What standard output must get when the command fails, so that `pipeline upload` fails too. */
bool commands_feeds_a_pipe(enum command command);

int cmd_generate(struct session *session);
int cmd_upload(struct session *session);
int cmd_preview(struct session *session);
int cmd_check(struct session *session);
int cmd_explain(struct session *session);
int cmd_test(struct session *session);
int cmd_inspect(struct session *session);
int cmd_k8s(struct session *session);
int cmd_settings(struct session *session);
int cmd_schema(struct session *session);
int cmd_help(struct session *session);
int cmd_version(struct session *session);

#endif
