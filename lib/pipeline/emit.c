#include "pipeline/emit.h"

#include "base/buffer.h"
#include "format/json_write.h"
#include "format/yaml_write.h"
#include "pipeline/interpolation.h"

/* A plain YAML scalar of the user's own attributes: only what every YAML reader takes for the same thing keeps its type. */
static enum node_kind plain_kind(struct text text) {
    if (text_is(text, "true") || text_is(text, "false")) return NODE_BOOL;
    bool negative = text_starts(text, "-");
    struct text digits = text_from_offset(text, negative);
    bool is_number = digits.len > 0 && digits.len < 16 && (digits.ptr[0] != '0' || text.len == 1);
    for (size_t i = 0; i < digits.len; i++)
        is_number &= digits.ptr[i] >= '0' && digits.ptr[i] <= '9';
    return is_number ? NODE_NUMBER : NODE_STRING;
}

static const struct node *escape_scalar(struct arena *arena, const struct node *node, bool interpolates) {
    struct node *escaped = arena_alloc(arena, sizeof(*escaped));
    *escaped = *node;
    if (node->kind == NODE_STRING && node->style == NODE_STYLE_PLAIN) escaped->kind = plain_kind(node->text);
    if (escaped->kind == NODE_STRING && interpolates) escaped->text = interpolation_escape(arena, node->text);
    return escaped;
}

static const struct node *escape(struct arena *arena, const struct node *node, bool interpolates) {
    if (node_is_scalar(node)) return escape_scalar(arena, node, interpolates);
    struct node *escaped = node->kind == NODE_MAPPING ? node_mapping(arena) : node_sequence(arena);
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_SEQUENCE) {
            node_append(arena, escaped, escape(arena, node->items[i], interpolates));
        } else {
            node_set_pair(arena, escaped, node_key(node, i), escape(arena, node_value(node, i), interpolates));
        }
    }
    escaped->source = node->source;
    escaped->line = node->line;
    escaped->column = node->column;
    return escaped;
}

static struct node *document_of(struct arena *arena, const struct list *steps, const struct emit_options *options) {
    struct node *sequence = node_sequence(arena), *document = node_mapping(arena);
    for (size_t i = 0; i < steps->count; i++)
        node_append(arena, sequence, step_node(arena, steps->items[i]));
    if (text_is_given(options->group_label)) {
        struct node *group = node_mapping(arena), *groups = node_sequence(arena);
        node_set(arena, group, "group", node_string(arena, options->group_label));
        node_set(arena, group, "key", node_string(arena, options->group_key));
        node_set(arena, group, "steps", sequence);
        node_append(arena, groups, group);
        sequence = groups;
    }
    node_set(arena, document, "steps", sequence);
    return document;
}

static bool write(struct buffer *out, const struct node *document, const struct emit_options *options) {
    if (options->format == EMIT_YAML) return yaml_write(out, document, !options->is_first);
    if (!options->is_first) buffer_add_string(out, "---\n");
    return json_write(out, document);
}

bool emit_document(struct buffer *out, struct arena *scratch, const struct list *steps,
                   const struct emit_options *options, struct check *check) {
    struct node *meant = document_of(scratch, steps, options);
    const struct node *escaped = escape(scratch, meant, options->interpolates);
    check->interpolates = options->interpolates;
    if (!check_document(check, escaped)) return false;
    size_t before = out->len;
    if (write(out, escaped, options)) return true;
    out->len = before;
    diag_add(check->diagnostics, DIAG_ERROR, "output-write", (struct place){0}, "the pipeline could not be written");
    return false;
}
