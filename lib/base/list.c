#include "base/list.h"

#include <string.h>

void list_add(struct arena *arena, struct list *list, void *item) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        list->items =
            arena_grow(arena, list->items, list->capacity * sizeof(*list->items), capacity * sizeof(*list->items));
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
}

typedef int comparison(const void *a, const void *b);

static void merge(void **items, size_t middle, size_t count, void **scratch, comparison *compare) {
    memcpy(scratch, items, middle * sizeof(*items));
    size_t left = 0, right = middle, at = 0;
    while (left < middle && right < count)
        items[at++] = compare(scratch[left], items[right]) <= 0 ? scratch[left++] : items[right++];
    while (left < middle)
        items[at++] = scratch[left++];
}

static void sort(void **items, size_t count, void **scratch, comparison *compare) {
    if (count < 2) return;
    size_t middle = count / 2;
    sort(items, middle, scratch, compare);
    sort(items + middle, count - middle, scratch, compare);
    if (compare(items[middle - 1], items[middle]) > 0) merge(items, middle, count, scratch, compare);
}

void list_sort(struct arena *arena, struct list *list, comparison *compare) {
    if (list->count < 2) return;
    struct arena_mark mark = arena_mark(arena);
    sort(list->items, list->count, arena_array(arena, list->count, sizeof(void *)), compare);
    arena_release(arena, mark);
}

void texts_add(struct arena *arena, struct texts *texts, struct text text) {
    if (texts->count == texts->capacity) {
        size_t capacity = texts->capacity == 0 ? 4 : texts->capacity * 2;
        texts->items =
            arena_grow(arena, texts->items, texts->capacity * sizeof(*texts->items), capacity * sizeof(*texts->items));
        texts->capacity = capacity;
    }
    texts->items[texts->count++] = text;
}

bool texts_has(const struct texts *texts, struct text text) {
    for (size_t i = 0; i < texts->count; i++)
        if (text_equal(texts->items[i], text)) return true;
    return false;
}

/* Shell sort: equal texts are the same bytes, so stability cannot be seen. */
void texts_sort(struct texts *texts) {
    for (size_t gap = texts->count / 2; gap > 0; gap /= 2)
        for (size_t i = gap; i < texts->count; i++) {
            struct text moving = texts->items[i];
            size_t at = i;
            for (; at >= gap && text_compare(texts->items[at - gap], moving) > 0; at -= gap)
                texts->items[at] = texts->items[at - gap];
            texts->items[at] = moving;
        }
}

size_t texts_lower_bound(const struct texts *sorted, struct text text) {
    size_t low = 0, high = sorted->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (text_compare(sorted->items[middle], text) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool texts_has_sorted(const struct texts *sorted, struct text text) {
    size_t at = texts_lower_bound(sorted, text);
    return at < sorted->count && text_equal(sorted->items[at], text);
}
