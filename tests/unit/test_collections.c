#include "check.h"

#include "base/list.h"
#include "base/map.h"

struct item {
    unsigned key;
    unsigned number;
};

static int by_key(const void *a, const void *b) {
    const struct item *left = a, *right = b;
    return left->key < right->key ? -1 : left->key > right->key;
}

static unsigned next_random(unsigned *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Equal keys keep the order they came in, for every length up to 70 and for a long list. */
static void check_sort(struct arena *arena, size_t count, unsigned keys) {
    struct list list = {0};
    unsigned state = (unsigned)count * 31 + keys;
    for (unsigned i = 0; i < count; i++) {
        struct item *item = arena_alloc(arena, sizeof(*item));
        *item = (struct item){.key = next_random(&state) % keys, .number = i};
        list_add(arena, &list, item);
    }
    list_sort(arena, &list, by_key);
    bool sorted = list.count == count;
    for (size_t i = 1; sorted && i < count; i++) {
        const struct item *a = list.items[i - 1], *b = list.items[i];
        sorted = a->key < b->key || (a->key == b->key && a->number < b->number);
    }
    CHECK(sorted, "%zu items of %u keys", count, keys);
}

static void test_sort(struct arena *arena) {
    for (size_t count = 0; count <= 70; count++)
        for (unsigned keys = 1; keys <= 8; keys *= 2)
            check_sort(arena, count, keys);
    check_sort(arena, 100000, 300);
    check_sort(arena, 20000, 1);
    check_sort(arena, 20000, 1u << 30);
}

static void test_texts(struct arena *arena) {
    struct texts texts = {0};
    texts_sort(&texts);
    unsigned state = 1;
    for (unsigned i = 0; i < 3000; i++)
        texts_add(arena, &texts, text_format(arena, "%u", next_random(&state) % 2000));
    CHECK(!texts_has(&texts, TEXT("x")), "not among them");
    struct text last = texts.items[texts.count - 1];
    texts_sort(&texts);
    CHECK(texts_has(&texts, last), "still among them");
    bool sorted = true;
    for (size_t i = 1; i < texts.count; i++)
        sorted &= text_compare(texts.items[i - 1], texts.items[i]) <= 0;
    CHECK(sorted && texts.count == 3000, "in the order of bytes");
}

static void test_map(struct arena *arena) {
    struct map map = {0};
    int values[2];
    CHECK(map_find(&map, TEXT("a")) == NULL && !map_has(&map, TEXT("a")), "an empty map");
    for (unsigned i = 0; i < 20000; i++)
        map_set(arena, &map, text_format(arena, "key-%u", i * 7919 % 20000), values);
    CHECK(map.count == 20000, "all of them");
    bool ordered = true;
    for (unsigned i = 0; i < map.count; i++)
        ordered &= text_equal(map.entries[i].key, text_format(arena, "key-%u", i * 7919 % 20000));
    CHECK(ordered, "in the order of insertion, through every growth");
    map_set(arena, &map, TEXT("key-7919"), values + 1);
    CHECK(map.count == 20000 && map_find(&map, TEXT("key-7919")) == values + 1, "a new value for a present key");
    CHECK_TEXT(map.entries[1].key, "key-7919", "which keeps its place");
    CHECK(!map_has(&map, TEXT("key-20000")) && !map_has(&map, TEXT("")), "others are absent");
}

/* The odd keys: empty, absent (the same bytes), with NULs, and a NULL value. */
static void test_map_keys(struct arena *arena) {
    struct map map = {0};
    int value;
    map_set(arena, &map, TEXT("a\0b"), &value);
    map_set(arena, &map, TEXT(""), NULL);
    CHECK(!map_has(&map, TEXT("a\0c")) && map_has(&map, TEXT("a\0b")), "a NUL is part of a key");
    CHECK(map_has(&map, TEXT("")) && map_find(&map, TEXT("")) == NULL, "a NULL value is there");
    CHECK(map_has(&map, (struct text){0}), "absent and empty are the same bytes");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_sort(&arena);
    test_texts(&arena);
    test_map(&arena);
    test_map_keys(&arena);
    arena_finish(&arena);
    return check_done("collections");
}
