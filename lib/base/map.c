#include "base/map.h"

#include <string.h>

/* The slot of a key, or the free slot where it would go. */
static size_t find_slot(const struct map *map, struct text key) {
    size_t mask = map->slot_count - 1;
    size_t slot = (size_t)text_hash(key) & mask;
    while (map->slots[slot] != 0 && !text_equal(map->entries[map->slots[slot] - 1].key, key))
        slot = (slot + 1) & mask;
    return slot;
}

static const struct map_entry *find_entry(const struct map *map, struct text key) {
    if (map->count == 0) return NULL;
    uint32_t index = map->slots[find_slot(map, key)];
    return index == 0 ? NULL : &map->entries[index - 1];
}

void *map_find(const struct map *map, struct text key) {
    const struct map_entry *entry = find_entry(map, key);
    return entry == NULL ? NULL : entry->value;
}

size_t map_position(const struct map *map, struct text key) {
    const struct map_entry *entry = find_entry(map, key);
    return entry == NULL ? MAP_NONE : (size_t)(entry - map->entries);
}

bool map_has(const struct map *map, struct text key) {
    return find_entry(map, key) != NULL;
}

/* Slots stay at most half full, so a look-up ends after few steps. */
static void grow(struct arena *arena, struct map *map) {
    size_t capacity = map->capacity == 0 ? 8 : map->capacity * 2;
    map->entries =
        arena_grow(arena, map->entries, map->capacity * sizeof(*map->entries), capacity * sizeof(*map->entries));
    map->capacity = capacity;
    map->slot_count = capacity * 2;
    map->slots = arena_array(arena, map->slot_count, sizeof(*map->slots));
    for (size_t i = 0; i < map->count; i++)
        map->slots[find_slot(map, map->entries[i].key)] = (uint32_t)i + 1;
}

void map_set(struct arena *arena, struct map *map, struct text key, void *value) {
    if (map->count == map->capacity) grow(arena, map);
    size_t slot = find_slot(map, key);
    if (map->slots[slot] != 0) {
        map->entries[map->slots[slot] - 1].value = value;
        return;
    }
    map->entries[map->count++] = (struct map_entry){.key = key, .value = value};
    map->slots[slot] = (uint32_t)map->count;
}
