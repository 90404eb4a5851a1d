#include "format/yaml_read.h"

#include "base/map.h"

#include <string.h>
#include <yaml.h>

/* Below this many keys a mapping is searched; above it a hash is made. */
#define FEW_KEYS 16

struct anchor {
    const struct node *node; /* NULL while its content is being read */
    size_t weight;           /* nodes below it, with every alias expanded */
};

struct reader {
    struct arena *arena; /* of nodes */
    struct arena *texts; /* of texts that are not views into the source */
    const struct source *source;
    struct diagnostics *diagnostics;
    yaml_parser_t parser;
    struct map anchors;       /* name → struct anchor *; a later document knows them, too, as in go-yaml */
    const struct node **open; /* children of the collections that are being read, the innermost last */
    size_t open_count;
    size_t open_capacity;
    size_t nodes;
    size_t expanded;
    unsigned depth;
    bool is_ascii;   /* libyaml's mark counts characters: only then it is an offset */
    bool is_literal; /* keys may come twice, and `<<` is a key as any other */
};

static const struct node *read_node(struct reader *reader, const yaml_event_t *event);

static struct place place_of(const struct reader *reader, yaml_mark_t mark) {
    return (struct place){
        .source = reader->source, .line = (uint32_t)mark.line + 1, .column = (uint32_t)mark.column + 1};
}

/* libyaml's own words, with its context ("while parsing a block mapping, …") as the second half. */
static void report_syntax(struct reader *reader) {
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem == NULL ? "not valid YAML" : parser->problem;
    struct place place = place_of(reader, parser->problem_mark);
    if (parser->error == YAML_READER_ERROR)
        place = source_place(reader->source,
                             text_first(text_from_offset(reader->source->bytes, parser->problem_offset), 1));
    if (parser->context == NULL) {
        diag_add(reader->diagnostics, DIAG_ERROR, "yaml-syntax", place, "%s", problem);
    } else {
        diag_add(reader->diagnostics, DIAG_ERROR, "yaml-syntax", place, "%s, %s", problem, parser->context);
    }
}

static bool next_event(struct reader *reader, yaml_event_t *out) {
    if (yaml_parser_parse(&reader->parser, out)) return true;
    report_syntax(reader);
    return false;
}

static const struct node *limit_passed(struct reader *reader, yaml_mark_t mark, const char *what) {
    diag_add(reader->diagnostics, DIAG_ERROR, "yaml-limit", place_of(reader, mark), "%s", what);
    return NULL;
}

/* A view into the source where the value stands there as it is, which nearly all do; else a copy. */
static struct text scalar_text(struct reader *reader, const yaml_event_t *event) {
    struct text value = text_of((const char *)event->data.scalar.value, event->data.scalar.length);
    bool quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    struct text there = text_from_offset(reader->source->bytes, event->start_mark.index + quoted);
    bool same = reader->is_ascii && there.len >= value.len && text_equal(text_first(there, value.len), value);
    return same ? text_first(there, value.len) : text_copy(reader->texts, value);
}

/* "tag:yaml.org,2002:str" is written "!!str". */
static const char *tag_string(struct arena *arena, const yaml_char_t *tag) {
    static const char prefix[] = "tag:yaml.org,2002:";
    struct text text = text_from((const char *)tag);
    if (tag == NULL) return NULL;
    if (!text_starts(text, prefix)) return text_string(arena, text);
    return text_string(arena, text_concat(arena, TEXT("!!"), text_from_offset(text, sizeof(prefix) - 1)));
}

static bool is_null_word(struct text text) {
    return text.len == 0 || text_is(text, "~") || text_is(text, "null") || text_is(text, "Null") ||
           text_is(text, "NULL");
}

static struct node *create(struct reader *reader, const yaml_event_t *event, enum node_kind kind,
                           const yaml_char_t *tag) {
    struct node *node = arena_alloc(reader->arena, sizeof(*node));
    node->kind = kind;
    node->source = reader->source;
    node->line = (uint32_t)event->start_mark.line + 1;
    node->column = (uint32_t)event->start_mark.column + 1;
    node->tag = tag_string(reader->texts, tag);
    return node;
}

