#include "check.h"

#include "base/arena.h"

#include <stdint.h>

static bool is_filled(const unsigned char *memory, size_t size, unsigned char byte) {
    for (size_t i = 0; i < size; i++)
        if (memory[i] != byte) return false;
    return true;
}

static const size_t sizes[] = {0,          1,       15, 16, 17, 100, ARENA_LARGE, ARENA_LARGE - 1, ARENA_LARGE + 1,
                               300 * 1024, 5u << 20};

#define SIZES (sizeof(sizes) / sizeof(*sizes))

static void test_alloc(struct arena *arena) {
    unsigned char *memory[SIZES * 20];
    for (size_t i = 0; i < SIZES * 20; i++) {
        size_t size = sizes[i % SIZES];
        memory[i] = arena_alloc(arena, size);
        CHECK((uintptr_t)memory[i] % _Alignof(uint64_t) == 0, "%zu bytes are aligned", size);
        CHECK(is_filled(memory[i], size, 0), "%zu bytes are zero", size);
        memset(memory[i], (int)(i % 255) + 1, size);
    }
    for (size_t i = 0; i < SIZES * 20; i++)
        CHECK(is_filled(memory[i], sizes[i % SIZES], (unsigned char)(i % 255 + 1)), "%zu is nobody else's", i);
    CHECK(is_filled(arena_array(arena, 7, 9), 63, 0), "an array is zero too");
}

/* In place where it is the newest, moved where something stands behind it; the old bytes come along. */
static void test_grow(struct arena *arena) {
    for (size_t i = 0; i < SIZES; i++)
        for (size_t j = 0; j < SIZES; j++)
            for (int disturbed = 0; disturbed < 2; disturbed++) {
                unsigned char *memory = arena_alloc(arena, sizes[i]), *other = NULL;
                memset(memory, 7, sizes[i]);
                if (disturbed) other = memset(arena_alloc(arena, 64), 9, 64);
                unsigned char *grown = arena_grow(arena, memory, sizes[i], sizes[j]);
                size_t common = sizes[i] < sizes[j] ? sizes[i] : sizes[j];
                CHECK(is_filled(grown, common, 7), "%zu to %zu", sizes[i], sizes[j]);
                memset(grown, 8, sizes[j]);
                CHECK(other == NULL || is_filled(other, 64, 9), "%zu to %zu leaves its neighbour", sizes[i], sizes[j]);
            }
    CHECK(arena_grow(arena, NULL, 0, 10) != NULL, "from nothing");
    unsigned char *small = arena_alloc(arena, 32);
    CHECK(arena_grow(arena, small, 32, 64) == small, "the newest grows in place");
}

/* A small allocation may grow past ARENA_LARGE inside its block, and then once more. */
static void test_grow_past_large(void) {
    struct arena arena;
    arena_init(&arena);
    size_t size = 16;
    unsigned char *memory = memset(arena_alloc(&arena, size), 5, size);
    for (; size < (8u << 20); size *= 2) {
        memory = arena_grow(&arena, memory, size, size * 2);
        memset(memory + size, 5, size);
    }
    CHECK(is_filled(memory, size, 5), "all of it");
    arena_finish(&arena);
}

static void test_release(void) {
    struct arena arena;
    arena_init(&arena);
    struct arena_mark empty = arena_mark(&arena);
    arena_release(&arena, empty);
    CHECK(arena.blocks == NULL, "nothing to give back");
    unsigned char *kept = memset(arena_alloc(&arena, 100), 1, 100);
    unsigned char *large = memset(arena_alloc(&arena, 100000), 2, 100000);
    struct arena_mark mark = arena_mark(&arena);
    unsigned char *first = arena_alloc(&arena, 100);
    for (int round = 0; round < 3; round++) {
        memset(arena_alloc(&arena, 200), 0xFF, 200);
        for (int i = 0; i < 20; i++)
            memset(arena_alloc(&arena, 60000), 0xFF, 60000); /* several small blocks */
        memset(arena_alloc(&arena, 1u << 20), 0xFF, 1u << 20);
        arena_release(&arena, mark);
        CHECK(is_filled(kept, 100, 1) && is_filled(large, 100000, 2), "what is older stays");
        unsigned char *again = arena_alloc(&arena, 100);
        CHECK(again == first && is_filled(again, 100, 0), "the same place, zeroed again");
    }
    arena_release(&arena, mark);
    arena_release(&arena, empty);
    CHECK(arena.blocks == NULL && arena.large == NULL, "back to the beginning");
    arena_finish(&arena);
}

/* A large block that is older than the mark may be grown after it and must survive the release. */
static void test_release_after_growth(void) {
    struct arena arena;
    arena_init(&arena);
    unsigned char *large = memset(arena_alloc(&arena, 100000), 3, 100000);
    arena_alloc(&arena, 70000); /* a newer large one, so that the search goes past it */
    struct arena_mark mark = arena_mark(&arena);
    arena_alloc(&arena, 1u << 20);
    large = arena_grow(&arena, large, 100000, 4u << 20);
    memset(large + 100000, 3, (4u << 20) - 100000);
    arena_release(&arena, mark);
    CHECK(is_filled(large, 4u << 20, 3), "it kept its age");
    arena_finish(&arena);
}

/* A mark inside a mark. */
static void test_nested_marks(void) {
    struct arena arena;
    arena_init(&arena);
    struct arena_mark outer = arena_mark(&arena);
    unsigned char *a = memset(arena_alloc(&arena, 200000), 4, 200000);
    struct arena_mark inner = arena_mark(&arena);
    arena_alloc(&arena, 200000);
    arena_alloc(&arena, 10);
    arena_release(&arena, inner);
    CHECK(is_filled(a, 200000, 4) && arena.blocks == NULL, "only the inner part went");
    arena_release(&arena, outer);
    CHECK(arena.large == NULL, "then the outer one");
    arena_finish(&arena);
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_alloc(&arena);
    test_grow(&arena);
    arena_finish(&arena);
    test_grow_past_large();
    test_release();
    test_release_after_growth();
    test_nested_marks();
    return check_done("arena");
}
