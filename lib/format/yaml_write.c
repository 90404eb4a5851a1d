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
    unsigned char bad = 0; /* no early way out: so a compiler looks at many bytes at once */
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        bad |= (unsigned char)((c < 0x20) | (c == 0x7F) | (c == 0xC2) | (c == 0xE2) | (c == 0xEF));
    }
    return bad == 0;
}

static bool is_block_lines(struct text text) {
    if (text.len < 2 || !text_ends(text, "\n") || text_ends(text, "\n\n")) return false;
    struct text rest = text, line;
    while (text_next(&rest, '\n', &line))
        if (!is_block_line(line)) return false;
    return true;
}

/*
 * A literal block: several lines, the first one not blank or indented, one line end at the end.
 * The lead bytes C2, E2 and EF are left to double quotes because U+0085, U+2028, U+2029 and the
 * byte order mark begin with them; a dash or an ellipsis in a comment is worth the price.
 */
static bool is_block(struct text text) {
    return text.len > 0 && text.ptr[0] != ' ' && text.ptr[0] != '\n' && is_block_lines(text);
}

static yaml_scalar_style_t style_of(const struct node *node) {
    if (node->kind != NODE_STRING) return YAML_PLAIN_SCALAR_STYLE;
    return is_block(node->text) ? YAML_LITERAL_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}

struct yaml_writer {
    yaml_emitter_t emitter;
    struct buffer *buffer;
    bool ok;
    struct text lead;        /* see yaml_writer_lead; absent: none, or one that is no block */
    struct list *insertions; /* where it goes */
    struct text lead_lines;  /* it as it stands at lead_indent; made once */
    int lead_indent;
};

/* Hands an event over; `made` says whether it could be made. libyaml owns it from here on, whatever happens. */
static bool hand_over(struct yaml_writer *writer, yaml_event_t *event, int made) {
    writer->ok = writer->ok && made && yaml_emitter_emit(&writer->emitter, event);
    return writer->ok;
}

static bool write_scalar(struct yaml_writer *writer, struct text text, yaml_scalar_style_t style) {
    yaml_event_t event;
    if (!text_is_utf8(text)) return writer->ok = false; /* libyaml's own look lets surrogates pass */
    const yaml_char_t *bytes = (const yaml_char_t *)text.ptr;
    return hand_over(writer, &event,
                     yaml_scalar_event_initialize(&event, NULL, NULL, bytes, (int)text.len, 1, 1, style));
}

static bool begin_sequence(struct yaml_writer *writer, yaml_sequence_style_t style) {
    yaml_event_t event;
    return hand_over(writer, &event, yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, style));
}

static bool begin_mapping(struct yaml_writer *writer, yaml_mapping_style_t style) {
    yaml_event_t event;
    return hand_over(writer, &event, yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, style));
}

bool yaml_writer_begin_sequence(struct yaml_writer *writer) {
    return begin_sequence(writer, YAML_BLOCK_SEQUENCE_STYLE);
}

bool yaml_writer_begin_mapping(struct yaml_writer *writer) {
    return begin_mapping(writer, YAML_BLOCK_MAPPING_STYLE);
}

bool yaml_writer_end_sequence(struct yaml_writer *writer) {
    yaml_event_t event;
    return hand_over(writer, &event, yaml_sequence_end_event_initialize(&event));
}

bool yaml_writer_end_mapping(struct yaml_writer *writer) {
    yaml_event_t event;
    return hand_over(writer, &event, yaml_mapping_end_event_initialize(&event));
}

