/*
 * projects: which Depot project an image is built in.
 *
 * The nearest depot.json, depot.yml or depot.yaml, from the Dockerfile's directory up to the
 * root; within a directory the first of these names that exists. The CLI goes on above the
 * root and takes the directory it is called in into account; a step must not depend on either.
 */
#ifndef DEPOT_MODEL_PROJECTS_H
#define DEPOT_MODEL_PROJECTS_H

#include "base/files.h"
#include "model/image.h"

struct projects {
    struct arena *arena;
    struct files *files;
    const struct map *paths; /* of project files */
    struct map read;         /* path → struct depot_file * */
    struct diagnostics *diagnostics;
};

/* The project for an image declared in `directory`; settings and compose have the last word. */
struct project projects_find(struct projects *projects, struct text directory, const struct compose_build *build,
                             const struct image_settings *settings);

#endif
