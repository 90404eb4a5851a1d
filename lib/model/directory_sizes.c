#include "model/directory_sizes.h"

#include "base/path.h"

#define LEVELS 2
#define CONSIDERED 100

static void add(struct arena *arena, struct directory_sizes *sizes, struct text directory, uint64_t bytes) {
    struct directory_size *size = map_find(&sizes->by_path, directory);
    if (size == NULL) {
        size = arena_alloc(arena, sizeof(*size));
        size->path = text_copy(arena, directory);
        map_set(arena, &sizes->by_path, size->path, size);
    }
    size->bytes += bytes;
    size->files++;
}

void directory_sizes_add(struct arena *arena, struct directory_sizes *sizes, struct text path, size_t inside,
                         uint64_t bytes) {
    size_t depth = 0;
    for (size_t at = path.len - inside; at < path.len && depth < LEVELS; at++) {
        if (path.ptr[at] != '/') continue;
        add(arena, sizes, text_first(path, at), bytes);
        depth++;
    }
}

static int by_bytes(const void *a, const void *b) {
    const struct directory_size *left = a, *right = b;
    if (left->bytes != right->bytes) return left->bytes < right->bytes ? 1 : -1;
    return text_compare(left->path, right->path);
}

/* Is nearly all of it in one directory below? */
static bool says_little(const struct list *sizes, const struct directory_size *size) {
    for (size_t i = 0; i < sizes->count; i++) {
        const struct directory_size *other = sizes->items[i];
        bool is_below = other != size && path_is_inside(size->path, other->path);
        if (is_below && other->bytes >= size->bytes / 5 * 4) return true;
    }
    return false;
}

void directory_sizes_largest(struct arena *arena, const struct directory_sizes *sizes, size_t most, struct list *out) {
    struct list all = {0};
    size_t first = out->count;
    for (size_t i = 0; i < sizes->by_path.count; i++)
        list_add(arena, &all, sizes->by_path.entries[i].value);
    list_sort(arena, &all, by_bytes);
    if (all.count > CONSIDERED) all.count = CONSIDERED;
    for (size_t i = 0; i < all.count && out->count - first < most; i++)
        if (!says_little(&all, all.items[i])) list_add(arena, out, all.items[i]);
}
