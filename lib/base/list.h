/*
 * list: pointers in the order they were added.
 *
 * The list owns nothing; what it points to lives in the arena.
 */
#ifndef DEPOT_BASE_LIST_H
#define DEPOT_BASE_LIST_H

#include "base/arena.h"
#include "base/text.h"

struct list {
    void **items;
    size_t count;
    size_t capacity;
};

void list_add(struct arena *arena, struct list *list, void *item);

/* Sorts and keeps the order of equal items (merge sort), so that output never depends on the C library. */
void list_sort(struct arena *arena, struct list *list, int (*compare)(const void *a, const void *b));

/* A list of texts, for plain lists of words and paths. */
struct texts {
    struct text *items;
    size_t count;
    size_t capacity;
};

void texts_add(struct arena *arena, struct texts *texts, struct text text);
bool texts_has(const struct texts *texts, struct text text);
void texts_sort(struct texts *texts);

/* The first that does not stand before `text`, in a sorted list. */
size_t texts_lower_bound(const struct texts *sorted, struct text text);
bool texts_has_sorted(const struct texts *sorted, struct text text);

#endif
