#include "model/scan.h"

#include "base/path.h"
#include "model/compose_images.h"
#include "model/dockerfile_images.h"
#include "model/names.h"

#define UNNAMED_REPOSITORY "image"

static int by_name(const void *a, const void *b) {
    const struct image *left = a, *right = b;
    int order = text_compare(left->name, right->name);
    return order != 0 ? order : text_compare(left->dockerfile, right->dockerfile);
}

static int by_name_origin(const void *a, const void *b) {
    const struct image *left = a, *right = b;
    return left->name_origin != right->name_origin ? (left->name_origin < right->name_origin ? -1 : 1) : by_name(a, b);
}

static int by_path(const void *a, const void *b) {
    const struct left_out *left = a, *right = b;
    int order = text_compare(left->path, right->path);
    return order != 0 ? order : text_compare(left->reason, right->reason);
}

/* The longer name that a file's path gives: it is no other image's, for no other image is of that file and service. */
static struct text longer_name(struct arena *arena, const struct image *image) {
    struct text path = image->place.source == NULL ? image->dockerfile : image->place.source->path;
    if (image->services.count == 0)
        return names_of_file(arena, text_is_given(image->dockerfile) ? image->dockerfile : path);
    const struct image_service *service = image->services.items[0];
    return text_format(arena, "%.*s/%.*s", TEXT_ARG(path), TEXT_ARG(service->name));
}

static void report_same_name(struct scanner *scanner, const struct image *named, const struct image *other) {
    struct diagnostic *diagnostic =
        diag_add(scanner->diagnostics, DIAG_ERROR, "same-name", node_place(named->settings->name.node),
                 "'%.*s' is the name of another image, too", TEXT_ARG(named->name));
    diag_second(scanner->diagnostics, diagnostic, other->place, "that one is declared here");
    scanner->settings_failed = true;
}

/*
 * Names are unique but where a path spells another image's name; then the less telling name gives way. A name that the
 * settings give to one image and another has is a mistake: destinations would change places.
 */
static void settle_names(struct scanner *scanner) {
    struct list order = {0};
    struct map taken = {0};
    struct list *images = &scanner->workspace->images;
    for (size_t i = 0; i < images->count; i++)
        list_add(scanner->arena, &order, images->items[i]);
    list_sort(scanner->arena, &order, by_name_origin);
    for (size_t i = 0; i < order.count; i++) {
        struct image *image = order.items[i];
        const struct image *owner = map_find(&taken, image->name);
        if (owner != NULL && owner->name_origin == NAME_SETTINGS) report_same_name(scanner, owner, image);
        if (owner != NULL) image->name = longer_name(scanner->arena, image);
        map_set(scanner->arena, &taken, image->name, image);
    }
    list_sort(scanner->arena, images, by_name);
}

static bool has_several_projects(const struct list *images) {
    struct text id = {0};
    for (size_t i = 0; i < images->count; i++) {
        const struct project *project = &((const struct image *)images->items[i])->project;
        if (!text_is_given(project->id) || project->is_named) continue;
        if (text_is_given(id) && !text_equal(id, project->id)) return true;
        id = project->id;
    }
    return false;
}

static void report_misnamed(const struct scanner *scanner) {
    for (size_t i = 0; i < scanner->found.misnamed.count; i++)
        diag_add(scanner->diagnostics, DIAG_WARNING, "settings-name",
                 source_whole(source_create(scanner->arena, scanner->found.misnamed.items[i], TEXT(""))),
                 "this file is not read: settings are in files named " SETTINGS_BESIDE_NAME);
}

static bool load_settings(struct scanner *scanner) {
    const struct scan_request *request = scanner->request;
    report_misnamed(scanner);
    bool is_named = text_is_given(request->settings_path) && request->named_files != NULL;
    struct files *files = is_named ? request->named_files : request->settings_files;
    struct settings_request settings = {.files = files,
                                        .path = request->settings_path,
                                        .above = request->settings_above,
                                        .regexes = request->regexes,
                                        .events = request->events};
    return settings_load(scanner->arena, &settings, scanner->diagnostics, &scanner->workspace->layers);
}

static enum scan_status find_images(struct scanner *scanner) {
    scanner->projects = (struct projects){.search = {.arena = scanner->arena,
                                                     .files = scanner->request->files,
                                                     .paths = &scanner->found.projects,
                                                     .lookalikes = &scanner->found.lookalikes},
                                          .diagnostics = scanner->diagnostics};
    compose_images_add(scanner);
    if (!dockerfile_images_add(scanner)) return SCAN_NO_PATHS;
    settle_names(scanner);
    settings_report_unused(&scanner->workspace->layers, scanner->diagnostics);
    return scanner->settings_failed ? SCAN_SETTINGS : SCAN_OK;
}

static struct seen *create_seen(struct arena *arena) {
    struct seen *seen = arena_alloc(arena, sizeof(*seen));
    *seen = seen_in(arena);
    return seen;
}

enum scan_status scan(struct arena *arena, const struct scan_request *request, struct diagnostics *diagnostics,
                      struct workspace *out) {
    struct workspace workspace = {.name = request->repository_name};
    if (text_is_empty(workspace.name)) workspace.name = TEXT(UNNAMED_REPOSITORY);
    struct scanner scanner = {.arena = arena, .request = request, .diagnostics = diagnostics, .workspace = &workspace};
    if (request->wants_inputs) workspace.seen = create_seen(arena);
    if (!discover(arena, request->paths, request->checkout, workspace.seen, diagnostics, &scanner.found))
        return SCAN_NO_PATHS;
    arena_init(&scanner.scratch);
    const struct map *skipped = request->checkout == NULL ? NULL : &request->checkout->skipped;
    if (scanner.found.compose.count > 0 && !request->one_thread)
        read_ahead_start(&scanner.ahead, request->files, &scanner.found.dockerfiles, skipped, request->wants_inputs);
    enum scan_status status = load_settings(&scanner) ? find_images(&scanner) : SCAN_SETTINGS;
    read_ahead_finish(&scanner.ahead, arena);
    arena_finish(&scanner.scratch);
    if (status != SCAN_OK) return status;
    list_sort(arena, &workspace.left_out, by_path);
    workspace.links = scanner.found.links;
    workspace.ignore_files = scanner.found.ignore_files;
    workspace.submodules = scanner.found.submodules;
    workspace.path_count = request->paths->count;
    workspace.dockerfile_count = scanner.found.dockerfiles.count;
    workspace.has_several_projects = has_several_projects(&workspace.images);
    *out = workspace;
    return SCAN_OK;
}
