#include "model/projects.h"

#include "model/project_traps.h"

/* Says once of each place that its id looks odd. */
static void check_named(struct projects *projects, struct text id, struct place place) {
    struct arena *arena = projects->search.arena;
    struct text path = place.source == NULL ? TEXT("") : place.source->path;
    struct text key = text_format(arena, "%.*s:%u:%.*s", TEXT_ARG(path), place.line, TEXT_ARG(id));
    if (map_has(&projects->checked, key)) return;
    map_set(arena, &projects->checked, key, projects);
    depot_check_id(arena, id, place, projects->diagnostics);
}

struct project projects_find(struct projects *projects, struct text directory, const struct compose_build *build,
                             const struct image_settings *settings) {
    const struct record_text_value *set = &settings->build.project;
    if (set->node != NULL && set->text.len > 0) {
        check_named(projects, set->text, node_place(set->node));
        return (struct project){.id = set->text, .origin = TEXT("the settings"), .is_named = true};
    }
    if (build != NULL && text_is_given(build->project)) {
        struct text path = text_copy(projects->search.arena, build->place.source->path);
        check_named(projects, build->project, build->place);
        return (struct project){.id = build->project, .origin = path, .is_named = true};
    }
    struct project_found *found = project_search_nearest(&projects->search, directory);
    struct project_use use = {.directory = directory, .found = found, .build = build};
    project_traps_report(&projects->search, &use, projects->diagnostics);
    if (found == NULL || !text_is_given(found->file.id)) return (struct project){0};
    return (struct project){.id = found->file.id, .origin = found->file.source->path};
}
