/*
 * settings_check: what a type cannot say about a setting.
 *
 * Names, templates, globs, regular expressions, references, checksums and the attributes of a step that are not the
 * user's to set. Applied once to the settings file and once to each file beside a Dockerfile.
 */
#ifndef DEPOT_MODEL_SETTINGS_CHECK_H
#define DEPOT_MODEL_SETTINGS_CHECK_H

#include "format/regex.h"
#include "model/settings.h"

/* False when an error was reported (rule "settings-value"). */
bool settings_check(struct arena *arena, const struct settings *settings, struct regex_cache *regexes,
                    struct diagnostics *diagnostics);
bool settings_check_image(struct arena *arena, const struct image_settings *image, struct diagnostics *diagnostics);

#endif
