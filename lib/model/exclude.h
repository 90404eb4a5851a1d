/*
 * exclude: container files that are found but not built, each with its reason.
 *
 * Directories of examples, tests and vendored code hold Dockerfiles that nobody builds in CI; templates are
 * no Dockerfiles yet. Settings have the last word in both directions.
 */
#ifndef DEPOT_MODEL_EXCLUDE_H
#define DEPOT_MODEL_EXCLUDE_H

#include "model/settings.h"
#include "model/workspace.h"

/* Why the file is left out; NULL when it is not. */
const struct left_out *exclude_find(struct arena *arena, const struct settings *settings, struct text path);

/* Text that Jinja, ERB or Go templates leave in a Dockerfile: one that does not parse is then a template. */
bool exclude_looks_like_template(struct text bytes);

struct left_out *exclude_because(struct arena *arena, struct text path, const char *rule, struct text reason);

#endif
