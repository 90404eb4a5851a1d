#include "model/projects.h"

#include "base/path.h"
#include "docker/depot.h"

static const struct depot_file *read_project(struct projects *projects, struct text path) {
    struct depot_file *file = map_find(&projects->read, path);
    if (file != NULL) return file;
    file = arena_alloc(projects->arena, sizeof(*file));
    map_set(projects->arena, &projects->read, path, file);
    const struct source *source;
    enum files_status status = files_read(projects->files, projects->arena, path, DEPOT_FILE_SIZE_LIMIT, &source);
    if (status == FILES_OK) {
        depot_parse(projects->arena, source, projects->diagnostics, file);
    } else {
        struct text reason = files_reason(projects->arena, status, DEPOT_FILE_SIZE_LIMIT);
        source = source_create(projects->arena, path, TEXT(""));
        diag_add(projects->diagnostics, DIAG_WARNING, "project-file", source_whole(source), "the project file %.*s",
                 TEXT_ARG(reason));
        file->source = source;
    }
    return file;
}

/* The first existing file ends the search, also when it gives no id: so it is with the CLI. */
static const struct depot_file *find_in(struct projects *projects, struct text directory) {
    for (size_t i = 0; depot_file_names[i] != NULL; i++) {
        struct text path = path_join(projects->arena, directory, text_from(depot_file_names[i]));
        if (map_has(projects->paths, path)) return read_project(projects, path);
    }
    return NULL;
}

static const struct depot_file *find_nearest(struct projects *projects, struct text directory) {
    for (;;) {
        const struct depot_file *file = find_in(projects, directory);
        if (file != NULL || text_is(directory, ".")) return file;
        directory = path_parent(directory);
    }
}

struct project projects_find(struct projects *projects, struct text directory, const struct compose_build *build,
                             const struct image_settings *settings) {
    const struct record_text_value *set = &settings->build.project;
    if (set->node != NULL && set->text.len > 0)
        return (struct project){.id = set->text, .origin = TEXT("the settings"), .is_named = true};
    if (build != NULL && text_is_given(build->project))
        return (struct project){
            .id = build->project, .origin = text_copy(projects->arena, build->place.source->path), .is_named = true};
    const struct depot_file *file = projects->paths->count == 0 ? NULL : find_nearest(projects, directory);
    if (file == NULL || !text_is_given(file->id)) return (struct project){0};
    return (struct project){.id = file->id, .origin = file->source->path};
}
