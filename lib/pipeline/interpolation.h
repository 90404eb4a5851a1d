/*
 * interpolation: literal text to what the Buildkite agent's interpolation turns back into it.
 *
 * `$` becomes `$$`. After an odd run of backslashes the agent would take `\$` for its own
 * escape, and there is no direct spelling for a literal `\$`: the last backslash is then written as
 * the default of a variable that is never set. Rules: buildkite/interpolate parser.go.
 */
#ifndef DEPOT_PIPELINE_INTERPOLATION_H
#define DEPOT_PIPELINE_INTERPOLATION_H

#include "base/text.h"

#define INTERPOLATION_NEVER_SET "DEPOT_PIPELINE_NEVER_SET"

/* The text itself when it has no `$`. */
struct text interpolation_escape(struct arena *arena, struct text text);

/* True when every `$` is one that interpolation_escape writes: what the self-check asks of a finished document. */
bool interpolation_is_escaped(struct text text);

#endif
