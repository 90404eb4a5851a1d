/*
 * arena: the one owner of memory in a run.
 *
 * Everything that is read, parsed or planned is allocated here and lives until the arena
 * is finished, so no structure in lib/ has a free function of its own. When the system
 * has no more memory the program stops, in arena.c and nowhere else.
 *
 * Invariant: memory handed out is zeroed and aligned for any type but long double. A request above
 * ARENA_LARGE has a block of its own, so that a long buffer grows in place.
 */
#ifndef DEPOT_BASE_ARENA_H
#define DEPOT_BASE_ARENA_H

#include <stddef.h>

#define ARENA_LARGE ((size_t)64 * 1024)

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first; the newest small block is the one in use */
    struct arena_block *large;  /* blocks that hold one allocation each */
    size_t serial;              /* number given to the newest block */
};

/* A place to come back to: what was allocated after it is given back by arena_release. */
struct arena_mark {
    size_t serial;
    size_t used;
};

void arena_init(struct arena *arena);
void arena_finish(struct arena *arena);

/* `size` zeroed bytes; never NULL. A size of 0 gives a pointer that must not be read. */
void *arena_alloc(struct arena *arena, size_t size);

/* `count` zeroed objects of `size` bytes; stops the program when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Grows an allocation, in place where that is possible; the new part is NOT zeroed. `old` may be NULL. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);

/* What lives in `from` lives in `into` from now on; `from` is empty afterwards. */
void arena_adopt(struct arena *into, struct arena *from);

/* For work whose results are not kept, such as one step's text while it is being written. */
struct arena_mark arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, struct arena_mark mark);

#endif
