/*
 * projects: which Depot project an image is built in.
 *
 * What settings say, else `x-depot` of its service, else the nearest depot.json, depot.yml or depot.yaml, from the
 * Dockerfile's directory up to the root (project_search). The CLI goes on above the root and takes the directory it is
 * called in into account; a step must not depend on either. Where the difference matters, project_traps says so.
 */
#ifndef DEPOT_MODEL_PROJECTS_H
#define DEPOT_MODEL_PROJECTS_H

#include "model/image.h"
#include "model/project_search.h"

struct projects {
    struct project_search search;
    struct map checked; /* ids that settings and compose files name, each with its place */
    struct diagnostics *diagnostics;
};

/* The project for an image declared in `directory`; settings and compose have the last word. */
struct project projects_find(struct projects *projects, struct text directory, const struct compose_build *build,
                             const struct image_settings *settings);

#endif
