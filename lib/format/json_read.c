#include "format/json_read.h"

#include <jansson.h>

static const struct node *convert(struct arena *arena, const json_t *json);

static struct text copy(struct arena *arena, const json_t *string) {
    return text_copy(arena, text_of(json_string_value(string), json_string_length(string)));
}

static const struct node *convert_object(struct arena *arena, const json_t *json) {
    struct node *mapping = node_mapping(arena);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)json, key, value) {
        node_set_pair(arena, mapping, node_string(arena, text_copy(arena, text_from(key))), convert(arena, value));
    }
    return mapping;
}

static const struct node *convert_array(struct arena *arena, const json_t *json) {
    struct node *sequence = node_sequence(arena);
    for (size_t i = 0; i < json_array_size(json); i++)
        node_append(arena, sequence, convert(arena, json_array_get(json, i)));
    return sequence;
}

/* Numbers keep what a text of them tells: nobody computes with them here. */
static const struct node *convert(struct arena *arena, const json_t *json) {
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return convert_object(arena, json);
    case JSON_ARRAY:
        return convert_array(arena, json);
    case JSON_STRING:
        return node_string(arena, copy(arena, json));
    case JSON_INTEGER:
        return node_number(arena, (long)json_integer_value(json));
    case JSON_REAL:
        return node_string(arena, text_format(arena, "%g", json_real_value(json)));
    case JSON_TRUE:
    case JSON_FALSE:
        return node_bool(arena, json_is_true(json));
    case JSON_NULL:
        break;
    }
    return node_null(arena);
}

const struct node *json_read(struct arena *arena, struct text bytes) {
    json_error_t error;
    json_t *json = json_loadb(bytes.len == 0 ? "" : bytes.ptr, bytes.len, JSON_DECODE_ANY, &error);
    if (json == NULL) return NULL;
    const struct node *node = convert(arena, json);
    json_decref(json);
    return node;
}
