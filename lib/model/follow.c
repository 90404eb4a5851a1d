#include "model/follow.h"

#include "base/path.h"
#include "format/wildcard.h"
#include "repo/link.h"

#define PATH_LINK_LIMIT 40

struct context_links context_links_in(struct arena *arena, const struct repository *repository, struct text context) {
    return (struct context_links){.arena = arena, .repository = repository, .context = context};
}

void context_links_add(struct context_links *links, struct text path) {
    bool is_root = text_is(links->context, ".");
    if (!is_root && (path.len <= links->context.len || !path_is_inside(links->context, path))) return;
    struct text *target = arena_alloc(links->arena, sizeof(*target));
    *target = link_read(links->arena, links->repository, path);
    size_t outside = is_root ? 0 : links->context.len + 1;
    map_set(links->arena, &links->by_path, text_copy(links->arena, text_from_offset(path, outside)), target);
}

void context_links_add_all(struct context_links *links, const struct texts *all) {
    bool is_root = text_is(links->context, ".");
    struct text inside = is_root ? TEXT("") : text_concat(links->arena, links->context, TEXT("/"));
    for (size_t i = texts_lower_bound(all, inside); i < all->count && text_has_prefix(all->items[i], inside); i++)
        context_links_add(links, all->items[i]);
}

/* Where the link leads, from the context's root, which it cannot leave. */
static struct text resolve(struct arena *arena, struct text link, struct text target) {
    if (path_is_absolute(target)) return path_clamp(arena, target);
    struct text directory = path_parent(link);
    return path_clamp(arena, text_format(arena, "%.*s/%.*s", TEXT_ARG(directory), TEXT_ARG(target)));
}

/* The links that `path`, whose last element may be a pattern, names: struct map_entry. */
static void find_named(const struct context_links *links, struct text path, struct list *out) {
    struct text name = path_name(path), directory = path_parent(path);
    bool is_pattern = wildcard_is_pattern(name);
    const struct text *target = map_find(&links->by_path, path);
    if (target == NULL && !is_pattern) return;
    for (size_t i = 0; i < links->by_path.count; i++) {
        struct map_entry *link = &links->by_path.entries[i];
        bool is_it = text_equal(link->key, path) || (is_pattern && text_equal(path_parent(link->key), directory) &&
                                                     wildcard_matches(name, path_name(link->key)));
        if (is_it) list_add(links->arena, out, link);
    }
}

/* The first prefix of `path` that is a link; its length, 0 when none is. */
static size_t find_first(const struct context_links *links, struct text path, struct list *out) {
    for (size_t end = 1; end <= path.len; end++) {
        if (end < path.len && path.ptr[end] != '/') continue;
        find_named(links, text_first(path, end), out);
        if (out->count > 0) return end;
    }
    return 0;
}

/* fsutil's symlinkResolver, with the paths that are still to be followed in a list. */
bool follow(const struct context_links *links, struct text path, struct texts *out) {
    struct texts waiting = {0};
    struct map known = {0};
    if (links->by_path.count == 0) {
        texts_add(links->arena, out, path);
        return true;
    }
    texts_add(links->arena, &waiting, path);
    for (size_t i = 0; i < waiting.count; i++) {
        struct text next = waiting.items[i];
        struct list found = {0};
        size_t len = find_first(links, next, &found);
        struct text asked = len == 0 ? next : text_first(next, len);
        if (map_has(&known, asked)) continue;
        map_set(links->arena, &known, asked, &known);
        texts_add(links->arena, out, asked);
        if (waiting.count > FOLLOW_LIMIT) return false;
        struct text rest = len < next.len ? text_from_offset(next, len + 1) : TEXT("");
        for (size_t j = 0; j < found.count; j++) {
            const struct map_entry *link = found.items[j];
            const struct text *target = link->value;
            if (!text_is_given(*target)) return false;
            texts_add(links->arena, &waiting, path_join(links->arena, resolve(links->arena, link->key, *target), rest));
        }
    }
    return true;
}

/* The first prefix of `path` that is a link; its length, 0 when none is. */
static size_t find_link(const struct texts *links, struct text path) {
    for (size_t end = 1; end <= path.len; end++) {
        bool is_whole = end == path.len || path.ptr[end] == '/';
        if (is_whole && texts_has_sorted(links, text_first(path, end))) return end;
    }
    return 0;
}

struct text follow_path(struct arena *arena, const struct repository *repository, const struct texts *links,
                        struct text path, struct texts *met) {
    struct text at = path;
    for (int i = 0; i < PATH_LINK_LIMIT; i++) {
        size_t len = links->count == 0 ? 0 : find_link(links, at);
        if (len == 0) return at;
        struct text link = text_first(at, len), target = link_read(arena, repository, link);
        if (!text_is_given(target) || path_is_absolute(target)) return path;
        texts_add(arena, met, link);
        struct text parent = path_parent(link), rest = text_from_offset(at, len);
        at = path_clean(arena, text_format(arena, "%.*s/%.*s%.*s", TEXT_ARG(parent), TEXT_ARG(target), TEXT_ARG(rest)));
        if (path_escapes(at)) return path;
    }
    return path;
}
