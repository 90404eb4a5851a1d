#include "report/settings_text.h"

#include "format/yaml_write.h"

struct writer {
    struct arena *arena;
    struct buffer *buffer;
    const struct settings_view *view;
    bool shows_origin;
    bool ok;
};

/* A plain scalar keeps its type: a timeout of 30 is no text. */
static const struct node *typed(struct arena *arena, const struct node *node) {
    if (node_is_scalar(node)) {
        bool is_plain = node->style == NODE_STYLE_PLAIN && node->kind == NODE_STRING;
        bool is_number =
            is_plain && node->text.len > 0 && node->text.len < 16 && (node->text.len == 1 || node->text.ptr[0] != '0');
        for (size_t i = 0; is_number && i < node->text.len; i++)
            is_number = node->text.ptr[i] >= '0' && node->text.ptr[i] <= '9';
        if (is_plain && (text_is(node->text, "true") || text_is(node->text, "false")))
            return node_bool(arena, text_is(node->text, "true"));
        if (!is_number) return node;
        struct node *number = node_number(arena, 0);
        number->text = node->text;
        return number;
    }
    struct node *copy = node->kind == NODE_MAPPING ? node_mapping(arena) : node_sequence(arena);
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_MAPPING) {
            node_set_pair(arena, copy, node_key(node, i), typed(arena, node_value(node, i)));
        } else {
            node_append(arena, copy, typed(arena, node->items[i]));
        }
    }
    return copy;
}

/* The YAML of one pair, its lines moved to the right, the origin behind the first. */
static void write_pair(struct writer *writer, const struct texts *keys, const struct node *value) {
    size_t indent = 2 * (keys->count - 1);
    struct node *pair = node_mapping(writer->arena);
    struct buffer lines = buffer_in(writer->arena);
    node_set_pair(writer->arena, pair, node_string(writer->arena, keys->items[keys->count - 1]),
                  typed(writer->arena, value));
    writer->ok &= yaml_write(&lines, pair, false);
    struct text rest = buffer_text(&lines), line,
                origin = settings_view_origin(writer->arena, writer->view, keys, value);
    bool is_first = true;
    while (rest.len > 0 && text_next(&rest, '\n', &line)) {
        if (line.len == 0 && rest.len == 0) break;
        buffer_add_repeated(writer->buffer, ' ', line.len == 0 ? 0 : indent);
        buffer_add(writer->buffer, line);
        if (is_first && writer->shows_origin) buffer_format(writer->buffer, "  # %.*s", TEXT_ARG(origin));
        buffer_add_byte(writer->buffer, '\n');
        is_first = false;
    }
}

static void write_mapping(struct writer *writer, struct texts *keys, const struct node *mapping) {
    for (size_t i = 0; i < mapping->count; i++) {
        const struct node *value = node_value(mapping, i);
        texts_add(writer->arena, keys, node_key(mapping, i)->text);
        if (value->kind == NODE_MAPPING && value->count > 0) {
            struct node *key = node_mapping(writer->arena);
            struct buffer line = buffer_in(writer->arena);
            node_set_pair(writer->arena, key, node_key(mapping, i), node_number(writer->arena, 0));
            writer->ok &= yaml_write(&line, key, false);
            buffer_add_repeated(writer->buffer, ' ', 2 * (keys->count - 1));
            buffer_add(writer->buffer, text_first(buffer_text(&line), line.len - 3)); /* without " 0" and the newline */
            buffer_add_byte(writer->buffer, '\n');
            write_mapping(writer, keys, value);
        } else {
            write_pair(writer, keys, value);
        }
        keys->count--;
    }
}

bool settings_text_yaml(struct buffer *buffer, const struct settings_view *view, size_t indent, bool shows_origin) {
    struct buffer lines = buffer_in(buffer->arena);
    struct writer writer = {
        .arena = buffer->arena, .buffer = &lines, .view = view, .shows_origin = shows_origin, .ok = true};
    struct texts keys = {0};
    write_mapping(&writer, &keys, view->node);
    struct text rest = buffer_text(&lines), line;
    while (rest.len > 0 && text_next(&rest, '\n', &line)) {
        if (line.len == 0 && rest.len == 0) break;
        buffer_add_repeated(buffer, ' ', line.len == 0 ? 0 : indent);
        buffer_add(buffer, line);
        buffer_add_byte(buffer, '\n');
    }
    return writer.ok;
}

static struct node *json_mapping(struct arena *arena, const struct settings_view *view, struct texts *keys,
                                 const struct node *mapping, bool shows_origin) {
    struct node *all = node_mapping(arena);
    for (size_t i = 0; i < mapping->count; i++) {
        const struct node *value = node_value(mapping, i), *shown = typed(arena, value);
        texts_add(arena, keys, node_key(mapping, i)->text);
        if (value->kind == NODE_MAPPING && value->count > 0) {
            shown = json_mapping(arena, view, keys, value, shows_origin);
        } else if (shows_origin) {
            struct node *told = node_mapping(arena);
            node_set(arena, told, "value", shown);
            node_set(arena, told, "origin", node_string(arena, settings_view_origin(arena, view, keys, value)));
            shown = told;
        }
        node_set_pair(arena, all, node_key(mapping, i), shown);
        keys->count--;
    }
    return all;
}

struct node *settings_text_json(struct arena *arena, const struct settings_view *view, bool shows_origin) {
    struct texts keys = {0};
    return json_mapping(arena, view, &keys, view->node, shows_origin);
}
