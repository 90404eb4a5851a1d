/*
 * plan: what this build does with each image of the workspace.
 *
 * Takes the workspace and the event and nothing else: no disk, clock, environment or
 * printing. Every decision carries its reason. For now every image is built on every
 * build; what differs is whether, where and with which tags it is published.
 */
#ifndef DEPOT_PLAN_PLAN_H
#define DEPOT_PLAN_PLAN_H

#include "model/workspace.h"
#include "repo/event.h"

struct plan_argument {
    struct text name;
    bool from_environment; /* no value: the step's environment gives it, else it is left out */
    struct value value;
};

struct plan_image {
    const struct image *image;
    bool is_published;
    struct text reason;          /* why it is not: "the settings name no registry" */
    struct text repository;      /* "ghcr.io/acme/services/api"; absent without a registry */
    struct list destinations;    /* of struct value: whole references, empty when not published */
    struct list arguments;       /* of struct plan_argument */
    struct texts notes;          /* for people: a declared tag that is not pushed, a template that was left out */
    struct diagnostics problems; /* the image's own and those of the plan; any error makes it a red step */
};

struct plan {
    const struct workspace *workspace;
    const struct event *event;
    struct list images; /* of struct plan_image, in the order of the workspace */
};

void plan_make(struct arena *arena, const struct workspace *workspace, const struct event *event, struct plan *out);

bool plan_image_is_broken(const struct plan_image *planned);

#endif