bool yaml_writer_key(struct yaml_writer *writer, struct text key) {
    return write_scalar(writer, key,
                        yaml_is_plain_word(key) ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

#define PLACEHOLDER "block"

/*
 * A literal block is written here, in the place of a word that libyaml was given for it: libyaml looks at each
 * byte of a scalar three times, and the commands of a pipeline are nearly all of its text. What a block may hold is
 * decided by is_block. The last line end is libyaml's, with what comes next. (Close behind the start of a mapping
 * libyaml holds events back; there the block is left to it.)
 */
static bool can_begin_block(const struct yaml_writer *writer) {
    return writer->emitter.events.head == writer->emitter.events.tail;
}

static bool begin_block(struct yaml_writer *writer) {
    if (!write_scalar(writer, TEXT(PLACEHOLDER), YAML_PLAIN_SCALAR_STYLE)) return false;
    writer->ok = yaml_emitter_flush(&writer->emitter) != 0 && text_ends(buffer_text(writer->buffer), PLACEHOLDER);
    if (!writer->ok) return false;
    writer->buffer->len -= sizeof(PLACEHOLDER) - 1;
    buffer_add_byte(writer->buffer, '|');
    return true;
}

static int block_indent(const struct yaml_writer *writer) {
    return writer->emitter.indent + 2;
}

/* Each line behind a line end. */
static void add_lines(struct buffer *buffer, struct text text, int indent) {
    buffer_reserve(buffer, text.len + text.len / 4 + 16);
    struct text rest = text_first(text, text.len - 1), line;
    while (text_next(&rest, '\n', &line)) {
        buffer_add_byte(buffer, '\n');
        if (line.len > 0) buffer_add_repeated(buffer, ' ', (size_t)indent);
        buffer_add(buffer, line);
    }
}

static bool write_block(struct yaml_writer *writer, struct text text) {
    if (!can_begin_block(writer)) return write_scalar(writer, text, YAML_LITERAL_SCALAR_STYLE);
    if (!begin_block(writer)) return false;
    add_lines(writer->buffer, text, block_indent(writer));
    return true;
}

static void insert_lead(struct yaml_writer *writer) {
    struct arena *arena = writer->buffer->arena;
    int indent = block_indent(writer);
    if (!text_is_given(writer->lead_lines) || writer->lead_indent != indent) {
        struct buffer lines = buffer_in(arena);
        add_lines(&lines, writer->lead, indent);
        writer->lead_lines = buffer_text(&lines);
        writer->lead_indent = indent;
    }
    struct yaml_insertion *insertion = arena_alloc(arena, sizeof(*insertion));
    *insertion = (struct yaml_insertion){.at = writer->buffer->len, .text = writer->lead_lines};
    list_add(arena, writer->insertions, insertion);
}

/* The lead and the text as one scalar. */
static bool write_led(struct yaml_writer *writer, const struct node *node) {
    if (is_block(writer->lead) && is_block_lines(node->text) && can_begin_block(writer)) {
        if (!begin_block(writer)) return false;
        insert_lead(writer);
        add_lines(writer->buffer, node->text, block_indent(writer));
        return true;
    }
    struct node whole = *node;
    whole.text = text_concat(writer->buffer->arena, writer->lead, node->text);
    whole.style = NODE_STYLE_NONE;
    return yaml_writer_node(writer, &whole);
}

static bool write_sequence(struct yaml_writer *writer, const struct node *node) {
    if (!begin_sequence(writer, node->count == 0 ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE)) return false;
    for (size_t i = 0; i < node->count; i++)
        if (!yaml_writer_node(writer, node->items[i])) return false;
    return yaml_writer_end_sequence(writer);
}

static bool write_mapping(struct yaml_writer *writer, const struct node *node) {
    if (!begin_mapping(writer, node->count == 0 ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE)) return false;
    for (size_t i = 0; i < node->count; i++)
        if (!yaml_writer_key(writer, node_key(node, i)->text) || !yaml_writer_node(writer, node_value(node, i)))
            return false;
    return yaml_writer_end_mapping(writer);
}

bool yaml_writer_node(struct yaml_writer *writer, const struct node *node) {
    if (node->kind == NODE_MAPPING) return write_mapping(writer, node);
    if (node->kind == NODE_SEQUENCE) return write_sequence(writer, node);
    if (node->kind == NODE_NULL) return write_scalar(writer, TEXT("null"), YAML_PLAIN_SCALAR_STYLE);
    if (node->style == NODE_STYLE_LED) return write_led(writer, node);
    yaml_scalar_style_t style = style_of(node);
    return style == YAML_LITERAL_SCALAR_STYLE ? write_block(writer, node->text)
                                              : write_scalar(writer, node->text, style);
}

void yaml_writer_lead(struct yaml_writer *writer, struct text lead, struct list *insertions) {
    writer->lead = lead;
    writer->insertions = insertions;
    writer->lead_lines = (struct text){0};
}

struct yaml_writer *yaml_writer_open(struct buffer *buffer, bool explicit_start) {
    struct yaml_writer *writer = arena_alloc(buffer->arena, sizeof(*writer)); /* zeroed */
    if (!yaml_emitter_initialize(&writer->emitter)) return NULL;
    yaml_emitter_set_output(&writer->emitter, append, buffer);
    yaml_emitter_set_unicode(&writer->emitter, 1);
    yaml_emitter_set_width(&writer->emitter, -1);
    yaml_emitter_set_break(&writer->emitter, YAML_LN_BREAK);
    writer->buffer = buffer;
    writer->ok = true;
    yaml_event_t event;
    hand_over(writer, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
    hand_over(writer, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, !explicit_start));
    return writer;
}

bool yaml_writer_close(struct yaml_writer *writer) {
    yaml_event_t event;
    hand_over(writer, &event, yaml_document_end_event_initialize(&event, 1));
    hand_over(writer, &event, yaml_stream_end_event_initialize(&event));
    yaml_emitter_delete(&writer->emitter);
    return writer->ok;
}

bool yaml_write(struct buffer *buffer, const struct node *root, bool explicit_start) {
    struct yaml_writer *writer = yaml_writer_open(buffer, explicit_start);
    if (writer == NULL) return false;
    yaml_writer_node(writer, root);
    return yaml_writer_close(writer);
}
