#include "model/context_size.h"

#include "base/path.h"
#include "model/directory_sizes.h"
#include "repo/link.h"

#define LARGEST_COUNT 3

/* One context with one ignore file. */
struct group {
    struct context_size size;     /* first: forget_unknown goes back from it */
    struct pattern_walk *ignored; /* NULL: nothing is left out */
    struct directory_sizes directories;
    struct group *next; /* of the same context */
    bool is_unknown;    /* it is in a submodule, or its ignore file fails */
};

struct measurer {
    struct arena *arena;
    struct paths *paths;
    struct map groups;       /* context and bytes of the ignore file → struct group */
    struct map contexts;     /* context → the first struct group of it */
    struct buffer directory; /* of the last path, and its '/' */
    struct list active;      /* of struct group: the contexts above that directory */
};

/* --- groups --- */

static size_t count_groups(const struct group *first) {
    size_t groups = 0;
    for (; first != NULL; first = first->next)
        groups++;
    return groups;
}

/* NULL when the context has too many already. */
static struct group *find_group(struct measurer *measurer, struct text context, const struct ignore_file *ignore,
                                struct regex_cache *regexes) {
    struct arena *arena = measurer->arena;
    struct text key = text_concat(arena, text_concat(arena, context, TEXT("\n")), ignore->bytes);
    struct group *group = map_find(&measurer->groups, key), *first = map_find(&measurer->contexts, context);
    if (group != NULL || count_groups(first) == CONTEXT_SIZE_IGNORE_LIMIT) return group;
    group = arena_alloc(arena, sizeof(*group));
    group->size = (struct context_size){.context = context};
    bool has_patterns = ignore->patterns != NULL && patterns_count(ignore->patterns) > 0;
    if (has_patterns) group->ignored = patterns_walk(arena, ignore->patterns, regexes, true);
    group->next = first;
    map_set(arena, &measurer->contexts, context, group);
    map_set(arena, &measurer->groups, key, group);
    return group;
}

/* --- the pass --- */

static void activate(struct measurer *measurer, struct text context) {
    for (struct group *group = map_find(&measurer->contexts, context); group != NULL; group = group->next)
        list_add(measurer->arena, &measurer->active, group);
}

/* Finds the contexts above a path, unless it is in the directory of the last one. */
static void go_to(struct measurer *measurer, struct text path) {
    size_t slash = text_find_last(path, '/');
    struct text directory = text_first(path, slash == TEXT_NONE ? 0 : slash + 1);
    if (measurer->active.count > 0 && text_equal(directory, buffer_text(&measurer->directory))) return;
    measurer->directory.len = measurer->active.count = 0;
    buffer_add(&measurer->directory, directory);
    activate(measurer, TEXT("."));
    for (size_t at = 0; at < directory.len; at++)
        if (directory.ptr[at] == '/') activate(measurer, text_first(directory, at));
}

static void count(struct measurer *measurer, struct group *group, struct text path, uint64_t bytes) {
    size_t outside = text_is(group->size.context, ".") ? 0 : group->size.context.len + 1;
    struct text inside = text_from_offset(path, outside);
    if (group->ignored != NULL && pattern_walk_takes(group->ignored, inside)) return;
    group->size.files++;
    group->size.bytes += bytes;
    directory_sizes_add(measurer->arena, &group->directories, path, inside.len, bytes);
}

/* Nothing is known of what is in it. */
static void note_submodule(struct measurer *measurer, struct text path) {
    for (size_t i = 0; i < measurer->groups.count; i++) {
        struct group *group = measurer->groups.entries[i].value;
        if (path_is_inside(path, group->size.context)) group->is_unknown = true;
    }
}

/* BuildKit fails with such a file as soon as it comes to the pattern. */
static void report_failure(struct group *group, struct diagnostics *diagnostics) {
    const struct pattern *failure = group->ignored == NULL ? NULL : pattern_walk_failure(group->ignored);
    if (failure == NULL) return;
    group->is_unknown = true;
    diag_add(diagnostics, DIAG_ERROR, "ignore-syntax", failure->place, "syntax error in pattern");
}

static void visit(void *self, const struct path_entry *entry) {
    struct measurer *measurer = self;
    go_to(measurer, entry->path);
    uint64_t bytes = entry->kind == PATH_SUBMODULE ? 0 : entry->size;
    if (entry->kind == PATH_SUBMODULE) note_submodule(measurer, entry->path);
    bool is_on_disk = entry->kind != PATH_SUBMODULE && !entry->skip_worktree;
    if (!entry->has_size && is_on_disk && measurer->active.count > 0)
        (void)link_size(measurer->arena, measurer->paths->repository, entry->path, &bytes);
    for (size_t i = 0; i < measurer->active.count; i++)
        count(measurer, measurer->active.items[i], entry->path, bytes);
}

static void forget_unknown(struct image_context *context) {
    const struct group *group = (const struct group *)context->size; /* its first member */
    if (group != NULL && group->is_unknown) context->size = NULL;
}

bool context_size_measure(struct arena *arena, struct paths *paths, struct files *files, struct regex_cache *regexes,
                          const struct list *images, struct diagnostics *diagnostics, struct list *out) {
    struct measurer measurer = {.arena = arena, .paths = paths, .directory = buffer_in(arena)};
    for (size_t i = 0; i < images->count; i++) {
        const struct image *image = images->items[i];
        struct image_context *context = arena_alloc(arena, sizeof(*context));
        struct group *group = NULL;
        list_add(arena, out, context);
        context->is_local = !image_is_broken(image) && image_has_local_context(image);
        if (!context->is_local) continue;
        if (ignore_file_read(arena, paths->repository, files, image->dockerfile, image->context, diagnostics,
                             &context->ignore))
            group = find_group(&measurer, image->context, &context->ignore, regexes);
        if (group != NULL) context->size = &group->size;
    }
    if (measurer.groups.count > 0 && !paths_visit(paths, visit, &measurer, diagnostics)) return false;
    for (size_t i = 0; i < measurer.groups.count; i++) {
        struct group *group = measurer.groups.entries[i].value;
        directory_sizes_largest(arena, &group->directories, LARGEST_COUNT, &group->size.largest);
        report_failure(group, diagnostics);
    }
    for (size_t i = 0; i < out->count; i++)
        forget_unknown(out->items[i]);
    return true;
}
