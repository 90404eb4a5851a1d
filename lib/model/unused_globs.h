/*
 * unused_globs: globs of `watch`, `ignore` and `always` that match no file: most likely mistyped, or of what is gone.
 *
 * One pass over the paths, and none when the settings have no such globs.
 */
#ifndef DEPOT_MODEL_UNUSED_GLOBS_H
#define DEPOT_MODEL_UNUSED_GLOBS_H

#include "model/workspace.h"
#include "repo/paths.h"

/* Warns of each (rule "unused-glob"). False when the list of paths broke; reported. */
bool unused_globs_report(struct arena *arena, struct paths *paths, const struct workspace *workspace,
                         struct diagnostics *diagnostics);

#endif
