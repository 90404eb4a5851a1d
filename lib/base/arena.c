#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)256 * 1024) /* of the first; each next is twice as large, up to the limit: */
#define BLOCK_LIMIT ((size_t)1024 * 1024)
#define ALIGNMENT sizeof(uint64_t)

struct arena_block {
    struct arena_block *next;
    size_t serial; /* later blocks have higher ones; growing keeps it */
    size_t size;   /* bytes in data */
    size_t used;
    _Alignas(uint64_t) unsigned char data[];
};

/* The only place where the program ends for want of memory. */
static _Noreturn void out_of_memory(void) {
    fputs("depot-pipeline: out of memory\n", stderr);
    exit(3);
}

static size_t aligned(size_t size) {
    if (size > SIZE_MAX / 2) out_of_memory();
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static struct arena_block *block_create(struct arena *arena, size_t size, struct arena_block *next) {
    struct arena_block *block = malloc(sizeof(*block) + size);
    if (block == NULL) out_of_memory();
    block->next = next;
    block->serial = ++arena->serial;
    block->size = size;
    block->used = 0;
    return block;
}

void arena_init(struct arena *arena) {
    *arena = (struct arena){0};
}

static void free_newer(struct arena_block **list, size_t serial) {
    while (*list != NULL && (*list)->serial > serial) {
        struct arena_block *block = *list;
        *list = block->next;
        free(block);
    }
}

static void free_all(struct arena_block **list) {
    for (struct arena_block *block; (block = *list) != NULL; free(block))
        *list = block->next;
}

void arena_finish(struct arena *arena) {
    free_all(&arena->blocks);
    free_all(&arena->large);
}

/* At the old end, where no mark reaches. */
static void append(struct arena_block **list, struct arena_block *blocks) {
    while (*list != NULL)
        list = &(*list)->next;
    *list = blocks;
    for (; blocks != NULL; blocks = blocks->next)
        blocks->serial = 0;
}

void arena_adopt(struct arena *into, struct arena *from) {
    append(&into->blocks, from->blocks);
    append(&into->large, from->large);
    *from = (struct arena){0};
}

static void *alloc_large(struct arena *arena, size_t size) {
    arena->large = block_create(arena, size, arena->large);
    arena->large->used = size;
    return arena->large->data;
}

static void *alloc_small(struct arena *arena, size_t size) {
    struct arena_block *block = arena->blocks;
    if (block == NULL || block->size - block->used < size) {
        size_t next = block == NULL ? BLOCK_SIZE : 2 * block->size;
        block = block_create(arena, next < BLOCK_LIMIT ? next : BLOCK_LIMIT, block);
        arena->blocks = block;
    }
    void *memory = block->data + block->used;
    block->used += size;
    return memory;
}

static void *alloc_raw(struct arena *arena, size_t size) {
    return size > ARENA_LARGE ? alloc_large(arena, size) : alloc_small(arena, size);
}

void *arena_alloc(struct arena *arena, size_t size) {
    size = aligned(size);
    void *memory = alloc_raw(arena, size);
    memset(memory, 0, size);
    return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / 2 / size) out_of_memory();
    return arena_alloc(arena, count * size);
}

/* A large allocation is the newest of its list nearly always, so the search is short. */
static struct arena_block **find_large(struct arena *arena, const void *memory) {
    for (struct arena_block **link = &arena->large; *link != NULL; link = &(*link)->next)
        if ((*link)->data == memory) return link;
    return NULL;
}

static void *grow_large(struct arena_block **link, size_t size) {
    struct arena_block *block = realloc(*link, sizeof(*block) + size);
    if (block == NULL) out_of_memory();
    block->size = block->used = size;
    *link = block;
    return block->data;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size) {
    old_size = aligned(old_size);
    new_size = aligned(new_size);
    if (old == NULL) return alloc_raw(arena, new_size);
    if (new_size <= old_size) return old;
    if (old_size > ARENA_LARGE) {
        struct arena_block **link = find_large(arena, old);
        if (link != NULL) return grow_large(link, new_size);
    }
    struct arena_block *block = arena->blocks;
    if (block != NULL && (unsigned char *)old + old_size == block->data + block->used &&
        block->size - block->used >= new_size - old_size) {
        block->used += new_size - old_size;
        return old;
    }
    void *memory = alloc_raw(arena, new_size);
    memcpy(memory, old, old_size);
    return memory;
}

struct arena_mark arena_mark(const struct arena *arena) {
    size_t used = arena->blocks == NULL ? 0 : arena->blocks->used;
    return (struct arena_mark){.serial = arena->serial, .used = used};
}

void arena_release(struct arena *arena, struct arena_mark mark) {
    free_newer(&arena->blocks, mark.serial);
    free_newer(&arena->large, mark.serial);
    if (arena->blocks != NULL) arena->blocks->used = mark.used;
}
