/*
 * settings_missing: what is missing only because its key is misspelt is not told beside the key.
 */
#ifndef DEPOT_MODEL_SETTINGS_MISSING_H
#define DEPOT_MODEL_SETTINGS_MISSING_H

#include "base/diag.h"
#include "format/node.h"

/* Takes back "settings-value" of mappings in this tree that have an "unknown-key". */
void settings_missing_drop(const struct node *tree, struct diagnostics *diagnostics);

#endif
