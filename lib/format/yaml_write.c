#include "format/yaml_write.h"

#include <string.h>
#include <yaml.h>

static int append(void *buffer, unsigned char *bytes, size_t size) {
    buffer_add(buffer, text_of((const char *)bytes, size));
    return 1;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static bool is_word_byte(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '/';
}

/* The words that YAML 1.1 or 1.2 reads as something other than a string. */
static bool is_keyword(struct text text) {
    static const char *const words[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (text_equal_ignoring_case(text, text_from(words[i]))) return true;
    return false;
}

bool yaml_is_plain_word(struct text text) {
    if (text.len == 0 || !is_letter(text.ptr[0]) || is_keyword(text)) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!is_word_byte(text.ptr[i])) return false;
    return true;
}

/* No reader folds, strips or refuses such a line: printable ASCII and whole UTF-8 above the C1 range, no space at its ends. */
static bool is_block_line(struct text line) {
    if (line.len == 0) return true;
    if (line.ptr[line.len - 1] == ' ') return false;
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        if (c < 0x20 || c == 0x7F || c == 0xC2 || c == 0xE2 || c == 0xEF) return false;
    }
    return true;
}

/*
 * A literal block: several lines, the first one not blank or indented, one line end at the end.
 * The lead bytes C2, E2 and EF are left to double quotes because U+0085, U+2028, U+2029 and the
 * byte order mark begin with them; a dash or an ellipsis in a comment is worth the price.
 */
static bool is_block(struct text text) {
    if (!text_has(text, '\n') || text.ptr[0] == ' ' || text.ptr[0] == '\n') return false;
    if (!text_ends(text, "\n") || text_ends(text, "\n\n")) return false;
    struct text rest = text, line;
    while (text_next(&rest, '\n', &line))
        if (!is_block_line(line)) return false;
    return true;
}

static yaml_scalar_style_t style_of(const struct node *node) {
    if (node->kind != NODE_STRING) return YAML_PLAIN_SCALAR_STYLE;
    return is_block(node->text) ? YAML_LITERAL_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}

static bool emit(yaml_emitter_t *emitter, yaml_event_t *event) {
    return yaml_emitter_emit(emitter, event) != 0;
}

static bool write_scalar(yaml_emitter_t *emitter, struct text text, yaml_scalar_style_t style) {
    yaml_event_t event;
    bool made = yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text.ptr, (int)text.len, 1, 1,
                                             style) != 0;
    return made && emit(emitter, &event);
}

static bool write_node(yaml_emitter_t *emitter, const struct node *node);

static bool write_sequence(yaml_emitter_t *emitter, const struct node *node) {
    yaml_event_t event;
    yaml_sequence_style_t style = node->count == 0 ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE;
    if (!yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, style) || !emit(emitter, &event)) return false;
    for (size_t i = 0; i < node->count; i++)
        if (!write_node(emitter, node->items[i])) return false;
    return yaml_sequence_end_event_initialize(&event) && emit(emitter, &event);
}

static bool write_key(yaml_emitter_t *emitter, struct text key) {
    return write_scalar(emitter, key,
                        yaml_is_plain_word(key) ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

static bool write_mapping(yaml_emitter_t *emitter, const struct node *node) {
    yaml_event_t event;
    yaml_mapping_style_t style = node->count == 0 ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE;
    if (!yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, style) || !emit(emitter, &event)) return false;
    for (size_t i = 0; i < node->count; i++)
        if (!write_key(emitter, node_key(node, i)->text) || !write_node(emitter, node_value(node, i))) return false;
    return yaml_mapping_end_event_initialize(&event) && emit(emitter, &event);
}

static bool write_node(yaml_emitter_t *emitter, const struct node *node) {
    if (node->kind == NODE_MAPPING) return write_mapping(emitter, node);
    if (node->kind == NODE_SEQUENCE) return write_sequence(emitter, node);
    return write_scalar(emitter, node->kind == NODE_NULL ? TEXT("null") : node->text, style_of(node));
}

static bool write_document(yaml_emitter_t *emitter, const struct node *root, bool explicit_start) {
    yaml_event_t event;
    return yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING) && emit(emitter, &event) &&
           yaml_document_start_event_initialize(&event, NULL, NULL, NULL, !explicit_start) && emit(emitter, &event) &&
           write_node(emitter, root) && yaml_document_end_event_initialize(&event, 1) && emit(emitter, &event) &&
           yaml_stream_end_event_initialize(&event) && emit(emitter, &event);
}

bool yaml_write(struct buffer *buffer, const struct node *root, bool explicit_start) {
    yaml_emitter_t emitter;
    if (!yaml_emitter_initialize(&emitter)) return false;
    yaml_emitter_set_output(&emitter, append, buffer);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    yaml_emitter_set_break(&emitter, YAML_LN_BREAK);
    bool ok = write_document(&emitter, root, explicit_start);
    yaml_emitter_delete(&emitter);
    return ok;
}
