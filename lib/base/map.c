#include "base/map.h"

#include <string.h>

enum { FEW = 4 };

static bool is_at(const struct map *map, struct map_slot slot, struct text key, uint32_t hash) {
    return slot.hash == hash && text_equal(map->entries[slot.number - 1].key, key);
}

/* The slot of a key, or the free slot where it would go. */
static struct map_slot *find_slot(const struct map *map, struct text key, uint32_t hash) {
    size_t mask = map->slot_count - 1, at = hash & mask;
    while (map->slots[at].number != 0 && !is_at(map, map->slots[at], key, hash))
        at = (at + 1) & mask;
    return &map->slots[at];
}

/* A small map has no slots: a look at each length is as quick. */
static struct map_entry *find_among_few(const struct map *map, struct text key) {
    for (size_t i = 0; i < map->count; i++)
        if (text_equal(map->entries[i].key, key)) return &map->entries[i];
    return NULL;
}

static struct map_entry *find_entry(const struct map *map, struct text key, uint32_t hash) {
    uint32_t number = find_slot(map, key, hash)->number;
    return number == 0 ? NULL : &map->entries[number - 1];
}

static struct map_entry *find(const struct map *map, struct text key) {
    if (map->slots == NULL) return find_among_few(map, key);
    return find_entry(map, key, (uint32_t)text_hash(key));
}

void *map_find(const struct map *map, struct text key) {
    const struct map_entry *entry = find(map, key);
    return entry == NULL ? NULL : entry->value;
}

size_t map_position(const struct map *map, struct text key) {
    const struct map_entry *entry = find(map, key);
    return entry == NULL ? MAP_NONE : (size_t)(entry - map->entries);
}

bool map_has(const struct map *map, struct text key) {
    return find(map, key) != NULL;
}

static void put(struct map *map, struct map_slot slot) {
    size_t mask = map->slot_count - 1, at = slot.hash & mask;
    while (map->slots[at].number != 0)
        at = (at + 1) & mask;
    map->slots[at] = slot;
}

/* Slots stay at most half full, so a look-up ends after few steps. Hashes that are known are not found again. */
static void make_slots(struct arena *arena, struct map *map) {
    const struct map_slot *old = map->slots;
    size_t old_count = map->slot_count;
    map->slot_count = map->capacity * 2;
    map->slots = arena_array(arena, map->slot_count, sizeof(*map->slots));
    for (size_t i = 0; i < old_count; i++)
        if (old[i].number != 0) put(map, old[i]);
    for (uint32_t i = 0; i < map->count && old_count == 0; i++)
        put(map, (struct map_slot){.number = i + 1, .hash = (uint32_t)text_hash(map->entries[i].key)});
}

static void grow(struct arena *arena, struct map *map) {
    size_t capacity = map->capacity == 0 ? FEW : map->capacity * 2;
    map->entries =
        arena_grow(arena, map->entries, map->capacity * sizeof(*map->entries), capacity * sizeof(*map->entries));
    map->capacity = capacity;
    if (capacity > FEW) make_slots(arena, map);
}

void map_set(struct arena *arena, struct map *map, struct text key, void *value) {
    uint32_t hash = (uint32_t)text_hash(key);
    struct map_entry *present = map->slots == NULL ? find_among_few(map, key) : find_entry(map, key, hash);
    if (present != NULL) {
        present->value = value;
        return;
    }
    if (map->count == map->capacity) grow(arena, map);
    map->entries[map->count++] = (struct map_entry){.key = key, .value = value};
    if (map->slots != NULL) put(map, (struct map_slot){.number = (uint32_t)map->count, .hash = hash});
}
