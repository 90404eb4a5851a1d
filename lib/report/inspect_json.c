#include "report/inspect.h"

/* A string that JSON can hold, or null when there is none. */
static const struct node *string(struct arena *arena, struct text text) {
    if (!text_is_given(text)) return node_null(arena);
    return node_string(arena, text_is_utf8(text) ? text : text_printable(arena, text));
}

/* The same, where the empty text is none, too. */
static const struct node *name(struct arena *arena, struct text text) {
    return string(arena, text.len == 0 ? (struct text){0} : text);
}

static const struct node *strings(struct arena *arena, const struct texts *texts, size_t count) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < count; i++)
        node_append(arena, list, string(arena, texts->items[i]));
    return list;
}

static const struct node *stage_index(struct arena *arena, const struct stage *stage) {
    return stage == NULL ? node_null(arena) : node_number(arena, (long)stage->index);
}

/* "--from=build", as written but for quotes. */
static const struct node *flags(struct arena *arena, const struct instruction *instruction) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < instruction->flags.count; i++) {
        const struct flag *flag = instruction->flags.items[i];
        struct text text = text_concat(arena, TEXT("--"), flag->name);
        if (text_is_given(flag->value)) text = text_concat(arena, text_concat(arena, text, TEXT("=")), flag->value);
        node_append(arena, list, string(arena, text));
    }
    return list;
}

static const struct node *mounts(struct arena *arena, const struct command_reading *command) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < command->mounts.count; i++) {
        const struct mount_reading *mount = command->mounts.items[i];
        struct node *node = node_mapping(arena);
        node_set(arena, node, "type", string(arena, text_from(mount->type)));
        node_set(arena, node, "source", name(arena, mount->source));
        node_set(arena, node, "from", name(arena, mount->from));
        node_set(arena, node, "from_stage", stage_index(arena, mount->from_stage));
        node_set(arena, node, "target", name(arena, mount->target));
        node_append(arena, list, node);
    }
    return list;
}

static bool copies(const struct instruction *instruction) {
    return instruction->kind == INSTRUCTION_COPY || instruction->kind == INSTRUCTION_ADD;
}

/* `command` has what the instruction comes to; it is NULL behind one that is refused. */
static void add_copy(struct arena *arena, struct node *node, const struct instruction *instruction,
                     const struct command_reading *command) {
    const struct texts *arguments = &instruction->arguments;
    const struct texts none = {0};
    size_t last = copies(instruction) ? arguments->count - 1 : 0;
    bool is_known = command != NULL && command->sources.count == last;
    node_set(arena, node, "sources", strings(arena, arguments, last));
    node_set(arena, node, "sources_expanded",
             is_known              ? strings(arena, &command->sources, last)
             : copies(instruction) ? node_null(arena)
                                   : strings(arena, &none, 0));
    node_set(arena, node, "dest", copies(instruction) ? string(arena, arguments->items[last]) : node_null(arena));
    node_set(arena, node, "dest_expanded", string(arena, command == NULL ? (struct text){0} : command->destination));
    node_set(arena, node, "from", name(arena, instruction_flag(instruction, "from")));
    node_set(arena, node, "from_stage", stage_index(arena, command == NULL ? NULL : command->from));
}

static const struct node *pairs(struct arena *arena, const struct list *list) {
    struct node *out = node_sequence(arena);
    for (size_t i = 0; i < list->count; i++) {
        const struct pair *pair = list->items[i];
        struct node *node = node_mapping(arena);
        node_set(arena, node, "name", string(arena, pair->name));
        node_set(arena, node, "value", string(arena, pair->value));
        node_append(arena, out, node);
    }
    return out;
}

static const struct node *command_node(struct arena *arena, const struct instruction *instruction,
                                       const struct command_reading *command) {
    struct node *node = node_mapping(arena);
    struct text op = text_lower(arena, text_from(instruction_name(instruction->kind)));
    const struct command_reading none = {0};
    node_set(arena, node, "op", string(arena, op));
    node_set(arena, node, "line", node_number(arena, instruction->place.line));
    node_set(arena, node, "flags", flags(arena, instruction));
    add_copy(arena, node, instruction, command);
    node_set(arena, node, "mounts", mounts(arena, command == NULL ? &none : command));
    if (instruction->pairs.count > 0) node_set(arena, node, "pairs", pairs(arena, &instruction->pairs));
    if (instruction->onbuild != NULL) node_set(arena, node, "trigger", command_node(arena, instruction->onbuild, NULL));
    return node;
}

