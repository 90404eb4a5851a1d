#include "format/record.h"

#include "base/typo.h"

#include <string.h>

static bool refuse(struct record_reader *reader, const struct record_field *field, const struct node *node,
                   const char *expected) {
    diag_add(reader->diagnostics, DIAG_ERROR, "settings-type", node_place(node), "'%s' takes %s, not %s", field->key,
             expected, node_kind_name(node));
    return false;
}

static bool is_text(const struct node *node) {
    return node_is_scalar(node) && node->kind != NODE_NULL;
}

static bool read_text(struct record_reader *reader, const struct record_field *field, const struct node *node,
                      void *out) {
    if (!is_text(node)) return refuse(reader, field, node, "a string");
    *(struct record_text_value *)out = (struct record_text_value){.text = node->text, .node = node};
    return true;
}

static bool read_bool(struct record_reader *reader, const struct record_field *field, const struct node *node,
                      void *out) {
    bool is_true = node_is_scalar(node) && text_is(node->text, "true");
    bool is_false = node_is_scalar(node) && text_is(node->text, "false");
    if (!is_true && !is_false) return refuse(reader, field, node, "true or false");
    *(int *)out = 1 + is_true;
    return true;
}

static struct text join_words(struct arena *arena, const char *const *words) {
    struct text joined = TEXT("");
    for (size_t i = 0; words[i] != NULL; i++)
        joined = text_format(arena, "%.*s%s%s", TEXT_ARG(joined),
                             i == 0                 ? ""
                             : words[i + 1] == NULL ? " or "
                                                    : ", ",
                             words[i]);
    return joined;
}

/* Its place among the words; -1 when it is none of them: reported. */
static int find_word(struct record_reader *reader, const struct record_field *field, const struct node *node) {
    for (int i = 0; node_is_scalar(node) && field->words[i] != NULL; i++)
        if (text_is(node->text, field->words[i])) return i;
    struct text words = join_words(reader->arena, field->words);
    struct text given = node_is_scalar(node) ? node->text : text_from(node_kind_name(node));
    diag_add(reader->diagnostics, DIAG_ERROR, "settings-value", node_place(node), "'%s' is %.*s, not '%.*s'",
             field->key, TEXT_ARG(words), TEXT_ARG(given));
    return -1;
}

static bool read_choice(struct record_reader *reader, const struct record_field *field, const struct node *node,
                        void *out) {
    *(int *)out = 1 + find_word(reader, field, node);
    return *(int *)out > 0;
}

static bool read_choices(struct record_reader *reader, const struct record_field *field, const struct node *node,
                         void *out) {
    bool is_list = node->kind == NODE_SEQUENCE, ok = true;
    for (size_t i = 0; i < (is_list ? node->count : 1); i++) {
        int word = find_word(reader, field, is_list ? node->items[i] : node);
        ok &= word >= 0;
        if (word >= 0) *(unsigned *)out |= 1u << word;
    }
    return ok;
}

static bool add_text(struct record_reader *reader, const struct record_field *field, const struct node *node,
                     struct list *out) {
    struct record_text_value *value = arena_alloc(reader->arena, sizeof(*value));
    list_add(reader->arena, out, value);
    return read_text(reader, field, node, value);
}

static bool read_texts(struct record_reader *reader, const struct record_field *field, const struct node *node,
                       void *out) {
    if (is_text(node)) return add_text(reader, field, node, out);
    if (node->kind != NODE_SEQUENCE) return refuse(reader, field, node, "a string or a list of strings");
    bool ok = true;
    for (size_t i = 0; i < node->count; i++)
        ok &= add_text(reader, field, node->items[i], out);
    return ok;
}

static bool read_pairs(struct record_reader *reader, const struct record_field *field, const struct node *node,
                       void *out) {
    if (node->kind != NODE_MAPPING) return refuse(reader, field, node, "a mapping of names to values");
    for (size_t i = 0; i < node->count; i++) {
        const struct node *value = node_value(node, i);
        if (!node_is_scalar(value)) return refuse(reader, field, value, "a string as each value");
        struct record_pair *pair = arena_alloc(reader->arena, sizeof(*pair));
        pair->name = node_key(node, i)->text;
        pair->node = value;
        if (value->kind != NODE_NULL) pair->value = value->text;
        list_add(reader->arena, out, pair);
    }
    return true;
}

