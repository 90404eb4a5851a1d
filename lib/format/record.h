/*
 * record: node trees to structs and back to documentation, by tables.
 *
 * A struct is described by a table of fields: key, type, where it goes, help. One loop decodes a
 * mapping by such a table (an unknown key is an error with its place and the nearest word), the
 * same table writes the JSON Schema and the list of keys for people. A new setting is one row.
 */
#ifndef DEPOT_FORMAT_RECORD_H
#define DEPOT_FORMAT_RECORD_H

#include "base/diag.h"
#include "format/node.h"

struct record_field;

struct record_reader {
    struct arena *arena;
    struct diagnostics *diagnostics;
};

/* How a field is read and how its schema looks. `node` is never null; false when it was refused and reported. */
struct record_type {
    bool (*read)(struct record_reader *reader, const struct record_field *field, const struct node *node, void *out);
    struct node *(*schema)(struct arena *arena, const struct record_field *field);
};

struct record_field {
    const char *key;
    const struct record_type *type;
    size_t offset;
    const char *help;                 /* one sentence for schema and manual */
    const char *const *words;         /* record_choice: the words, NULL-terminated; the value is the index (int) */
    const struct record_table *table; /* record_table, record_tables */
    const char *pattern;              /* record_text: a JSON Schema pattern for editors; not checked here */
};

struct record_table {
    const char *name;  /* definition in the schema: "image" */
    const char *title; /* one sentence */
    const struct record_field *fields;
    size_t count;
    size_t size;   /* of the struct */
    bool has_node; /* its struct begins with a `const struct node *`: the mapping it was read from */
};

/* A value in a struct with the node it came from; `node` NULL: not given. */
struct record_text_value {
    struct text text;
    const struct node *node;
};

extern const struct record_type record_text;   /* struct record_text_value: a string, number or boolean as written */
extern const struct record_type record_bool;   /* int: 1 false, 2 true; 0 not given */
extern const struct record_type record_choice; /* int: 1 + index into words; 0 not given */
extern const struct record_type
    record_choices; /* unsigned: a bit, by the index into words, of each word of one or a list */
extern const struct record_type record_texts;  /* struct list of struct record_text_value: a string or a list of them */
extern const struct record_type record_pairs;  /* struct list of struct record_pair: a mapping of names to scalars */
extern const struct record_type record_any;    /* const struct node *: a mapping, as it is */
extern const struct record_type record_record; /* a struct by field->table, in place */
extern const struct record_type
    record_text_or_record; /* a struct by field->table, in place; a text is the value of the table's first field */
extern const struct record_type record_records; /* struct list of such structs */
extern const struct record_type record_some;    /* the same, also given as one mapping that is not in a list */
extern const struct record_type
    record_inline; /* a struct by field->table whose keys stand among this table's own; key NULL */

/* Keys that no other field has are somebody else's: they stay in the node (has_node). Key NULL. */
extern const struct record_type record_rest;

struct record_pair {
    struct text name;
    struct text value;       /* absent when the value is null */
    const struct node *node; /* of the value */
};

/* Decodes a mapping over `out` (a zeroed struct of table->size). False when anything was refused; all of it is reported. */
bool record_read(struct record_reader *reader, const struct record_table *table, const struct node *node, void *out);

/* All keys of a table, inline ones included. */
void record_keys(struct arena *arena, const struct record_table *table, struct texts *out);

/* A JSON Schema (draft 7) for the table and every table below it. */
struct node *record_schema(struct arena *arena, const struct record_table *table, const char *id);

/* Layers, lowest first: mappings are merged key by key, anything else is replaced by the higher layer. Either may be NULL. */
const struct node *record_merge(struct arena *arena, const struct node *lower, const struct node *higher);

/* Do two values say the same, wherever they were written? Lists: of struct record_text_value, of struct record_pair. */
bool record_same_text(const struct record_text_value *a, const struct record_text_value *b);
bool record_same_texts(const struct list *a, const struct list *b);
bool record_same_pairs(const struct list *a, const struct list *b);

#endif
