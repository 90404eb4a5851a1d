#include "model/unused_globs.h"

#include "format/glob.h"

/* A glob that nothing has matched yet. */
struct unmatched {
    const struct record_text_value *value;
    const struct glob *glob;
    struct text head; /* what every match begins with */
};

struct looker {
    struct arena *arena;
    struct map known; /* the bytes of a pointer to a settings struct, or to a node */
    struct list unmatched;
};

static bool is_known(struct looker *looker, const void *pointer) {
    struct text key = text_of((const char *)&pointer, sizeof(const void *));
    if (map_has(&looker->known, key)) return true;
    map_set(looker->arena, &looker->known, text_copy(looker->arena, key), looker);
    return false;
}

static struct text literal_head(struct text glob) {
    size_t len = 0;
    while (len < glob.len && strchr("*?[{\\~", glob.ptr[len]) == NULL)
        len++;
    return text_first(glob, len);
}

static void add_globs(struct looker *looker, const struct list *globs) {
    for (size_t i = 0; i < globs->count; i++) {
        const struct record_text_value *value = globs->items[i];
        const char *problem;
        if (is_known(looker, value->node)) continue;
        struct unmatched *unmatched = arena_alloc(looker->arena, sizeof(*unmatched));
        *unmatched = (struct unmatched){.value = value, .head = literal_head(value->text)};
        unmatched->glob = glob_compile(looker->arena, value->text, &problem);
        if (unmatched->glob != NULL) list_add(looker->arena, &looker->unmatched, unmatched);
    }
}

static void visit(void *self, const struct path_entry *entry) {
    struct list *all = &((struct looker *)self)->unmatched;
    for (size_t i = 0; i < all->count; i++) {
        const struct unmatched *one = all->items[i];
        if (!text_has_prefix(entry->path, one->head) || !glob_match(one->glob, entry->path)) continue;
        all->items[i--] = all->items[--all->count];
    }
}

/* Those of the images, and those of the repository, which with no image are nobody's. */
static void find_globs(struct looker *looker, const struct workspace *workspace) {
    for (size_t i = 0; i < workspace->images.count; i++) {
        const struct image_settings *settings = ((const struct image *)workspace->images.items[i])->settings;
        if (settings == NULL || is_known(looker, settings)) continue;
        add_globs(looker, &settings->build.watch);
        add_globs(looker, &settings->build.ignore);
        add_globs(looker, &settings->build.always);
    }
}

bool unused_globs_report(struct arena *arena, struct paths *paths, const struct workspace *workspace,
                         struct diagnostics *diagnostics) {
    struct looker looker = {.arena = arena};
    find_globs(&looker, workspace);
    if (looker.unmatched.count == 0) return true;
    if (!paths_visit(paths, visit, &looker, diagnostics)) return false;
    for (size_t i = 0; i < looker.unmatched.count; i++) {
        const struct record_text_value *value = ((const struct unmatched *)looker.unmatched.items[i])->value;
        struct text shown = text_printable(arena, value->text);
        diag_add(diagnostics, DIAG_WARNING, "unused-glob", node_place(value->node), "'%.*s' matches no tracked file",
                 TEXT_ARG(shown));
    }
    return true;
}