static bool read_any(struct record_reader *reader, const struct record_field *field, const struct node *node,
                     void *out) {
    if (node->kind != NODE_MAPPING) return refuse(reader, field, node, "a mapping");
    *(const struct node **)out = node;
    return true;
}

static bool read_record(struct record_reader *reader, const struct record_field *field, const struct node *node,
                        void *out) {
    if (node->kind != NODE_MAPPING) return refuse(reader, field, node, "a mapping");
    return record_read(reader, field->table, node, out);
}

static bool add_record(struct record_reader *reader, const struct record_field *field, const struct node *node,
                       struct list *out) {
    void *record = arena_alloc(reader->arena, field->table->size);
    list_add(reader->arena, out, record);
    return read_record(reader, field, node, record);
}

static bool read_text_or_record(struct record_reader *reader, const struct record_field *field, const struct node *node,
                                void *out) {
    const struct record_field *first = &field->table->fields[0];
    if (is_text(node)) return read_text(reader, first, node, (char *)out + first->offset);
    if (node->kind != NODE_MAPPING) return refuse(reader, field, node, "a string or a mapping");
    return record_read(reader, field->table, node, out);
}

static bool read_records(struct record_reader *reader, const struct record_field *field, const struct node *node,
                         void *out) {
    if (node->kind != NODE_SEQUENCE) return refuse(reader, field, node, "a list of mappings");
    bool ok = true;
    for (size_t i = 0; i < node->count; i++)
        ok &= add_record(reader, field, node->items[i], out);
    return ok;
}

static bool read_some(struct record_reader *reader, const struct record_field *field, const struct node *node,
                      void *out) {
    if (node->kind == NODE_MAPPING) return add_record(reader, field, node, out);
    if (node->kind == NODE_SEQUENCE) return read_records(reader, field, node, out);
    return refuse(reader, field, node, "a mapping or a list of mappings");
}

/* The field of a key, inline tables included; `base` is moved to the struct that holds it. */
static const struct record_field *find_field(const struct record_table *table, struct text key, char **base) {
    for (size_t i = 0; i < table->count; i++) {
        const struct record_field *field = &table->fields[i];
        if (field->type == &record_inline) {
            char *inner = *base + field->offset;
            const struct record_field *found = find_field(field->table, key, &inner);
            if (found == NULL) continue;
            *base = inner;
            return found;
        }
        if (field->key != NULL && text_is(key, field->key)) return field;
    }
    return NULL;
}

void record_keys(struct arena *arena, const struct record_table *table, struct texts *out) {
    for (size_t i = 0; i < table->count; i++) {
        const struct record_field *field = &table->fields[i];
        if (field->type == &record_inline) {
            record_keys(arena, field->table, out);
        } else if (field->key != NULL) {
            texts_add(arena, out, text_from(field->key));
        }
    }
}

static bool is_open(const struct record_table *table) {
    for (size_t i = 0; i < table->count; i++)
        if (table->fields[i].type == &record_rest) return true;
    return false;
}

/* `user` for username: no misspelling, but half of the word. */
static struct text find_longer(struct text word, const struct texts *keys) {
    for (size_t i = 0; i < keys->count; i++)
        if (word.len >= 3 && text_has_prefix(keys->items[i], word)) return keys->items[i];
    return (struct text){0};
}

static bool report_unknown(struct record_reader *reader, const struct record_table *table, const struct node *key) {
    struct texts keys = {0};
    record_keys(reader->arena, table, &keys);
    struct text nearest = typo_nearest(key->text, &keys);
    if (!text_is_given(nearest)) nearest = find_longer(key->text, &keys);
    struct text printable = text_printable(reader->arena, key->text);
    if (text_is_given(nearest)) {
        diag_add(reader->diagnostics, DIAG_ERROR, "unknown-key", node_place(key),
                 "unknown key '%.*s'; did you mean '%.*s'?", TEXT_ARG(printable), TEXT_ARG(nearest));
    } else {
        diag_add(reader->diagnostics, DIAG_ERROR, "unknown-key", node_place(key), "unknown key '%.*s' in '%s'",
                 TEXT_ARG(printable), table->name);
    }
    return false;
}

bool record_read(struct record_reader *reader, const struct record_table *table, const struct node *node, void *out) {
    bool ok = true;
    if (table->has_node) *(const struct node **)out = node;
    for (size_t i = 0; i < node->count; i++) {
        char *base = out;
        const struct record_field *field = find_field(table, node_key(node, i)->text, &base);
        const struct node *value = node_value(node, i);
        if (field == NULL && is_open(table)) continue;
        if (field == NULL) {
            ok = report_unknown(reader, table, node_key(node, i));
        } else if (value->kind != NODE_NULL) {
            ok &= field->type->read(reader, field, value, base + field->offset);
        }
    }
    return ok;
}

