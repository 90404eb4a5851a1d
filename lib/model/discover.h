/*
 * discover: the container files among all paths, by their names.
 *
 * One visit of every path; nothing is opened. What is kept is grouped by what it is: maps
 * from a path to itself, in byte order.
 */
#ifndef DEPOT_MODEL_DISCOVER_H
#define DEPOT_MODEL_DISCOVER_H

#include "base/list.h"
#include "base/map.h"
#include "model/settings.h"
#include "repo/files_checkout.h"
#include "repo/paths.h"
#include "repo/seen.h"

struct discovered {
    struct arena *arena;
    struct seen *seen;               /* told of every path; may be NULL */
    struct files_checkout *checkout; /* told of files that are not on disk; may be NULL */
    struct map dockerfiles;          /* path → itself */
    struct map dotenv;               /* .env files: those that git does not track are no part of a checkout in CI */
    struct texts misnamed;           /* settings files that are not read, for their name ends in .yaml */
    struct texts submodules;         /* their files are another repository's: present in CI, seldom on a laptop */
    struct texts links;              /* symbolic links, in byte order */
    struct texts ignore_files;       /* .dockerignore and its kind, in byte order */
    struct map compose;              /* path → itself: every file with a base or override name of compose */
    struct map bake;                 /* path → itself: every file with a default name of bake alone */
    struct map projects;             /* path → itself: depot.json and its kind, and directories of that name */
    struct map lookalikes;           /* path → itself: .depot.json and its kind */
    struct map beside;               /* path → itself: depot-pipeline.yml files */
};

/* A name that means a Dockerfile: Dockerfile, Dockerfile.x, x.Dockerfile, Dockerfile-x, Containerfile … */
bool discover_is_dockerfile_name(struct text name);

/* Paths come in byte order and are kept in it. False when the list of paths broke; reported. */
bool discover(struct arena *arena, struct paths *paths, struct files_checkout *checkout, struct seen *seen,
              struct diagnostics *diagnostics, struct discovered *out);

#endif
