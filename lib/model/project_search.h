/*
 * project_search: Depot's project files among the paths of a repository, as the CLI looks for them.
 *
 * From a directory up to the root; in each the first of depot.json, depot.yml and depot.yaml that exists, also when it
 * gives no id. Each file is read once, and what is wrong with it is kept with it: it matters only when a build comes by.
 */
#ifndef DEPOT_MODEL_PROJECT_SEARCH_H
#define DEPOT_MODEL_PROJECT_SEARCH_H

#include "base/files.h"
#include "docker/depot.h"

struct project_search {
    struct arena *arena;
    struct files *files;
    const struct map *paths;      /* of project files, and of directories with such a name */
    const struct map *lookalikes; /* of files whose name is taken for one, and that are not read */
    struct map read;              /* path → struct project_found * */
};

struct project_found {
    struct depot_file file;
    struct text directory;
    struct diagnostics problems;
    bool is_reported; /* by whoever uses it */
};

/* The file that ends a search in this directory; NULL when there is none. */
struct project_found *project_search_in(struct project_search *search, struct text directory);

/* The first one from this directory upwards; NULL when there is none. */
struct project_found *project_search_nearest(struct project_search *search, struct text directory);

/* Reads one that is there. */
struct project_found *project_search_read(struct project_search *search, struct text path);

#endif