static struct node *type_schema(struct arena *arena, const char *type) {
    struct node *schema = node_mapping(arena);
    node_set(arena, schema, "type", node_string(arena, text_from(type)));
    return schema;
}

/* YAML gives numbers and booleans where a person means text: `tags: 1.10`. */
static struct node *scalar_schema(struct arena *arena) {
    struct node *types = node_sequence(arena);
    static const char *const names[] = {"string", "number", "boolean"};
    for (size_t i = 0; i < 3; i++)
        node_append(arena, types, node_string(arena, text_from(names[i])));
    struct node *schema = node_mapping(arena);
    node_set(arena, schema, "type", types);
    return schema;
}

static struct node *text_schema(struct arena *arena, const struct record_field *field) {
    struct node *schema = scalar_schema(arena);
    if (field->pattern != NULL) node_set(arena, schema, "pattern", node_string(arena, text_from(field->pattern)));
    return schema;
}

static struct node *bool_schema(struct arena *arena, const struct record_field *field) {
    (void)field;
    return type_schema(arena, "boolean");
}

static struct node *choice_schema(struct arena *arena, const struct record_field *field) {
    struct node *words = node_sequence(arena), *schema = node_mapping(arena);
    for (size_t i = 0; field->words[i] != NULL; i++)
        node_append(arena, words, node_string(arena, text_from(field->words[i])));
    node_set(arena, schema, "enum", words);
    return schema;
}

static struct node *list_schema(struct arena *arena, const struct node *items) {
    struct node *schema = type_schema(arena, "array");
    node_set(arena, schema, "items", items);
    return schema;
}

static struct node *choices_schema(struct arena *arena, const struct record_field *field) {
    struct node *either = node_sequence(arena), *schema = node_mapping(arena);
    node_append(arena, either, choice_schema(arena, field));
    node_append(arena, either, list_schema(arena, choice_schema(arena, field)));
    node_set(arena, schema, "anyOf", either);
    return schema;
}

static struct node *texts_schema(struct arena *arena, const struct record_field *field) {
    (void)field;
    struct node *either = node_sequence(arena), *schema = node_mapping(arena);
    node_append(arena, either, scalar_schema(arena));
    node_append(arena, either, list_schema(arena, scalar_schema(arena)));
    node_set(arena, schema, "anyOf", either);
    return schema;
}

static struct node *pairs_schema(struct arena *arena, const struct record_field *field) {
    (void)field;
    struct node *value = scalar_schema(arena), *schema = type_schema(arena, "object");
    node_append(arena, (struct node *)node_find(value, "type"), node_string(arena, TEXT("null")));
    node_set(arena, schema, "additionalProperties", value);
    return schema;
}

static struct node *any_schema(struct arena *arena, const struct record_field *field) {
    (void)field;
    return type_schema(arena, "object");
}

static struct node *record_reference(struct arena *arena, const struct record_field *field) {
    struct node *schema = node_mapping(arena);
    node_set(arena, schema, "$ref", node_string(arena, text_format(arena, "#/definitions/%s", field->table->name)));
    return schema;
}

/* A reference hides its neighbours in draft 7; `allOf` lets a description stand beside it. */
static struct node *record_schema_of(struct arena *arena, const struct record_field *field) {
    struct node *all = node_sequence(arena), *schema = node_mapping(arena);
    node_append(arena, all, record_reference(arena, field));
    node_set(arena, schema, "allOf", all);
    return schema;
}

static struct node *text_or_record_schema(struct arena *arena, const struct record_field *field) {
    struct node *either = node_sequence(arena), *schema = node_mapping(arena);
    node_append(arena, either, scalar_schema(arena));
    node_append(arena, either, record_reference(arena, field));
    node_set(arena, schema, "anyOf", either);
    return schema;
}

static struct node *records_schema(struct arena *arena, const struct record_field *field) {
    return list_schema(arena, record_reference(arena, field));
}

static struct node *some_schema(struct arena *arena, const struct record_field *field) {
    struct node *either = node_sequence(arena), *schema = node_mapping(arena);
    node_append(arena, either, record_reference(arena, field));
    node_append(arena, either, records_schema(arena, field));
    node_set(arena, schema, "anyOf", either);
    return schema;
}

