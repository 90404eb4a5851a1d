#include "format/json_write.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *convert(const struct node *node);

static json_t *convert_sequence(const struct node *node) {
    json_t *array = json_array();
    for (size_t i = 0; i < node->count; i++)
        if (json_array_append_new(array, convert(node->items[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *convert_mapping(const struct node *node) {
    json_t *object = json_object();
    struct arena scratch;
    arena_init(&scratch);
    bool ok = true;
    for (size_t i = 0; ok && i < node->count; i++)
        ok = json_object_set_new(object, text_string(&scratch, node_key(node, i)->text),
                                 convert(node_value(node, i))) == 0;
    arena_finish(&scratch);
    if (ok) return object;
    json_decref(object);
    return NULL;
}

static json_t *convert_number(struct text text) {
    char digits[32] = {0};
    for (size_t i = 0; i < text.len && i < sizeof(digits) - 1; i++)
        digits[i] = text.ptr[i];
    return json_integer(strtoll(digits, NULL, 10));
}

/* NULL for text that is not UTF-8; jansson's setters pass that on as a failure. */
static json_t *convert(const struct node *node) {
    switch (node->kind) {
    case NODE_NULL:
        return json_null();
    case NODE_BOOL:
        return json_boolean(text_is(node->text, "true"));
    case NODE_NUMBER:
        return convert_number(node->text);
    case NODE_STRING:
        return json_stringn(node->text.ptr == NULL ? "" : node->text.ptr, node->text.len);
    case NODE_SEQUENCE:
        return convert_sequence(node);
    case NODE_MAPPING:
        break;
    }
    return convert_mapping(node);
}

/* Bytes of the character at the front that jansson writes raw and other readers trip on; 0 for others. */
static size_t awkward_length(struct text text, unsigned *code) {
    const unsigned char *p = (const unsigned char *)text.ptr;
    if (p[0] == 0x7F) return *code = 0x7F, 1;
    if (text.len >= 2 && p[0] == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0) return *code = p[1], 2;
    if (text.len < 3) return 0;
    if (p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9)) return *code = 0x2000u + p[2] - 0x80, 3;
    if (p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF) return *code = 0xFEFF, 3;
    if (p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE) return *code = 0xFFC0u + p[2] - 0x80, 3;
    return 0;
}

/* They can only stand inside strings, so the text can be rewritten without reading it as JSON. */
static int append(const char *bytes, size_t size, void *buffer) {
    struct text rest = text_of(bytes, size);
    while (rest.len > 0) {
        unsigned code = 0;
        size_t awkward = awkward_length(rest, &code);
        if (awkward > 0) {
            buffer_format(buffer, "\\u%04x", code);
        } else {
            buffer_add_byte(buffer, rest.ptr[0]);
        }
        rest = text_from_offset(rest, awkward > 0 ? awkward : 1);
    }
    return 0;
}

bool json_write(struct buffer *buffer, const struct node *root) {
    json_t *json = convert(root);
    if (json == NULL) return false;
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_ENCODE_ANY);
    json_decref(json);
    if (text == NULL) return false;
    append(text, text_from(text).len, buffer);
    buffer_add_byte(buffer, '\n');
    free(text);
    return true;
}
