#include "plan/select.h"

#include "base/typo.h"
#include "format/glob.h"

struct selector {
    struct arena *arena;
    const struct plan_request *request;
    const struct graph *graph;
    struct diagnostics *diagnostics;
    struct plan *plan;
    bool ok;
};

static struct plan_image *image_at(const struct selector *selector, size_t i) {
    return selector->plan->images.items[i];
}

/* --- names --- */

static bool is_glob(struct text name) {
    for (size_t i = 0; i < name.len; i++)
        if (strchr("*?[{", name.ptr[i]) != NULL) return true;
    return false;
}

static void complain(struct selector *selector, struct text name) {
    struct texts names = {0};
    for (size_t i = 0; i < selector->plan->images.count; i++)
        texts_add(selector->arena, &names, image_at(selector, i)->image->name);
    struct text nearest = typo_nearest(name, &names);
    selector->ok = false;
    if (text_is_given(nearest)) {
        diag_add(selector->diagnostics, DIAG_ERROR, "no-such-image", (struct place){0},
                 "no image is called '%.*s'; did you mean '%.*s'?", TEXT_ARG(name), TEXT_ARG(nearest));
    } else {
        diag_add(selector->diagnostics, DIAG_ERROR, "no-such-image", (struct place){0}, "no image is called '%.*s'",
                 TEXT_ARG(name));
    }
}

bool select_name_matches(struct arena *arena, struct text pattern, struct text name) {
    const char *problem;
    if (text_equal(pattern, name)) return true;
    const struct glob *glob = is_glob(pattern) ? glob_compile(arena, pattern, &problem) : NULL;
    return glob != NULL && glob_match(glob, name);
}

/* Marks the images that the names mean. */
static bool *find_named(struct selector *selector, const struct texts *names) {
    size_t count = selector->plan->images.count;
    bool *marks = arena_array(selector->arena, count, sizeof(bool));
    for (size_t i = 0; i < names->count; i++) {
        const char *problem;
        bool found = false;
        struct text name = names->items[i];
        const struct glob *glob = is_glob(name) ? glob_compile(selector->arena, name, &problem) : NULL;
        for (size_t j = 0; j < count; j++) {
            struct text own = image_at(selector, j)->image->name;
            bool is_it = text_equal(name, own) || (glob != NULL && glob_match(glob, own));
            marks[j] |= is_it;
            found |= is_it;
        }
        if (!found) complain(selector, text_printable(selector->arena, name));
    }
    return marks;
}

/* --- tags --- */

struct text select_tag_prefix(struct text tag) {
    size_t slash = text_find_last(tag, '/'), at = text_find_last(tag, '@');
    if (slash != TEXT_NONE) return text_first(tag, slash);
    if (at != TEXT_NONE && at > 0) return text_first(tag, at);
    for (size_t i = 1; i + 1 < tag.len; i++) {
        bool is_version = tag.ptr[i + 1] == 'v' ? i + 2 < tag.len && tag.ptr[i + 2] >= '0' && tag.ptr[i + 2] <= '9'
                                                : tag.ptr[i + 1] >= '0' && tag.ptr[i + 1] <= '9';
        if (tag.ptr[i] == '-' && is_version) return text_first(tag, i);
    }
    return (struct text){0};
}

static bool ends_in(struct text name, struct text prefix) {
    return name.len > prefix.len && text_has_suffix(name, prefix) && name.ptr[name.len - prefix.len - 1] == '/';
}

const struct image *select_by_tag(const struct workspace *workspace, struct text tag) {
    struct text prefix = select_tag_prefix(tag);
    const struct image *found = NULL;
    size_t count = 0;
    if (!text_is_given(prefix) || prefix.len == 0) return NULL;
    for (size_t i = 0; i < workspace->images.count; i++) {
        const struct image *image = workspace->images.items[i];
        if (text_equal(image->name, prefix)) return image;
        if (!ends_in(image->name, prefix)) continue;
        found = image;
        count++;
    }
    return count == 1 ? found : NULL;
}

/* --- needs --- */

/* What the image is built from is built too: all of it where `with_bases`, else what no published image can stand in for. */
static void need(struct selector *selector, size_t image, bool with_bases, const bool *excluded) {
    const struct list *links = &selector->graph->links[image];
    for (size_t i = 0; i < links->count; i++) {
        const struct graph_link *link = links->items[i];
        struct plan_image *base = image_at(selector, link->to);
        if (base->is_built || excluded[link->to] || !(with_bases || link->is_service)) continue;
        base->is_built = true;
        if (base->why.kind == REASON_NONE || with_bases)
            base->why = (struct reason){.kind = REASON_NEEDED, .through = image_at(selector, image)->image};
    }
}

/* From the last to the first, so that a base is marked before its own bases are looked at. */
static void need_all(struct selector *selector, bool with_bases, const bool *excluded) {
    for (size_t i = selector->graph->count; i > 0; i--) {
        size_t image = selector->graph->order[i - 1];
        if (image_at(selector, image)->is_built) need(selector, image, with_bases, excluded);
    }
}

bool select_images(struct arena *arena, const struct plan_request *request, const struct graph *graph,
                   struct diagnostics *diagnostics, struct plan *plan) {
    struct selector selector = {
        .arena = arena, .request = request, .graph = graph, .diagnostics = diagnostics, .plan = plan, .ok = true};
    bool has_only = request->only.count > 0;
    const bool *only = find_named(&selector, &request->only), *excluded = find_named(&selector, &request->exclude);
    for (size_t i = 0; i < plan->images.count; i++) {
        struct plan_image *planned = image_at(&selector, i);
        planned->is_built = !excluded[i] && (has_only ? only[i] : planned->why.kind != REASON_NONE);
        planned->is_excluded = excluded[i];
        if (planned->is_built && planned->why.kind == REASON_NONE) planned->why.kind = REASON_ONLY;
    }
    need_all(&selector, has_only, excluded);
    return selector.ok;
}