static void add_properties(struct arena *arena, const struct record_table *table, struct node *properties) {
    for (size_t i = 0; i < table->count; i++) {
        const struct record_field *field = &table->fields[i];
        if (field->type == &record_inline) {
            add_properties(arena, field->table, properties);
            continue;
        }
        if (field->key == NULL) continue;
        struct node *schema = field->type->schema(arena, field);
        node_set(arena, schema, "description", node_string(arena, text_from(field->help)));
        node_set(arena, properties, field->key, schema);
    }
}

static struct node *object_schema(struct arena *arena, const struct record_table *table) {
    struct node *properties = node_mapping(arena);
    add_properties(arena, table, properties);
    struct node *schema = type_schema(arena, "object");
    node_set(arena, schema, "additionalProperties", node_bool(arena, is_open(table)));
    node_set(arena, schema, "properties", properties);
    return schema;
}

static void add_definitions(struct arena *arena, const struct record_table *table, struct node *definitions) {
    for (size_t i = 0; i < table->count; i++) {
        const struct record_table *below = table->fields[i].table;
        if (below == NULL || node_find(definitions, below->name) != NULL) continue;
        bool is_inline = table->fields[i].type == &record_inline;
        if (!is_inline) node_set(arena, definitions, below->name, object_schema(arena, below));
        add_definitions(arena, below, definitions);
    }
}

struct node *record_schema(struct arena *arena, const struct record_table *table, const char *id) {
    struct node *schema = node_mapping(arena), *definitions = node_mapping(arena);
    node_set(arena, schema, "$schema", node_string(arena, TEXT("http://json-schema.org/draft-07/schema#")));
    node_set(arena, schema, "$id", node_string(arena, text_from(id)));
    node_set(arena, schema, "title", node_string(arena, text_from(table->title)));
    const struct node *object = object_schema(arena, table);
    for (size_t i = 0; i < object->count; i++)
        node_set_pair(arena, schema, node_key(object, i), node_value(object, i));
    add_definitions(arena, table, definitions);
    node_set(arena, schema, "definitions", definitions);
    return schema;
}

const struct node *record_merge(struct arena *arena, const struct node *lower, const struct node *higher) {
    if (higher == NULL) return lower;
    if (lower == NULL || lower->kind != NODE_MAPPING || higher->kind != NODE_MAPPING) return higher;
    struct node *merged = arena_alloc(arena, sizeof(*merged));
    *merged = *higher;
    merged->items = NULL;
    merged->count = 0;
    for (size_t i = 0; i < lower->count; i++) {
        const struct node *over = node_find_text(higher, node_key(lower, i)->text);
        node_set_pair(arena, merged, node_key(lower, i), record_merge(arena, node_value(lower, i), over));
    }
    for (size_t i = 0; i < higher->count; i++)
        if (node_find_text(lower, node_key(higher, i)->text) == NULL)
            node_set_pair(arena, merged, node_key(higher, i), node_value(higher, i));
    return merged;
}

const struct record_type record_text = {read_text, text_schema};
const struct record_type record_bool = {read_bool, bool_schema};
const struct record_type record_choice = {read_choice, choice_schema};
const struct record_type record_choices = {read_choices, choices_schema};
const struct record_type record_texts = {read_texts, texts_schema};
const struct record_type record_pairs = {read_pairs, pairs_schema};
const struct record_type record_any = {read_any, any_schema};
const struct record_type record_record = {read_record, record_schema_of};
const struct record_type record_text_or_record = {read_text_or_record, text_or_record_schema};
const struct record_type record_records = {read_records, records_schema};
const struct record_type record_some = {read_some, some_schema};
const struct record_type record_rest = {NULL, NULL};
const struct record_type record_inline = {NULL, NULL}; /* taken apart by find_field and add_properties */

bool record_same_text(const struct record_text_value *a, const struct record_text_value *b) {
    return text_is_given(a->text) == text_is_given(b->text) && text_equal(a->text, b->text);
}

bool record_same_texts(const struct list *a, const struct list *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = record_same_text(a->items[i], b->items[i]);
    return same;
}

bool record_same_pairs(const struct list *a, const struct list *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        const struct record_pair *left = a->items[i], *right = b->items[i];
        same = text_equal(left->name, right->name) && text_is_given(left->value) == text_is_given(right->value) &&
               text_equal(left->value, right->value);
    }
    return same;
}
