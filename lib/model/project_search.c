#include "model/project_search.h"

#include "base/path.h"

static void read_file(struct project_search *search, struct text path, struct project_found *out) {
    const struct source *source;
    enum files_status status = files_read(search->files, search->arena, path, DEPOT_FILE_SIZE_LIMIT, &source);
    if (status == FILES_OK) {
        depot_parse(search->arena, source, &out->problems, &out->file);
        return;
    }
    struct text reason = files_reason(search->arena, status, DEPOT_FILE_SIZE_LIMIT);
    source = source_create(search->arena, path, TEXT(""));
    out->file = (struct depot_file){.source = source, .place = source_whole(source)};
    diag_add(&out->problems, DIAG_WARNING, "project-file", out->file.place, "the project file %.*s", TEXT_ARG(reason));
}

struct project_found *project_search_read(struct project_search *search, struct text path) {
    struct project_found *found = map_find(&search->read, path);
    if (found != NULL) return found;
    found = arena_alloc(search->arena, sizeof(*found));
    *found = (struct project_found){.directory = path_parent(path), .problems = diag_in(search->arena)};
    map_set(search->arena, &search->read, path, found);
    read_file(search, path, found);
    return found;
}

struct project_found *project_search_in(struct project_search *search, struct text directory) {
    for (size_t i = 0; depot_file_names[i] != NULL; i++) {
        struct text path = path_join(search->arena, directory, text_from(depot_file_names[i]));
        if (map_has(search->paths, path)) return project_search_read(search, path);
    }
    return NULL;
}

struct project_found *project_search_nearest(struct project_search *search, struct text directory) {
    for (; search->paths->count > 0; directory = path_parent(directory)) {
        struct project_found *found = project_search_in(search, directory);
        if (found != NULL || text_is(directory, ".")) return found;
    }
    return NULL;
}
