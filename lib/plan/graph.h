/*
 * graph: which images of the repository are built from which.
 *
 * FROM, COPY --from and mounts name an image by a reference; compose's `additional_contexts: service:x` by its service. A reference
 * means an image of the repository when it is where the settings push it, or a tag that its compose file declares, with no
 * digest and a tag that a build of it gives: none, `latest`, one that is declared, or one of the settings' tags for this
 * build or for the default branch. Another tag is a version that somebody has chosen, and stays.
 */
#ifndef DEPOT_PLAN_GRAPH_H
#define DEPOT_PLAN_GRAPH_H

#include "model/workspace.h"
#include "repo/event.h"

/* An image is built from another one. */
struct graph_link {
    size_t to;          /* its number in the workspace */
    struct text name;   /* as the Dockerfile names it: what `--build-context` takes */
    struct place place; /* of the FROM, COPY or context */
    bool is_service;    /* there is no published image that could stand in */
};

/* Images that are built from each other. */
struct graph_cycle {
    struct texts names; /* along it, the first one again at the end */
    size_t *images;     /* their numbers */
    size_t count;
};

struct graph {
    struct list *links; /* of struct graph_link, one list an image; those of a cycle are cut out */
    size_t *order;      /* numbers, each after all that it is built from, else as in the workspace */
    size_t count;
    struct list cycles; /* of struct graph_cycle */
};

void graph_make(struct arena *arena, const struct workspace *workspace, const struct event *event, struct graph *out);

#endif