static const struct node *read_scalar(struct reader *reader, const yaml_event_t *event) {
    struct node *node = create(reader, event, NODE_STRING, event->data.scalar.tag);
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->style = plain ? NODE_STYLE_PLAIN : NODE_STYLE_QUOTED;
    node->text = scalar_text(reader, event);
    if (plain && node->tag == NULL && is_null_word(node->text)) node->kind = NODE_NULL;
    if (!text_has(node->text, '\0')) return node;
    diag_add(reader->diagnostics, DIAG_ERROR, "yaml-nul", node_place(node),
             "a text with a NUL, which no command can be given");
    return NULL;
}

static void push(struct reader *reader, const struct node *node) {
    if (reader->open_count == reader->open_capacity) {
        size_t size = reader->open_capacity * sizeof(*reader->open);
        reader->open_capacity = reader->open_capacity == 0 ? 256 : reader->open_capacity * 2;
        reader->open = arena_grow(reader->arena, reader->open, size, reader->open_capacity * sizeof(*reader->open));
    }
    reader->open[reader->open_count++] = node;
}

/* The children from `first` on leave the stack and become the items of `node`, in an array of just their number. */
static void take_items(struct reader *reader, struct node *node, size_t first, size_t count) {
    size_t children = reader->open_count - first;
    node->items = arena_array(reader->arena, children, sizeof(*node->items));
    if (children > 0) memcpy(node->items, reader->open + first, children * sizeof(*node->items));
    node->count = count;
    reader->open_count = first;
}

static const struct node *read_sequence(struct reader *reader, const yaml_event_t *start) {
    struct node *node = create(reader, start, NODE_SEQUENCE, start->data.sequence_start.tag);
    size_t first = reader->open_count;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event)) return NULL;
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        const struct node *item = end ? NULL : read_node(reader, &event);
        yaml_event_delete(&event);
        if (end) break;
        if (item == NULL) return NULL;
        push(reader, item);
    }
    take_items(reader, node, first, reader->open_count - first);
    return node;
}

/* The pairs of one mapping, on the stack from `first` on. Few are searched, of many `hash` knows the keys. */
struct pairs {
    struct reader *reader;
    size_t first;
    size_t count;
    struct map hash;
};

static const struct node *key_of(const struct pairs *pairs, size_t i) {
    return pairs->reader->open[pairs->first + 2 * i];
}

static const struct node *find_key(const struct pairs *pairs, struct text key) {
    if (pairs->count > FEW_KEYS) return map_find(&pairs->hash, key);
    for (size_t i = 0; i < pairs->count; i++)
        if (text_equal(key_of(pairs, i)->text, key)) return key_of(pairs, i);
    return NULL;
}

static void add_pair(struct pairs *pairs, const struct node *key, const struct node *value) {
    push(pairs->reader, key);
    push(pairs->reader, value);
    pairs->count++;
    if (pairs->count <= FEW_KEYS || pairs->reader->is_literal) return;
    for (size_t i = pairs->hash.count; i < pairs->count; i++)
        map_set(pairs->reader->arena, &pairs->hash, key_of(pairs, i)->text, (void *)key_of(pairs, i));
}

static bool is_merge_key(const struct node *key) {
    return key->kind == NODE_STRING && key->style == NODE_STYLE_PLAIN && text_is(key->text, "<<");
}

static bool check_key(const struct pairs *pairs, const struct node *key) {
    struct diagnostics *diagnostics = pairs->reader->diagnostics;
    if (!node_is_scalar(key)) {
        diag_add(diagnostics, DIAG_ERROR, "yaml-key", node_place(key), "%s cannot be a key of a mapping",
                 node_kind_name(key));
        return false;
    }
    const struct node *first = find_key(pairs, key->text);
    if (first == NULL) return true;
    struct diagnostic *diagnostic = diag_add(diagnostics, DIAG_ERROR, "yaml-duplicate-key", node_place(key),
                                             "the key '%.*s' stands here a second time", TEXT_ARG(key->text));
    diag_second(diagnostics, diagnostic, node_place(first), "first defined here");
    return false;
}

static bool merge_from(struct pairs *into, const struct node *from) {
    struct reader *reader = into->reader;
    if (from->kind != NODE_MAPPING) {
        diag_add(reader->diagnostics, DIAG_ERROR, "yaml-merge", node_place(from),
                 "'<<' takes a mapping or a list of mappings, not %s", node_kind_name(from));
        return false;
    }
    for (size_t i = 0; i < from->count; i++)
        if (find_key(into, node_key(from, i)->text) == NULL) add_pair(into, node_key(from, i), node_value(from, i));
    reader->expanded += 2 * from->count;
    return reader->expanded <= YAML_NODE_LIMIT ||
           limit_passed(reader, reader->parser.mark, "too much is merged") != NULL;
}

