/*
 * settings_profiles: settings for one kind of build.
 *
 *   profiles:
 *     pull_request: {platforms: linux/amd64}
 *     tag: {tags: ["{tag}"], push: always}
 *
 * One profile counts in a build: that of the most telling of its kinds (event.h) that the file has. So a fork's build has
 * `fork`, else `pull_request`; a scheduled one `schedule`, else that of its branch. It is a layer right above the file; its
 * `images` come after those of the file. All profiles are checked, whatever the build.
 */
#ifndef DEPOT_MODEL_SETTINGS_PROFILES_H
#define DEPOT_MODEL_SETTINGS_PROFILES_H

#include "format/record.h"

#define PROFILE_COUNT 7 /* as many as event_words */

struct profiles_settings {
    const struct node *of[PROFILE_COUNT]; /* by enum event_kind; NULL: the file has none */
};

extern const struct record_table settings_profiles_table;

/* The profile that counts for a build of these kinds (EVENT_BIT): its place in `of`; -1 when none does. */
int settings_profile_choose(const struct profiles_settings *profiles, unsigned kinds);

#endif
