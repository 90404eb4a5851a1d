/*
 * settings_merge: layers of settings to the settings of the run and of each image.
 *
 *   default ◀ file ◀ profile ◀ images[] that match, in order ◀ file beside the Dockerfile ◀ variable ◀ option
 *
 * Layers stay node trees, so that every value keeps the place it came from.
 */
#ifndef DEPOT_MODEL_SETTINGS_MERGE_H
#define DEPOT_MODEL_SETTINGS_MERGE_H

#include "base/files.h"
#include "format/regex.h"
#include "model/settings.h"

struct settings_layers {
    const struct node *written; /* the file: a mapping or NULL */
    const char *profile;        /* that counts in this build; NULL without one */
    const struct node *profile_node;
    const struct node *file;             /* the file and the profile over it */
    const struct node *above;            /* variables and options, a mapping or NULL */
    struct settings settings;            /* decoded from both */
    const struct image_settings *common; /* of every image that nothing singles out */
    struct regex_cache *regexes;
    unsigned events; /* as in settings_request */
};

struct settings_request {
    struct files *files;
    struct text path;         /* where the file is; absent: in the usual place, where it may be missing */
    const struct node *above; /* variables and options, a mapping or NULL */
    struct regex_cache *regexes;
    unsigned events; /* the kinds of this build: struct event's */
};

/* Reads and decodes. False when the settings cannot be used: everything wrong has been reported. */
bool settings_load(struct arena *arena, const struct settings_request *request, struct diagnostics *diagnostics,
                   struct settings_layers *out);

/* The file beside a Dockerfile: `out` gets a mapping, or NULL for an empty file. False when it cannot be used; reported. */
bool settings_read_beside(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                          const struct node **out);

/*
 * The settings of one image. `path` is its Dockerfile (or compose file), `name` its name without settings;
 * `beside` is the node of the file beside it, or NULL. The struct is shared by all images that nothing singles out.
 */
const struct image_settings *settings_for_image(struct arena *arena, struct settings_layers *layers, struct text name,
                                                struct text path, const struct node *beside,
                                                struct diagnostics *diagnostics);

/* Warns of entries of `images` that matched nothing, once all images were asked for. */
void settings_report_unused(const struct settings_layers *layers, struct diagnostics *diagnostics);

#endif