/* The pairs of `read` without its `<<`, then what that brings; explicit keys win wherever it stands. */
static const struct node *merge_keys(struct reader *reader, const struct node *read, const struct node *merge) {
    struct node *node = arena_alloc(reader->arena, sizeof(*node));
    *node = *read;
    struct pairs pairs = {.reader = reader, .first = reader->open_count};
    for (size_t i = 0; i < read->count; i++)
        if (node_value(read, i) != merge || !is_merge_key(node_key(read, i)))
            add_pair(&pairs, node_key(read, i), node_value(read, i));
    bool is_list = merge->kind == NODE_SEQUENCE;
    bool ok = is_list || merge_from(&pairs, merge);
    for (size_t i = 0; ok && is_list && i < merge->count; i++)
        ok = merge_from(&pairs, merge->items[i]);
    take_items(reader, node, pairs.first, pairs.count);
    return ok ? node : NULL;
}

/* Key and value of one pair; false at the end of the mapping (`key` NULL) and on an error (`failed`). */
static bool read_pair(struct reader *reader, const struct node **key, const struct node **value, bool *failed) {
    yaml_event_t event;
    *failed = true;
    if (!next_event(reader, &event)) return false;
    if (event.type == YAML_MAPPING_END_EVENT) {
        yaml_event_delete(&event);
        *failed = false;
        return false;
    }
    *key = read_node(reader, &event);
    yaml_event_delete(&event);
    if (*key == NULL || !next_event(reader, &event)) return false;
    *value = read_node(reader, &event);
    yaml_event_delete(&event);
    *failed = *value == NULL;
    return !*failed;
}

static const struct node *read_mapping(struct reader *reader, const yaml_event_t *start) {
    struct node *node = create(reader, start, NODE_MAPPING, start->data.mapping_start.tag);
    struct pairs pairs = {.reader = reader, .first = reader->open_count};
    const struct node *key, *value, *merge = NULL;
    bool failed;
    while (read_pair(reader, &key, &value, &failed)) {
        if (!reader->is_literal && !check_key(&pairs, key)) return NULL;
        if (!reader->is_literal && is_merge_key(key)) merge = value;
        add_pair(&pairs, key, value);
    }
    if (failed) return NULL;
    take_items(reader, node, pairs.first, pairs.count);
    return merge == NULL ? node : merge_keys(reader, node, merge);
}

static const struct node *read_alias(struct reader *reader, const yaml_event_t *event) {
    struct text name = text_from((const char *)event->data.alias.anchor);
    const struct anchor *anchor = map_find(&reader->anchors, name);
    if (anchor == NULL || anchor->node == NULL) {
        diag_add(reader->diagnostics, DIAG_ERROR, "yaml-alias", place_of(reader, event->start_mark),
                 anchor == NULL ? "the anchor '%.*s' is not defined" : "the anchor '%.*s' contains itself",
                 TEXT_ARG(name));
        return NULL;
    }
    reader->expanded += anchor->weight;
    if (reader->expanded > YAML_NODE_LIMIT)
        return limit_passed(reader, event->start_mark, "its aliases expand to too many values");
    return anchor->node;
}

static const yaml_char_t *anchor_name(const yaml_event_t *event) {
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor;
    default:
        return NULL;
    }
}

static struct anchor *open_anchor(struct reader *reader, const yaml_event_t *event) {
    const yaml_char_t *name = anchor_name(event);
    if (name == NULL) return NULL;
    struct anchor *anchor = arena_alloc(reader->arena, sizeof(*anchor));
    map_set(reader->arena, &reader->anchors, text_copy(reader->arena, text_from((const char *)name)), anchor);
    return anchor;
}

static const struct node *read_content(struct reader *reader, const yaml_event_t *event) {
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(reader, event);
    case YAML_SEQUENCE_START_EVENT:
        return read_sequence(reader, event);
    default:
        return read_mapping(reader, event);
    }
}

