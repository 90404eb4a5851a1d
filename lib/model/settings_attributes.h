/*
 * settings_attributes: keys of a step that are neither ours nor Buildkite's, but nearly.
 *
 * What is not known passes through, for Buildkite may know more than this program. A key that is nearly one that is known is an
 * error: `mtach` would lose what limits a step. So is a word of ours in a place where nobody reads it.
 */
#ifndef DEPOT_MODEL_SETTINGS_ATTRIBUTES_H
#define DEPOT_MODEL_SETTINGS_ATTRIBUTES_H

#include "base/diag.h"
#include "format/node.h"

/* False when an error was reported (rule "unknown-key"); `owns` tells our own keys of such a mapping, NULL: it has none. */
bool settings_check_keys(const struct node *step, bool (*owns)(struct text key), struct diagnostics *diagnostics);

#endif
