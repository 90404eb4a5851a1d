/*
 * settings_step: what the server would refuse of a step's attributes, told where they are written.
 *
 * Attributes that are known here are checked: matrix, parallelism, concurrency, if and branches, retry, soft_fail, skip, priority,
 * timeouts, artifact_paths, notify. Others pass through as they are. Limits: those of Buildkite's documentation.
 */
#ifndef DEPOT_MODEL_SETTINGS_STEP_H
#define DEPOT_MODEL_SETTINGS_STEP_H

#include "base/diag.h"
#include "format/node.h"

/* False when an error was reported (rule "settings-value"); `step` is NULL where none is given. */
bool settings_check_step(const struct node *step, struct diagnostics *diagnostics);

/* The same of a whole step, such as an entry of `steps`: what those attributes say, and nothing of the others. */
bool settings_check_attributes(const struct node *step, struct diagnostics *diagnostics);

/* How many jobs a step with these attributes becomes: matrix or parallelism; 1 without either, or with NULL. */
size_t settings_step_jobs(const struct node *step);

#endif
