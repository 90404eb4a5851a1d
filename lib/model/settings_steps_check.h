/*
 * settings_steps_check: what the types of `steps` and `gates` cannot say.
 *
 * Attributes are the user's and pass through. Refused is what the program decides itself (key, group), `wait`, which would
 * hold up every image, a name of an environment entry that agents refuse, and a word of a template that only the running step knows.
 */
#ifndef DEPOT_MODEL_SETTINGS_STEPS_CHECK_H
#define DEPOT_MODEL_SETTINGS_STEPS_CHECK_H

#include "base/diag.h"
#include "model/settings_steps.h"

/* False when an error was reported (rule "settings-value"). Globs and regular expressions of `match` are not looked at. */
bool settings_steps_check(const struct list *steps, struct diagnostics *diagnostics);
bool settings_gates_check(const struct list *gates, struct diagnostics *diagnostics);

#endif
