/*
 * variables: what is known of a variable when the pipeline is generated.
 *
 * A name has a value (written in a file of the repository), is unset, or is *later*:
 * known only when the step runs. The process environment is never consulted, so that a
 * laptop gives the bytes that CI gives.
 */
#ifndef DEPOT_BASE_VARIABLES_H
#define DEPOT_BASE_VARIABLES_H

#include "base/map.h"

struct variables {
    struct map defaults; /* name → struct text *: value when the step's environment has none (from `.env`) */
    const struct variables *above; /* these beat them; NULL: none */
};

void variables_set(struct arena *arena, struct variables *variables, struct text name, struct text value);

/* The value that a file of the repository gives, the highest first; NULL when there is none. */
const struct text *variables_find(const struct variables *variables, struct text name);

/* [A-Za-z_][A-Za-z0-9_]*: a name that a shell can hold. `.env` files allow more ("app.name"). */
bool variables_is_name(struct text name);

/*
 * Names whose value must never reach an output: the Buildkite agent's default list of redacted variables
 * (*_TOKEN, *_PASSWORD, *_SECRET …), in any case, and also without anything before the "_" (PASSWORD, PGPASSWORD).
 */
bool variables_is_secret_name(struct text name);

/* Only the agent's list itself, to the letter: what it searches a pipeline for. */
bool variables_is_redacted_name(struct text name);

#endif
