#include "repo/changes.h"

#include "base/path.h"
#include "repo/refs.h"

#include <stdlib.h>
#include <string.h>

static void add(struct arena *arena, struct changes *changes, const struct change *change) {
    if (changes->count == changes->capacity) {
        size_t capacity = changes->capacity == 0 ? 64 : 2 * changes->capacity;
        changes->items =
            arena_grow(arena, changes->items, changes->capacity * sizeof(*change), capacity * sizeof(*change));
        changes->capacity = capacity;
    }
    changes->items[changes->count++] = *change;
}

static int by_path(const void *a, const void *b) {
    return text_compare(((const struct change *)a)->path, ((const struct change *)b)->path);
}

/* Sorted, each path once; git's own order is this one already. */
static void settle(struct changes *changes) {
    bool is_sorted = true;
    for (size_t i = 1; i < changes->count && is_sorted; i++)
        is_sorted = by_path(&changes->items[i - 1], &changes->items[i]) < 0;
    if (is_sorted) return;
    qsort(changes->items, changes->count, sizeof(*changes->items), by_path);
    size_t kept = 1;
    for (size_t i = 1; i < changes->count; i++)
        if (by_path(&changes->items[kept - 1], &changes->items[i]) != 0) changes->items[kept++] = changes->items[i];
    changes->count = kept;
}

static enum path_kind kind_of(struct text mode) {
    if (text_is(mode, "120000")) return PATH_SYMLINK;
    if (text_is(mode, "160000")) return PATH_SUBMODULE;
    return text_is(mode, "100755") ? PATH_EXECUTABLE : PATH_FILE;
}

/* ":100644 100755 <old> <new> M" */
static bool parse_head(struct text head, struct change *out) {
    struct text old_mode, new_mode, old_object, new_object, status;
    if (!text_starts(head, ":")) return false;
    head = text_from_offset(head, 1);
    bool ok = text_next(&head, ' ', &old_mode) && text_next(&head, ' ', &new_mode) &&
              text_next(&head, ' ', &old_object) && text_next(&head, ' ', &new_object) &&
              text_next(&head, ' ', &status);
    if (!ok || status.len == 0 || old_mode.len != 6 || new_mode.len != 6) return false;
    out->status = status.ptr[0] == 'A' ? CHANGE_ADDED : status.ptr[0] == 'D' ? CHANGE_DELETED : CHANGE_MODIFIED;
    out->old_kind = kind_of(old_mode);
    out->new_kind = kind_of(new_mode);
    if (out->status != CHANGE_ADDED && refs_is_object_id(old_object)) out->old_object = old_object;
    return true;
}

bool changes_parse(struct arena *arena, struct text raw, struct changes *out) {
    struct changes changes = {0};
    while (raw.len > 0) {
        struct change change = {0};
        struct text head;
        if (!text_next(&raw, '\0', &head) || !parse_head(head, &change)) return false;
        if (!text_has(raw, '\0') || !text_next(&raw, '\0', &change.path) || change.path.len == 0) return false;
        add(arena, &changes, &change);
    }
    settle(&changes);
    *out = changes;
    return true;
}

void changes_parse_names(struct arena *arena, struct text names, struct changes *out) {
    char end = text_has(names, '\0') ? '\0' : '\n';
    struct changes changes = {0};
    struct text name;
    while (names.len > 0 && text_next(&names, end, &name)) {
        if (end == '\n' && text_ends(name, "\r")) name.len--;
        if (name.len == 0) continue;
        struct change change = {.path = path_clean(arena, name), .status = CHANGE_GIVEN};
        add(arena, &changes, &change);
    }
    settle(&changes);
    *out = changes;
}

/* The first change that does not stand before it. */
static size_t lower_bound(const struct changes *changes, struct text path) {
    size_t low = 0, high = changes->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (text_compare(changes->items[middle].path, path) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct change *changes_find(const struct changes *changes, struct text path) {
    size_t at = lower_bound(changes, path);
    bool found = at < changes->count && text_equal(changes->items[at].path, path);
    return found ? &changes->items[at] : NULL;
}

const char *change_verb(const struct change *change) {
    switch (change->status) {
    case CHANGE_ADDED:
        return "was added";
    case CHANGE_DELETED:
        return "was deleted";
    case CHANGE_MODIFIED:
    case CHANGE_GIVEN:
        break;
    }
    return "changed";
}
