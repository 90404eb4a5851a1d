/*
 * yaml_spelling: reads YAML in a test and spells the tree on one line.
 *
 * {a: [1, "x"]} for a mapping with a list; a plain scalar stands bare, a quoted one in double quotes, null
 * is "null", a tag stands before its value.
 */
#ifndef DEPOT_TESTS_YAML_SPELLING_H
#define DEPOT_TESTS_YAML_SPELLING_H

#include "base/buffer.h"
#include "format/yaml_read.h"

__attribute__((unused)) static void spell(struct buffer *buffer, const struct node *node) {
    if (node->tag != NULL) buffer_format(buffer, "%s ", node->tag);
    if (node->kind == NODE_NULL) {
        buffer_add_string(buffer, "null");
    } else if (node_is_scalar(node)) {
        if (node->style == NODE_STYLE_QUOTED) buffer_add_byte(buffer, '"');
        buffer_add(buffer, node->text);
        if (node->style == NODE_STYLE_QUOTED) buffer_add_byte(buffer, '"');
    } else {
        bool is_mapping = node->kind == NODE_MAPPING;
        buffer_add_byte(buffer, is_mapping ? '{' : '[');
        for (size_t i = 0; i < node->count; i++) {
            if (i > 0) buffer_add_string(buffer, ", ");
            if (is_mapping) {
                buffer_add(buffer, node_key(node, i)->text);
                buffer_add_string(buffer, ": ");
            }
            spell(buffer, is_mapping ? node_value(node, i) : node->items[i]);
        }
        buffer_add_byte(buffer, is_mapping ? '}' : ']');
    }
}

/* Documents are joined by " --- "; "!" and the written diagnostics when the text is refused. */
__attribute__((unused)) static struct text yaml_spelling(struct arena *arena, struct text yaml) {
    struct diagnostics problems = diag_in(arena);
    struct list documents = {0};
    struct buffer buffer = buffer_in(arena);
    if (yaml_read(arena, source_create(arena, TEXT("f"), yaml), &problems, &documents)) {
        for (size_t i = 0; i < documents.count; i++) {
            if (i > 0) buffer_add_string(&buffer, " --- ");
            spell(&buffer, documents.items[i]);
        }
        return buffer_text(&buffer);
    }
    for (size_t i = 0; i < problems.list.count; i++) {
        const struct diagnostic *problem = problems.list.items[i];
        buffer_format(&buffer, "!%u:%u %.*s [%s]", problem->place.line, problem->place.column,
                      TEXT_ARG(problem->message), problem->rule);
        if (problem->second.line > 0) buffer_format(&buffer, " %u:%u", problem->second.line, problem->second.column);
    }
    return buffer_text(&buffer);
}

#endif
