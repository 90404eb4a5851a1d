/*
 * settings_publish: what the settings say of tags beyond a build's own, labels, caches and attestations.
 *
 * They stand among the keys of the build table, and so may be said for all images and for one.
 */
#ifndef DEPOT_MODEL_SETTINGS_PUBLISH_H
#define DEPOT_MODEL_SETTINGS_PUBLISH_H

#include "format/record.h"

/* As record_choice and record_bool store them: 0 is "not given". */
enum latest_setting { LATEST_NOT_GIVEN, LATEST_NEVER, LATEST_RELEASE, LATEST_DEFAULT_BRANCH, LATEST_ALWAYS };
enum floating_setting { FLOATING_NOT_GIVEN, FLOATING_PUSH, FLOATING_STEP };
enum cache_mode_setting { CACHE_MODE_NOT_GIVEN, CACHE_MODE_MAX, CACHE_MODE_MIN };
enum cache_write_setting { CACHE_WRITE_NOT_GIVEN, CACHE_WRITE_AUTO, CACHE_WRITE_ALWAYS, CACHE_WRITE_NEVER };

/* record_bool: 1 false, 2 true. */
#define SETTINGS_TRUE 2

struct cache_settings {
    struct record_text_value repository; /* with {name}, or the tags carry the name */
    int mode;                            /* enum cache_mode_setting */
    int write;                           /* enum cache_write_setting */
};

struct publish_settings {
    int latest;                /* enum latest_setting */
    struct list floating_tags; /* of struct record_text_value, templates */
    int floating;              /* enum floating_setting */
    struct list labels;        /* of struct record_pair, templates; no value: an inherited one is not set */
    struct list annotations;   /* the same */
    int oci_labels;            /* record_bool */
    struct cache_settings cache;
    struct record_text_value provenance; /* false, min, max or true */
    int sbom;                            /* record_bool */
    int sbom_artifacts;                  /* record_bool */
    struct record_text_value lint;       /* false, true, error, warn or info */
    int no_cache;                        /* record_bool */
    struct list build_secrets;           /* of struct record_pair: id → name of a variable */
};

extern const struct record_table settings_publish_table;

/* False when an error was reported (rule "settings-value"); what is only needless is a note (rule "cache-needless"). */
bool settings_publish_check(struct arena *arena, const struct publish_settings *publish,
                            struct diagnostics *diagnostics);

/* As it is written, with {name}; absent: beside the image. */
struct text settings_publish_cache_repository(const struct publish_settings *publish);

bool settings_publish_has_cache(const struct publish_settings *publish);

/* The first key in which the two differ: "settings (labels)"; NULL when there is none. */
const char *settings_publish_difference(const struct publish_settings *a, const struct publish_settings *b);

#endif
