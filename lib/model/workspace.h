/*
 * workspace: everything the program knows of the repository, connected.
 *
 * Made by scan (scan.h) from one side of a change; knows nothing of changes. Lists are in the order of their names
 * or paths, so that the order of discovery never shows.
 */
#ifndef DEPOT_MODEL_WORKSPACE_H
#define DEPOT_MODEL_WORKSPACE_H

#include "base/map.h"
#include "model/image.h"
#include "model/settings_merge.h"
#include "repo/seen.h"

/* A container file that is not built, and why. */
struct left_out {
    struct text path;
    const char *rule; /* "excluded-directory", "template", "settings", … */
    struct text reason;
};

struct workspace {
    struct text name; /* of the repository, from its remote; "image" when it has none */
    struct settings_layers layers;
    struct text settings_path;   /* of the file they are in; absent when that is not in the repository */
    struct list images;          /* of struct image, by name */
    struct list left_out;        /* of struct left_out, by path */
    struct list compose_files;   /* of struct text: the base file of each model that was read */
    struct map compose_parts;    /* path → anything: every file that a model was asked from, whatever its name */
    struct texts links;          /* symbolic links, in byte order */
    struct texts submodules;     /* the same */
    struct texts ignore_files;   /* .dockerignore and its kind, in byte order */
    struct seen *seen;           /* the paths; NULL when nobody will ask for them */
    struct map context_evidence; /* path → anything: whether something is there decides about a context */
    size_t path_count;           /* tracked paths */
    size_t dockerfile_count;
    bool has_several_projects;
};

#endif
