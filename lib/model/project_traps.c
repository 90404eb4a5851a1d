#include "model/project_traps.h"

#include "base/path.h"

struct reporting {
    struct project_search *search;
    struct diagnostics *diagnostics;
};

static bool same_id(const struct project_found *a, const struct project_found *b) {
    return text_is_given(a->file.id) == text_is_given(b->file.id) && text_equal(a->file.id, b->file.id);
}

static struct text path_of(const struct project_found *found) {
    return found->file.source->path;
}

static struct text shown_id(struct reporting *reporting, const struct project_found *found) {
    return text_printable(reporting->search->arena, found->file.id);
}

/* ---- of the file that is used ---- */

static void report_problems(struct reporting *reporting, const struct project_found *used) {
    for (size_t i = 0; i < used->problems.list.count; i++)
        list_add(reporting->diagnostics->arena, &reporting->diagnostics->list, used->problems.list.items[i]);
}

static void report_shadowed(struct reporting *reporting, const struct project_found *used) {
    struct arena *arena = reporting->search->arena;
    for (size_t i = 0; depot_file_names[i] != NULL; i++) {
        struct text path = path_join(arena, used->directory, text_from(depot_file_names[i]));
        if (text_equal(path, path_of(used)) || !map_has(reporting->search->paths, path)) continue;
        const struct project_found *other = project_search_read(reporting->search, path);
        struct text first = path_name(path_of(used));
        enum severity weight = same_id(used, other) ? DIAG_NOTE : DIAG_WARNING;
        struct diagnostic *diagnostic =
            diag_add(reporting->diagnostics, weight, "project-shadowed", other->file.place,
                     "this file is not read: '%.*s' beside it comes first", TEXT_ARG(first));
        diag_second(reporting->diagnostics, diagnostic, used->file.place, "the one that is read");
    }
}

/* The file gives no id: is there one above it that would? */
static void report_hidden(struct reporting *reporting, const struct project_found *used) {
    const struct project_found *above = used;
    while (!text_is_given(above->file.id)) {
        if (text_is(above->directory, ".")) return;
        above = project_search_nearest(reporting->search, path_parent(above->directory));
        if (above == NULL) return;
    }
    if (above == used) return;
    struct diagnostic *diagnostic =
        diag_add(reporting->diagnostics, DIAG_WARNING, "project-hidden", used->file.place,
                 "this file gives no project id and hides '%.*s': the Depot CLI stops at the first file that exists",
                 TEXT_ARG(shown_id(reporting, above)));
    diag_second(reporting->diagnostics, diagnostic, above->file.place, "the id that is not found");
}

/* ---- of files that are not read ---- */

static void report_unread(struct reporting *reporting, struct text path, const struct project_found *used) {
    struct project_found *other = project_search_read(reporting->search, path);
    bool matters = text_is_given(other->file.id) && (used == NULL || !same_id(used, other));
    if (other->is_reported || !matters) return;
    other->is_reported = true;
    diag_add(reporting->diagnostics, DIAG_WARNING, "project-unread", other->file.place,
             "the Depot CLI does not read '%.*s', only depot.json, depot.yml and depot.yaml", TEXT_ARG(path));
}

/* On the way from the image's directory to where the search ended. */
static void report_all_unread(struct reporting *reporting, const struct project_use *use) {
    struct text directory = use->directory;
    while (reporting->search->lookalikes->count > 0) {
        for (size_t i = 0; depot_unread_names[i] != NULL; i++) {
            struct text path = path_join(reporting->search->arena, directory, text_from(depot_unread_names[i]));
            if (map_has(reporting->search->lookalikes, path)) report_unread(reporting, path, use->found);
        }
        bool is_last = use->found != NULL && text_equal(directory, use->found->directory);
        if (is_last || text_is(directory, ".")) return;
        directory = path_parent(directory);
    }
}

/* ---- of other ways to call the CLI ---- */

/* `bare`: what the CLI itself would use when it is called as `call`. */
static void report_start(struct reporting *reporting, const struct project_found *used,
                         const struct project_found *bare, struct text call) {
    bool is_other = bare != NULL && text_is_given(bare->file.id) && !same_id(used, bare);
    if (!is_other || !text_is_given(used->file.id)) return;
    struct diagnostic *diagnostic =
        diag_add(reporting->diagnostics, DIAG_NOTE, "project-start", used->file.place,
                 "'%.*s' at the root would take '%.*s' of %.*s; here '%.*s' is passed on, of the file nearest to the "
                 "Dockerfile",
                 TEXT_ARG(call), TEXT_ARG(shown_id(reporting, bare)), TEXT_ARG(path_of(bare)),
                 TEXT_ARG(shown_id(reporting, used)));
    diag_second(reporting->diagnostics, diagnostic, bare->file.place, "what the Depot CLI would take");
}

/* bake asks the directory of the compose file, build that of the context and then, for the last word, the current one. */
static void report_bare(struct reporting *reporting, const struct project_use *use) {
    struct arena *arena = reporting->search->arena;
    if (use->build == NULL) {
        struct text call = text_format(arena, "depot build %.*s", TEXT_ARG(use->directory));
        report_start(reporting, use->found, project_search_in(reporting->search, TEXT(".")), call);
        return;
    }
    struct text compose = use->build->place.source->path;
    struct text call = text_format(arena, "depot bake -f %.*s", TEXT_ARG(compose));
    report_start(reporting, use->found, project_search_nearest(reporting->search, path_parent(compose)), call);
}

void project_traps_report(struct project_search *search, const struct project_use *use,
                          struct diagnostics *diagnostics) {
    struct reporting reporting = {.search = search, .diagnostics = diagnostics};
    report_all_unread(&reporting, use);
    if (use->found == NULL || use->found->is_reported) return;
    use->found->is_reported = true;
    report_problems(&reporting, use->found);
    report_shadowed(&reporting, use->found);
    report_hidden(&reporting, use->found);
    report_bare(&reporting, use);
}
