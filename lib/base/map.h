/*
 * map: from texts to pointers, in order of insertion.
 *
 * Walk `entries` to get a deterministic order; there is no removal. Keys are views and
 * must live as long as the map.
 */
#ifndef DEPOT_BASE_MAP_H
#define DEPOT_BASE_MAP_H

#include "base/text.h"

struct map_entry {
    struct text key;
    void *value;
};

/* The hash beside the number tells most other keys apart without a look at them. */
struct map_slot {
    uint32_t number; /* index into entries plus one; 0: the slot is free */
    uint32_t hash;
};

struct map {
    struct map_entry *entries;
    size_t count;
    size_t capacity;
    struct map_slot *slots; /* NULL while there are few entries */
    size_t slot_count;
};

void *map_find(const struct map *map, struct text key); /* NULL when absent */
bool map_has(const struct map *map, struct text key);

#define MAP_NONE SIZE_MAX
size_t map_position(const struct map *map, struct text key); /* among the entries, or MAP_NONE */

/* Sets the value of a key; a key that is present keeps its place. */
void map_set(struct arena *arena, struct map *map, struct text key, void *value);

#endif