static const struct node *stage_node(struct arena *arena, const struct stage_reading *reading) {
    const struct stage *stage = reading->stage;
    struct node *node = node_mapping(arena), *commands = node_sequence(arena);
    for (size_t i = 0; i < stage->instructions.count; i++) {
        bool is_read = i < reading->commands.count;
        node_append(arena, commands,
                    command_node(arena, stage->instructions.items[i], is_read ? reading->commands.items[i] : NULL));
    }
    node_set(arena, node, "index", node_number(arena, (long)stage->index));
    node_set(arena, node, "name", name(arena, stage->name));
    node_set(arena, node, "base", string(arena, stage->base));
    node_set(arena, node, "base_expanded", string(arena, reading->base_expanded));
    node_set(arena, node, "from_stage", stage_index(arena, reading->from));
    node_set(arena, node, "platform", string(arena, stage->platform));
    node_set(arena, node, "platform_expanded", string(arena, reading->platform_expanded));
    node_set(arena, node, "line", node_number(arena, stage->place.line));
    node_set(arena, node, "reachable", node_bool(arena, reading->reachable));
    node_set(arena, node, "commands", commands);
    return node;
}

static const struct node *inputs_node(struct arena *arena, const struct build_reading *reading) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < reading->inputs.count; i++) {
        const struct build_input *input = reading->inputs.items[i];
        struct node *node = node_mapping(arena);
        node_set(arena, node, "path", string(arena, input->path));
        node_set(arena, node, "line", node_number(arena, input->place.line));
        node_append(arena, list, node);
    }
    return list;
}

const struct node *inspect_json(struct arena *arena, const struct inspection *inspection) {
    const struct build_reading *reading = inspection->reading;
    const struct dockerfile *dockerfile = inspection->dockerfile;
    struct node *node = node_mapping(arena), *stages = node_sequence(arena), *arguments = node_sequence(arena);
    for (size_t i = 0; i < reading->stages.count; i++)
        node_append(arena, stages, stage_node(arena, reading->stages.items[i]));
    for (size_t i = 0; i < dockerfile->arguments.count; i++)
        node_append(arena, arguments, command_node(arena, dockerfile->arguments.items[i], NULL));
    node_set(arena, node, "file", string(arena, inspection->source->path));
    node_set(arena, node, "syntax", string(arena, dockerfile->syntax));
    node_set(arena, node, "arguments", arguments);
    node_set(arena, node, "stages", stages);
    node_set(arena, node, "target", node_number(arena, (long)reading->target));
    node_set(arena, node, "context", inputs_node(arena, reading));
    node_set(arena, node, "whole_context", reading->whole_context ? string(arena, reading->reason) : node_null(arena));
    return node;
}

static const struct node *largest(struct arena *arena, const struct list *sizes) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < sizes->count; i++) {
        const struct directory_size *size = sizes->items[i];
        struct node *node = node_mapping(arena);
        node_set(arena, node, "path", string(arena, size->path));
        node_set(arena, node, "files", node_number(arena, (long)size->files));
        node_set(arena, node, "bytes", node_number(arena, (long)size->bytes));
        node_append(arena, list, node);
    }
    return list;
}

static const struct node *findings(struct arena *arena, const struct list *sources) {
    static const char *const words[] = {
        [SOURCE_FOUND] = "found", [SOURCE_IGNORED] = "ignored", [SOURCE_MISSING] = "missing"};
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < sources->count; i++) {
        const struct source_finding *finding = sources->items[i];
        struct node *node = node_mapping(arena);
        node_set(arena, node, "path", string(arena, finding->input->path));
        node_set(arena, node, "line", node_number(arena, finding->input->place.line));
        node_set(arena, node, "state", string(arena, text_from(words[finding->state])));
        node_append(arena, list, node);
    }
    return list;
}

const struct node *inspect_inputs_json(struct arena *arena, struct text dockerfile, struct text context,
                                       struct text ignore_file, const struct inputs *inputs) {
    struct node *node = node_mapping(arena);
    node_set(arena, node, "dockerfile", string(arena, dockerfile));
    node_set(arena, node, "context", string(arena, context));
    node_set(arena, node, "ignore_file", string(arena, ignore_file));
    node_set(arena, node, "sources", findings(arena, &inputs->findings));
    node_set(arena, node, "widened", inputs->is_widened ? string(arena, inputs->reason) : node_null(arena));
    node_set(arena, node, "files", strings(arena, &inputs->paths, inputs->paths.count));
    node_set(arena, node, "bytes", node_number(arena, (long)inputs->bytes));
    node_set(arena, node, "context_files", node_number(arena, (long)inputs->context_files));
    node_set(arena, node, "context_bytes", node_number(arena, (long)inputs->context_bytes));
    node_set(arena, node, "largest", largest(arena, &inputs->largest));
    return node;
}
