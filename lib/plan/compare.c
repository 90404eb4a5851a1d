#include "plan/compare.h"

#include "base/path.h"
#include "docker/bake.h"
#include "docker/depot.h"
#include "model/definition.h"
#include "model/discover.h"

/* --- which files declare --- */

static bool is_among(struct text name, const char *const *names) {
    for (size_t i = 0; names[i] != NULL; i++)
        if (text_is(name, names[i])) return true;
    return false;
}

static bool is_compose(const struct workspace *workspace, struct text path) {
    struct text name = path_name(path);
    return is_among(name, compose_file_names) || is_among(name, compose_override_names) ||
           is_among(name, bake_file_names) || map_has(&workspace->compose_parts, path);
}

static bool is_settings(const struct workspace *workspace, struct text path) {
    return text_equal(path, workspace->settings_path) || text_is(path_name(path), SETTINGS_BESIDE_NAME);
}

static bool declares(const struct workspace *workspace, struct text path) {
    struct text name = path_name(path);
    return is_compose(workspace, path) || is_settings(workspace, path) || is_among(name, depot_file_names) ||
           text_is(name, ".env");
}

/*
 * Where a context is inferred by what exists: has something gone there? What came, and moved a context, is among what the image
 * now takes.
 */
static bool may_move_a_context(const struct workspace *workspace, const struct change *change) {
    if (change->status != CHANGE_DELETED && change->old_kind == change->new_kind) return false;
    struct text path = change->path;
    while (!map_has(&workspace->context_evidence, path)) {
        if (text_is(path, ".")) return false;
        path = path_parent(path);
    }
    return true;
}

bool compare_is_needed(const struct workspace *now, const struct change *change) {
    bool comes_or_goes = change->status != CHANGE_MODIFIED;
    if (declares(now, change->path)) return true;
    if (comes_or_goes && discover_is_dockerfile_name(path_name(change->path))) return true;
    return may_move_a_context(now, change);
}

/* --- two sides --- */

static struct place declared_at(const struct image *image) {
    return image->services.count == 0 ? (struct place){0}
                                      : ((const struct image_service *)image->services.items[0])->place;
}

static bool same_links(const struct workspace *now, const struct list *a, const struct workspace *before,
                       const struct list *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        const struct image *left = now->images.items[((const struct graph_link *)a->items[i])->to];
        const struct image *right = before->images.items[((const struct graph_link *)b->items[i])->to];
        same = text_equal(left->name, right->name);
    }
    return same;
}

static struct map by_name(struct arena *arena, const struct workspace *workspace) {
    struct map map = {0};
    for (size_t i = 0; i < workspace->images.count; i++) {
        size_t *number = arena_alloc(arena, sizeof(*number));
        *number = i;
        map_set(arena, &map, ((const struct image *)workspace->images.items[i])->name, number);
    }
    return map;
}

static void blame(struct reason *reason, enum reason_kind kind, const char *part, struct place place) {
    if (reason->kind == REASON_NONE) *reason = (struct reason){.kind = kind, .part = part, .place = place};
}

void compare_workspaces(struct arena *arena, const struct workspace *now, const struct workspace *before,
                        const struct event *event, struct reason *out, struct texts *gone) {
    struct graph graph_now, graph_before;
    struct map names_now = by_name(arena, now), names_before = by_name(arena, before);
    struct arena scratch;
    arena_init(&scratch);
    graph_make(&scratch, now, event, &graph_now);
    graph_make(&scratch, before, event, &graph_before);
    for (size_t i = 0; i < now->images.count; i++) {
        const struct image *image = now->images.items[i];
        const size_t *number = map_find(&names_before, image->name);
        if (number == NULL) {
            blame(&out[i], REASON_NEW, NULL, (struct place){0});
            continue;
        }
        struct arena_mark mark = arena_mark(&scratch);
        const char *part = definition_difference(&scratch, image, before->images.items[*number]);
        if (part == NULL && !same_links(now, &graph_now.links[i], before, &graph_before.links[*number]))
            part = "base image";
        arena_release(&scratch, mark);
        if (part != NULL) blame(&out[i], REASON_DEFINITION, part, declared_at(image));
    }
    arena_finish(&scratch);
    for (size_t i = 0; i < before->images.count; i++) {
        struct text name = ((const struct image *)before->images.items[i])->name;
        if (!map_has(&names_now, name)) texts_add(arena, gone, name);
    }
}

/* --- one side --- */

static bool is_part(const struct image *image, struct text path) {
    const struct compose_model *model = image->compose;
    return model != NULL && (texts_has(&model->paths, path) || texts_has(&model->parts, path));
}

/* May the file declare something of the image? Directories decide: a project file reaches down, a compose file stands above. */
static bool may_declare(const struct workspace *workspace, const struct image *image, struct text path) {
    struct text directory = path_parent(path);
    struct text own =
        text_is_given(image->dockerfile) ? path_parent(image->dockerfile) : image_compose_directory(image);
    bool is_composed = image->build != NULL;
    if (text_equal(path, workspace->settings_path) || is_part(image, path)) return true;
    if (is_compose(workspace, path) || text_is(path_name(path), ".env"))
        return is_composed ? text_equal(directory, image_compose_directory(image)) ||
                                 !is_among(path_name(path), compose_file_names)
                           : path_is_inside(directory, own);
    if (is_among(path_name(path), depot_file_names))
        return path_is_inside(directory, own) || path_is_inside(directory, image_compose_directory(image));
    return text_equal(directory, own) || text_equal(directory, image_compose_directory(image));
}

void compare_unknown(const struct workspace *now, const struct changes *changes, struct reason *out) {
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];
        if (!compare_is_needed(now, change)) continue;
        for (size_t j = 0; j < now->images.count; j++) {
            const struct image *image = now->images.items[j];
            bool is_inferred = image->context_origin == CONTEXT_SOURCES || image->context_origin == CONTEXT_OWN;
            bool may = (declares(now, change->path) && may_declare(now, image, change->path)) ||
                       (is_inferred && may_move_a_context(now, change));
            if (may && out[j].kind == REASON_NONE) out[j] = (struct reason){.kind = REASON_UNKNOWN, .change = change};
        }
    }
}
