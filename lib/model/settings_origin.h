/*
 * settings_origin: the settings that count, as a tree, and where each of them stands.
 *
 * The tree is that of the layers (settings_merge.h) with what the program does by default below them. It could be a settings
 * file: read again, it would say the same.
 */
#ifndef DEPOT_MODEL_SETTINGS_ORIGIN_H
#define DEPOT_MODEL_SETTINGS_ORIGIN_H

#include "model/workspace.h"

struct settings_view {
    const struct node *node; /* a mapping */
    struct list layers;      /* of struct settings_layer, the lowest first */
};

/* All that the program does by default, as a settings file would say it. */
const struct node *settings_defaults(struct arena *arena);

struct settings_view settings_view_run(struct arena *arena, const struct settings_layers *layers);
struct settings_view settings_view_image(struct arena *arena, const struct settings_layers *layers,
                                         const struct image *image);

/*
 * Where the value of `keys` (from the outermost in) stands: "default", "--push", "DEPOT_PIPELINE_PUSH",
 * ".buildkite/depot-pipeline.yml:3:7", "profile tag, …:5:12", "images, …:9:5".
 */
struct text settings_view_origin(struct arena *arena, const struct settings_view *view, const struct texts *keys,
                                 const struct node *value);

#endif
