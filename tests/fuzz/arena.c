/*
 * The arena for fuzzing: each allocation is a malloc of its own, so that AddressSanitizer sees every read and
 * write past its end, and every use after it was grown or released. Linked instead of lib/base/arena.c.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DIRT 0xA5 /* what arena_grow does not promise to be zero */

struct arena_block {
    struct arena_block *next, *previous;
    size_t serial;
    size_t size;
    _Alignas(uint64_t) unsigned char data[];
};

void arena_init(struct arena *arena) {
    *arena = (struct arena){0};
}

static void drop(struct arena *arena, struct arena_block *block) {
    if (block->next != NULL) block->next->previous = block->previous;
    if (block->previous != NULL) block->previous->next = block->next;
    if (arena->blocks == block) arena->blocks = block->next;
    free(block);
}

void arena_finish(struct arena *arena) {
    while (arena->blocks != NULL)
        drop(arena, arena->blocks);
}

static struct arena_block *create(struct arena *arena, size_t size) {
    struct arena_block *block = size > SIZE_MAX / 2 ? NULL : malloc(sizeof(*block) + size);
    if (block == NULL) abort();
    *block = (struct arena_block){.next = arena->blocks, .serial = ++arena->serial, .size = size};
    if (block->next != NULL) block->next->previous = block;
    arena->blocks = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size) {
    struct arena_block *block = create(arena, size);
    memset(block->data, 0, size);
    return block->data;
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / 2 / size) abort();
    return arena_alloc(arena, count * size);
}

/* A large one keeps its serial, as the real arena has it: it survives a release after which it was made. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size) {
    if (old != NULL && new_size <= old_size) return old;
    struct arena_block *block = create(arena, new_size);
    memset(block->data, DIRT, new_size);
    if (old == NULL) return block->data;
    struct arena_block *before =
        (struct arena_block *)(void *)((unsigned char *)old - offsetof(struct arena_block, data));
    memcpy(block->data, old, old_size);
    if (old_size > ARENA_LARGE) block->serial = before->serial;
    drop(arena, before);
    return block->data;
}

struct arena_mark arena_mark(const struct arena *arena) {
    return (struct arena_mark){.serial = arena->serial};
}

void arena_release(struct arena *arena, struct arena_mark mark) {
    for (struct arena_block *block = arena->blocks, *next; block != NULL; block = next) {
        next = block->next;
        if (block->serial > mark.serial) drop(arena, block);
    }
}