static const struct node *read_node(struct reader *reader, const yaml_event_t *event) {
    if (event->type == YAML_ALIAS_EVENT) return read_alias(reader, event);
    if (++reader->nodes > YAML_NODE_LIMIT) return limit_passed(reader, event->start_mark, "too many values");
    if (reader->depth == YAML_DEPTH_LIMIT) return limit_passed(reader, event->start_mark, "nested too deeply");
    struct anchor *anchor = open_anchor(reader, event);
    size_t before = reader->expanded++;
    reader->depth++;
    const struct node *node = read_content(reader, event);
    reader->depth--;
    if (anchor != NULL) *anchor = (struct anchor){.node = node, .weight = reader->expanded - before};
    return node;
}

/* After the start of a document: its one node, and its end. */
static const struct node *read_document(struct reader *reader) {
    yaml_event_t event;
    if (!next_event(reader, &event)) return NULL;
    const struct node *node = read_node(reader, &event);
    yaml_event_delete(&event);
    if (node == NULL || !next_event(reader, &event)) return NULL;
    yaml_event_delete(&event);
    return node;
}

static bool read_stream(struct reader *reader, struct list *documents) {
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event)) return false;
        yaml_event_type_t type = event.type;
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT) return true;
        if (type != YAML_DOCUMENT_START_EVENT) continue;
        const struct node *node = read_document(reader);
        if (node == NULL) return false;
        list_add(reader->arena, documents, (void *)node);
    }
}

static bool is_ascii(struct text text) {
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80) return false;
    return true;
}

bool yaml_read(struct arena *arena, const struct source *source, struct diagnostics *diagnostics, struct list *out) {
    return yaml_read_apart(arena, arena, source, diagnostics, out);
}

static bool begin(struct reader *reader) {
    if (!yaml_parser_initialize(&reader->parser)) {
        diag_add(reader->diagnostics, DIAG_ERROR, "yaml-syntax", source_whole(reader->source),
                 "no memory for the YAML parser");
        return false;
    }
    struct text bytes = reader->source->bytes;
    reader->is_ascii = is_ascii(bytes);
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)bytes.ptr, bytes.len);
    return true;
}

bool yaml_read_apart(struct arena *nodes, struct arena *texts, const struct source *source,
                     struct diagnostics *diagnostics, struct list *out) {
    struct reader reader = {.arena = nodes, .texts = texts, .source = source, .diagnostics = diagnostics};
    struct list documents = {0};
    if (!begin(&reader)) return false;
    bool ok = read_stream(&reader, &documents);
    yaml_parser_delete(&reader.parser);
    if (ok) *out = documents;
    return ok;
}

static const struct node *null_of(struct arena *arena, const struct source *source) {
    struct node *empty = node_null(arena);
    empty->source = source;
    return empty;
}

/* go-yaml's own rule, which libyaml no longer has: nothing but 1.1. */
static bool is_version_one_one(struct reader *reader, const yaml_event_t *event) {
    const yaml_version_directive_t *version = event->data.document_start.version_directive;
    if (version == NULL || (version->major == 1 && version->minor == 1)) return true;
    diag_add(reader->diagnostics, DIAG_ERROR, "yaml-syntax", place_of(reader, event->start_mark),
             "a document of YAML %d.%d, where 1.1 is read", version->major, version->minor);
    return false;
}

static const struct node *read_first(struct reader *reader) {
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event)) return NULL;
        yaml_event_type_t type = event.type;
        bool ok = type != YAML_DOCUMENT_START_EVENT || is_version_one_one(reader, &event);
        yaml_event_delete(&event);
        if (!ok) return NULL;
        if (type == YAML_STREAM_END_EVENT) return null_of(reader->arena, reader->source);
        if (type == YAML_DOCUMENT_START_EVENT) return read_document(reader);
    }
}

bool yaml_read_first(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                     const struct node **out) {
    struct reader reader = {
        .arena = arena, .texts = arena, .source = source, .diagnostics = diagnostics, .is_literal = true};
    if (!begin(&reader)) return false;
    const struct node *node = read_first(&reader);
    yaml_parser_delete(&reader.parser);
    if (node != NULL) *out = node;
    return node != NULL;
}

bool yaml_read_one(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                   const struct node **out) {
    struct list documents = {0};
    if (!yaml_read(arena, source, diagnostics, &documents)) return false;
    if (documents.count > 1) {
        diag_add(diagnostics, DIAG_ERROR, "yaml-documents", node_place(documents.items[1]),
                 "a second document ('---') in a file that holds one");
        return false;
    }
    if (documents.count == 1) {
        *out = documents.items[0];
        return true;
    }
    *out = null_of(arena, source);
    return true;
}
