#include "format/node.h"

#include <stdio.h>

struct place node_place(const struct node *node) {
    if (node == NULL) return (struct place){0};
    uint32_t length = node_is_scalar(node) ? (uint32_t)text_width(node->text) : 0;
    return (struct place){.source = node->source, .line = node->line, .column = node->column, .length = length};
}

bool node_is_scalar(const struct node *node) {
    return node->kind != NODE_SEQUENCE && node->kind != NODE_MAPPING;
}

const struct node *node_find_text(const struct node *node, struct text key) {
    if (node == NULL || node->kind != NODE_MAPPING) return NULL;
    for (size_t i = 0; i < node->count; i++)
        if (text_equal(node_key(node, i)->text, key)) return node_value(node, i);
    return NULL;
}

const struct node *node_find(const struct node *node, const char *key) {
    return node_find_text(node, text_from(key));
}

const char *node_kind_name(const struct node *node) {
    switch (node->kind) {
    case NODE_NULL:
        return "nothing";
    case NODE_BOOL:
        return "true or false";
    case NODE_NUMBER:
        return "a number";
    case NODE_STRING:
        return "a string";
    case NODE_SEQUENCE:
        return "a list";
    case NODE_MAPPING:
        break;
    }
    return "a mapping";
}

/* Children, keys included. */
static size_t item_count(const struct node *node) {
    if (node_is_scalar(node)) return 0;
    return node->kind == NODE_MAPPING ? 2 * node->count : node->count;
}

bool node_equal(const struct node *a, const struct node *b) {
    if (a == NULL || b == NULL || a == b) return a == b;
    if (a->kind != b->kind) return false;
    if (node_is_scalar(a)) return text_equal(a->text, b->text);
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < item_count(a); i++)
        same = node_equal(a->items[i], b->items[i]);
    return same;
}

const struct node *node_copy(struct arena *arena, const struct node *node) {
    struct node *copy = arena_alloc(arena, sizeof(*copy));
    size_t count = item_count(node);
    *copy = *node;
    if (node_is_scalar(node)) {
        copy->text = text_copy(arena, node->text);
        return copy;
    }
    copy->items = arena_array(arena, count, sizeof(*copy->items));
    for (size_t i = 0; i < count; i++)
        copy->items[i] = node_copy(arena, node->items[i]);
    return copy;
}

size_t node_size(const struct node *node, size_t limit) {
    size_t size = 1;
    for (size_t i = 0; i < item_count(node) && size < limit; i++)
        size += node_size(node->items[i], limit - size);
    return size;
}

static struct node *create(struct arena *arena, enum node_kind kind, struct text text) {
    struct node *node = arena_alloc(arena, sizeof(*node));
    node->kind = kind;
    if (node_is_scalar(node)) node->text = text;
    return node;
}

struct node *node_string(struct arena *arena, struct text text) {
    return create(arena, NODE_STRING, text);
}

struct node *node_number(struct arena *arena, long number) {
    return create(arena, NODE_NUMBER, text_format(arena, "%ld", number));
}

struct node *node_bool(struct arena *arena, bool value) {
    return create(arena, NODE_BOOL, value ? TEXT("true") : TEXT("false"));
}

struct node *node_null(struct arena *arena) {
    return create(arena, NODE_NULL, TEXT(""));
}
struct node *node_sequence(struct arena *arena) {
    return create(arena, NODE_SEQUENCE, TEXT(""));
}
struct node *node_mapping(struct arena *arena) {
    return create(arena, NODE_MAPPING, TEXT(""));
}

/* Room is made in powers of two; the count alone tells when it is used up. */
static void add_item(struct arena *arena, struct node *node, size_t used, const struct node *item) {
    bool full = used == 0 || (used & (used - 1)) == 0;
    if (full) {
        size_t capacity = used == 0 ? 1 : used * 2;
        node->items = arena_grow(arena, node->items, used * sizeof(*node->items), capacity * sizeof(*node->items));
    }
    node->items[used] = item;
}

void node_append(struct arena *arena, struct node *sequence, const struct node *item) {
    add_item(arena, sequence, sequence->count, item);
    sequence->count++;
}

void node_set_pair(struct arena *arena, struct node *mapping, const struct node *key, const struct node *value) {
    add_item(arena, mapping, 2 * mapping->count, key);
    add_item(arena, mapping, 2 * mapping->count + 1, value);
    mapping->count++;
}

void node_set(struct arena *arena, struct node *mapping, const char *key, const struct node *value) {
    for (size_t i = 0; i < mapping->count; i++)
        if (text_is(node_key(mapping, i)->text, key)) {
            mapping->items[2 * i + 1] = value;
            return;
        }
    node_set_pair(arena, mapping, node_string(arena, text_copy(arena, text_from(key))), value);
}
