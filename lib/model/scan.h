/*
 * scan: a repository to its workspace, in one pass over the paths and one look at each container file.
 *
 *   paths ─▶ discover ─▶ read Dockerfiles, compose files, project files ─▶ join ─▶ contexts ─▶ names
 *
 * Whoever declares images comes first (compose_images), then the Dockerfiles that nobody declared. Another declaring
 * format is one more *_images file between them, and its names in discover.
 *
 * The same scan serves the checkout and, later, the base of a change: it sees files only through `struct files`.
 */
#ifndef DEPOT_MODEL_SCAN_H
#define DEPOT_MODEL_SCAN_H

#include "model/workspace.h"
#include "repo/paths.h"

struct scan_request {
    struct paths *paths;
    struct files *files;
    struct files_checkout *checkout; /* told of files that are not on disk; NULL when there is none */
    unsigned events;                 /* the kinds of this build: struct event's */
    struct text repository_name;     /* from the remote; absent when it has none */
    struct text settings_path;       /* absent: the usual place */
    const struct node *settings_above;
    struct files *named_files;        /* where a settings_path leads; NULL: as settings_files */
    const struct map *settings_paths; /* paths that settings_files has; NULL: those of `paths` */
    struct files *settings_files;     /* where settings are read from: `files`, but for builds of forks */
    struct regex_cache *regexes;
    bool wants_inputs; /* facts of images hold what is asked of the context, too */
    bool one_thread;   /* `files` answers one at a time */
};

enum scan_status {
    SCAN_OK,
    SCAN_NO_PATHS, /* the list of paths cannot be read */
    SCAN_SETTINGS, /* the settings cannot be used */
};

/* What is not SCAN_OK has been reported. What harms one image only is in that image's problems. */
enum scan_status scan(struct arena *arena, const struct scan_request *request, struct diagnostics *diagnostics,
                      struct workspace *out);

#endif
