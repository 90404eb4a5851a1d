/*
 * secrets: values in the environment of the uploading job that must not stand in its pipeline.
 *
 * Agents since version 4 refuse a pipeline that holds, anywhere, the value of a variable on their list of redacted ones
 * (clicommand/pipeline_upload.go, searchForSecrets); earlier ones store it. Here the same search is made before, and names
 * the place. Values of less than six bytes are left out, as the agent does.
 */
#ifndef DEPOT_PIPELINE_SECRETS_H
#define DEPOT_PIPELINE_SECRETS_H

#include "format/node.h"

#define SECRETS_SHORTEST 6

struct secret {
    struct text name, value; /* the value as it would stand in a pipeline */
    struct text plain;       /* as it is */
    struct text quoted;      /* as a string of Go would have it, which the agent looks for, too */
};

/* Of an environment ("NAME=value", NULL-terminated), as struct secret; `interpolates`: the pipeline is escaped for that. */
void secrets_read(struct arena *arena, const char *const *environment, bool interpolates, struct list *out);

/* The first whose value is in `text`; NULL when none is. */
const struct secret *secrets_find(const struct list *secrets, struct text text);

/* Where the value stands in the settings; NULL when it does not. */
const struct node *secrets_origin(const struct node *settings, const struct secret *secret);

#endif
