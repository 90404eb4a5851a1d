#include "docker/bake_entry.h"

/* ---- equality ---- */

static bool same_pairs(const struct list *a, const struct list *b) {
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct bake_pair *left = a->items[i], *right = b->items[i];
        if (!text_equal(left->name, right->name) || !value_equal(left->value, right->value)) return false;
    }
    return true;
}

static const char *key_of(enum bake_entry_kind kind) {
    return kind == BAKE_ATTEST ? "type" : "id";
}

static bool same_key(const struct bake_entry *a, const struct bake_entry *b, const char *key) {
    static const struct value none = {0};
    const struct value *left = bake_entry_find(a, key), *right = bake_entry_find(b, key);
    return value_equal(left == NULL ? &none : left, right == NULL ? &none : right);
}

/* ---- repeats ---- */

/* removeAttestDupes, removeSecretDupes, removeSSHDupes. */
static void add_by_key(struct arena *arena, struct list *list, void *entry, const char *key) {
    for (size_t i = 0; i < list->count; i++)
        if (same_key(list->items[i], entry, key)) {
            list->items[i] = entry;
            return;
        }
    list_add(arena, list, entry);
}

/*
 * removeDupes, for its order can be seen in what bake prints: from the end, and an equal one behind the entry is
 * exchanged with the last, which goes.
 */
static void drop_equal(struct list *list) {
    for (size_t i = list->count < 2 ? 0 : list->count - 1; i > 0; i--) {
        const struct bake_entry *entry = list->items[i - 1];
        for (size_t j = i; j < list->count; j++) {
            const struct bake_entry *other = list->items[j];
            if (!same_pairs(&entry->pairs, &other->pairs)) continue;
            list->items[j] = list->items[--list->count];
            break;
        }
    }
}

void bake_entries_merge(struct arena *arena, enum bake_entry_kind kind, struct list *list, const struct list *more) {
    struct list merged = {0};
    bool by_key = kind == BAKE_ATTEST || kind == BAKE_SECRET || kind == BAKE_SSH;
    for (int side = 0; side < 2; side++) {
        const struct list *from = side == 0 ? list : more;
        for (size_t i = 0; from != NULL && i < from->count; i++) {
            if (by_key) add_by_key(arena, &merged, from->items[i], key_of(kind));
            if (!by_key) list_add(arena, &merged, from->items[i]);
        }
    }
    if (!by_key) drop_equal(&merged);
    *list = merged;
}
