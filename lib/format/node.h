/*
 * node: a tree of data with positions, read from YAML or JSON and written as either.
 *
 * Mappings keep the order of the source; duplicate keys never occur in a tree that a
 * reader made (but for yaml_read_first, which says so). A scalar keeps its text and how it was written: whether a plain `1.10` is
 * a number is decided by whoever uses it (compose follows go-yaml, settings their table).
 * Nodes are shared (a YAML alias is the same node again), so a tree is never changed
 * once read; passes build new nodes.
 */
#ifndef DEPOT_FORMAT_NODE_H
#define DEPOT_FORMAT_NODE_H

#include "base/list.h"
#include "base/source.h"

enum node_kind {
    NODE_NULL,   /* JSON null; in YAML an absent value or a plain null word */
    NODE_BOOL,   /* written trees and JSON only: text is "true" or "false" */
    NODE_NUMBER, /* written trees and JSON only: text is the number */
    NODE_STRING, /* JSON string, or any other YAML scalar */
    NODE_SEQUENCE,
    NODE_MAPPING,
};

enum node_style {
    NODE_STYLE_NONE,   /* JSON, or made by a program */
    NODE_STYLE_PLAIN,  /* an unquoted YAML scalar: its type is open */
    NODE_STYLE_QUOTED, /* quoted or block: a string */
    NODE_STYLE_LED,    /* begins with a text that the writer has: yaml_writer_lead */
};

struct node {
    enum node_kind kind : 8;
    enum node_style style : 8;
    uint32_t line;   /* 1-based, of the value */
    uint32_t column; /* 1-based, in characters */
    const struct source *source;
    const char *tag; /* a YAML tag as written ("!reset", "!!str"), NULL when none; node_tag reads it */
    union {
        struct text text; /* scalars; for a plain YAML null its spelling, which may be empty */
        struct {
            const struct node **items; /* sequence: the items; mapping: key, value, key, value … */
            size_t count;              /* items, or pairs of a mapping */
        };
    };
};

struct place node_place(const struct node *node);

/* Absent when the node has none. */
static inline struct text node_tag(const struct node *node) {
    return text_from(node->tag);
}
static inline const struct node *node_key(const struct node *mapping, size_t i) {
    return mapping->items[2 * i];
}
static inline const struct node *node_value(const struct node *mapping, size_t i) {
    return mapping->items[2 * i + 1];
}

/* The value of a key of a mapping; NULL when absent, or when `node` is NULL or not a mapping. */
const struct node *node_find(const struct node *node, const char *key);
const struct node *node_find_text(const struct node *node, struct text key);

bool node_is_scalar(const struct node *node);
const char *node_kind_name(const struct node *node); /* "a mapping", "a list", "a string" … for messages */

/* The same kinds, texts and order, whatever the places; NULL equals NULL alone. */
bool node_equal(const struct node *a, const struct node *b);

/* All of it, nodes and texts, in another arena; sources stay where they are. */
const struct node *node_copy(struct arena *arena, const struct node *node);

/* How many nodes it has with every shared one counted each time, as far as `limit`. */
size_t node_size(const struct node *node, size_t limit);

/* Building. */
struct node *node_string(struct arena *arena, struct text text);
struct node *node_number(struct arena *arena, long number);
struct node *node_bool(struct arena *arena, bool value);
struct node *node_null(struct arena *arena);
struct node *node_sequence(struct arena *arena);
struct node *node_mapping(struct arena *arena);
void node_append(struct arena *arena, struct node *sequence, const struct node *item);
void node_set(struct arena *arena, struct node *mapping, const char *key,
              const struct node *value); /* replaces a present key */
void node_set_pair(struct arena *arena, struct node *mapping, const struct node *key, const struct node *value);

#endif
