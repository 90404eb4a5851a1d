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

/* The same, asking the settings only: for a Dockerfile that a service names. */
const struct left_out *exclude_by_settings(struct arena *arena, const struct settings *settings, struct text path);

/*
 * Is a file that does not parse a Jinja, ERB or Go template? Then a line begins with a mark of one, or a FROM has it. A mark
 * inside a command (`go list -f '{{.Dir}}'`) says nothing: a broken file must not vanish for it.
 */
bool exclude_is_template(struct text bytes);

struct left_out *exclude_because(struct arena *arena, struct text path, const char *rule, struct text reason);

#endif
