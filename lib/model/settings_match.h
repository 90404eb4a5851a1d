/*
 * settings_match: which images an entry of the settings means.
 *
 * All that is given must hold; of a list one. Globs are compiled once for all images.
 */
#ifndef DEPOT_MODEL_SETTINGS_MATCH_H
#define DEPOT_MODEL_SETTINGS_MATCH_H

#include "format/regex.h"
#include "model/settings.h"

/* Is it for this kind of build? `events`: EVENT_BIT of each kind. */
bool settings_match_event(const struct match_settings *match, unsigned events);

/* `path`: of its Dockerfile (or compose file). A regular expression that takes too many steps does not match: warned of. */
bool settings_match_image(struct arena *arena, struct match_settings *match, struct regex_cache *regexes,
                          struct text name, struct text path, struct diagnostics *diagnostics);

#endif
