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

static void begin_yaml(struct emit *emit) {
    yaml_writer_begin_mapping(emit->writer);
    yaml_writer_key(emit->writer, TEXT("steps"));
    yaml_writer_begin_sequence(emit->writer);
}

static bool end_yaml(struct emit *emit) {
    yaml_writer_end_sequence(emit->writer);
    yaml_writer_end_mapping(emit->writer);
    return yaml_writer_close(emit->writer);
}

static bool end_json(struct emit *emit) {
    struct node *document = node_mapping(&emit->scratch);
    node_set(&emit->scratch, document, "steps", emit->steps);
    if (!emit->options.is_first) buffer_add_string(&emit->out, "---\n");
    return json_write(&emit->out, document);
}

void emit_begin(struct emit *emit, struct arena *arena, const struct emit_options *options, struct check *check) {
    *emit = (struct emit){.arena = arena, .out = buffer_in(arena), .options = *options, .check = check};
    arena_init(&emit->scratch);
    check_begin(check, options->interpolates);
    if (options->format == EMIT_JSON) {
        emit->steps = node_sequence(&emit->scratch);
        return;
    }
    emit->writer = yaml_writer_open(&emit->out, !options->is_first);
    if (emit->writer != NULL) begin_yaml(emit);
}

static const struct node *group_text(struct emit *emit, struct text text) {
    return escape_scalar(&emit->scratch, node_string(&emit->scratch, text), emit->options.interpolates);
}

void emit_begin_group(struct emit *emit, struct text label, struct text key) {
    const struct node *name = group_text(emit, label);
    check_group(emit->check, key, name);
    if (emit->steps != NULL) {
        struct node *group = node_mapping(&emit->scratch);
        emit->group = node_sequence(&emit->scratch);
        node_set(&emit->scratch, group, "group", name);
        node_set(&emit->scratch, group, "key", node_string(&emit->scratch, key));
        node_set(&emit->scratch, group, "steps", emit->group);
        node_append(&emit->scratch, emit->steps, group);
    } else if (emit->writer != NULL) {
        yaml_writer_begin_mapping(emit->writer);
        yaml_writer_key(emit->writer, TEXT("group"));
        yaml_writer_node(emit->writer, name);
        yaml_writer_key(emit->writer, TEXT("key"));
        yaml_writer_node(emit->writer, node_string(&emit->scratch, key));
        yaml_writer_key(emit->writer, TEXT("steps"));
        yaml_writer_begin_sequence(emit->writer);
    }
}

void emit_end_group(struct emit *emit) {
    emit->group = NULL;
    if (emit->steps != NULL || emit->writer == NULL) return;
    yaml_writer_end_sequence(emit->writer);
    yaml_writer_end_mapping(emit->writer);
}

/* Escaped once: nothing of it goes on behind a line's end. */
static void take_lead(struct emit *emit, struct text lead) {
    if (!text_is_given(lead) || lead.ptr == emit->lead.ptr) return;
    emit->lead = lead;
    emit->escaped_lead = emit->options.interpolates ? interpolation_escape(emit->arena, lead) : lead;
    check_lead(emit->check, emit->escaped_lead);
    if (emit->writer != NULL) yaml_writer_lead(emit->writer, emit->escaped_lead, &emit->insertions);
}

/* JSON is written when all steps are there, from whole strings. */
static void join_lead(struct emit *emit, const struct node *step) {
    struct node *command = (struct node *)node_find(step, "command");
    if (command == NULL || command->style != NODE_STYLE_LED) return;
    command->text = text_concat(&emit->scratch, emit->escaped_lead, command->text);
    command->style = NODE_STYLE_NONE;
}

void emit_step(struct emit *emit, const struct step *step) {
    struct arena_mark mark = arena_mark(&emit->scratch);
    take_lead(emit, step->lead);
    const struct node *escaped = escape(&emit->scratch, step_node(&emit->scratch, step), emit->options.interpolates);
    check_step(emit->check, escaped);
    if (emit->steps != NULL) {
        join_lead(emit, escaped);
        node_append(&emit->scratch, emit->group == NULL ? emit->steps : emit->group, escaped);
    } else {
        if (emit->writer != NULL) yaml_writer_node(emit->writer, escaped);
        arena_release(&emit->scratch, mark);
    }
}

static void add_piece(struct emit *emit, struct text text, struct list *pieces) {
    struct text *piece = arena_alloc(emit->arena, sizeof(*piece));
    *piece = text;
    list_add(emit->arena, pieces, piece);
}

static void cut(struct emit *emit, struct list *pieces) {
    struct text rest = buffer_text(&emit->out);
    size_t at = 0;
    for (size_t i = 0; i < emit->insertions.count; i++) {
        const struct yaml_insertion *insertion = emit->insertions.items[i];
        add_piece(emit, text_of(rest.ptr + at, insertion->at - at), pieces);
        add_piece(emit, insertion->text, pieces);
        at = insertion->at;
    }
    add_piece(emit, text_from_offset(rest, at), pieces);
}

bool emit_end(struct emit *emit, struct list *pieces) {
    bool can_write = emit->steps != NULL || emit->writer != NULL;
    bool written = can_write && (emit->steps != NULL ? end_json(emit) : end_yaml(emit));
    arena_finish(&emit->scratch);
    bool passes = check_end(emit->check);
    if (written && passes) cut(emit, pieces);
    if (!written && passes)
        diag_add(emit->check->diagnostics, DIAG_ERROR, "output-write", (struct place){0},
                 "the pipeline could not be written");
    return written && passes;
}
