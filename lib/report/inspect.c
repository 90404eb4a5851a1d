#include "report/inspect.h"

#include "report/wrap.h"

#define INDENT 8

static struct text shown(struct buffer *buffer, struct text text) {
    return text_printable(buffer->arena, text);
}

/* "stage 1 'run'" */
static void add_stage_name(struct buffer *buffer, const struct stage *stage) {
    struct text name = shown(buffer, stage->name);
    buffer_format(buffer, "stage %zu", stage->index);
    if (stage->name.len > 0) buffer_format(buffer, " '%.*s'", TEXT_ARG(name));
}

static void add_words(struct buffer *words, const struct texts *texts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct text text = text_is_given(texts->items[i]) ? shown(words, texts->items[i]) : TEXT("(not known)");
        buffer_format(words, "%s%.*s", i == 0 ? "" : " ", TEXT_ARG(text));
    }
}

static void add_mount(struct buffer *words, const struct mount_reading *mount) {
    struct text source = shown(words, mount->source), from = shown(words, mount->from);
    buffer_format(words, "%s%s mount", words->len == 0 ? "" : ", ", mount->type);
    if (mount->source.len > 0) buffer_format(words, " of %.*s", TEXT_ARG(source));
    if (mount->from.len > 0) buffer_format(words, " from %.*s", TEXT_ARG(from));
    if (mount->from.len == 0 && strcmp(mount->type, "bind") == 0) buffer_add_string(words, " from the context");
}

/* What the command brings into its stage; nothing for those that bring nothing. */
static struct text describe_command(struct arena *arena, const struct command_reading *command) {
    struct buffer words = buffer_in(arena);
    const struct instruction *instruction = command->instruction;
    for (size_t i = 0; i < command->mounts.count; i++)
        add_mount(&words, command->mounts.items[i]);
    bool is_copy = instruction->kind == INSTRUCTION_COPY || instruction->kind == INSTRUCTION_ADD;
    if (!is_copy) return words.len == 0 ? TEXT("") : buffer_text(&words);
    struct text from = instruction_flag(instruction, "from");
    struct text to = text_is_given(command->destination) ? shown(&words, command->destination) : TEXT("(not known)");
    add_words(&words, &command->sources, command->sources.count);
    if (command->sources.count == 0) buffer_add_string(&words, "inline");
    buffer_format(&words, " to %.*s", TEXT_ARG(to));
    if (from.len > 0) buffer_add_string(&words, ", from ");
    if (command->from != NULL) {
        add_stage_name(&words, command->from);
    } else if (from.len > 0) {
        buffer_add(&words, shown(&words, from));
    }
    return buffer_text(&words);
}

static void add_commands(struct buffer *buffer, const struct stage_reading *stage, size_t width) {
    for (size_t i = 0; i < stage->commands.count; i++) {
        const struct command_reading *command = stage->commands.items[i];
        struct text words = describe_command(buffer->arena, command);
        if (words.len == 0) continue;
        words = text_format(buffer->arena, "%.*s (line %u)", TEXT_ARG(words), command->instruction->place.line);
        buffer_format(buffer, "  %-5s ", instruction_name(command->instruction->kind));
        wrap_add(buffer, words, INDENT, INDENT, width);
    }
}

static void add_stage(struct buffer *buffer, const struct build_reading *reading, const struct stage_reading *stage,
                      size_t width) {
    bool is_known = text_is_given(stage->base_expanded);
    struct text base = shown(buffer, is_known ? stage->base_expanded : stage->stage->base);
    struct buffer words = buffer_in(buffer->arena);
    add_stage_name(&words, stage->stage);
    buffer_format(&words, " FROM %.*s", TEXT_ARG(base));
    if (stage->stage->base.len > 0 && is_known && !text_equal(base, stage->stage->base)) {
        struct text written = shown(buffer, stage->stage->base);
        buffer_format(&words, " (%.*s)", TEXT_ARG(written));
    }
    if (text_is_given(stage->platform_expanded)) buffer_format(&words, " for %.*s", TEXT_ARG(stage->platform_expanded));
    buffer_format(&words, ", line %u", stage->stage->place.line);
    if (stage->stage->index == reading->target) buffer_add_string(&words, ": the target");
    if (!stage->reachable) buffer_add_string(&words, ": not built");
    buffer_add_byte(buffer, '\n');
    wrap_add(buffer, buffer_text(&words), 0, 2, width);
    add_commands(buffer, stage, width);
}

static void add_context(struct buffer *buffer, const struct build_reading *reading, size_t width) {
    struct buffer words = buffer_in(buffer->arena);
    if (reading->whole_context) {
        struct text reason = shown(buffer, reading->reason);
        buffer_format(&words, "reads the whole context: %.*s", TEXT_ARG(reason));
    } else if (reading->inputs.count == 0) {
        buffer_add_string(&words, "reads nothing of the context");
    } else {
        buffer_add_string(&words, "reads from the context:");
        for (size_t i = 0; i < reading->inputs.count; i++) {
            struct text path = shown(buffer, ((const struct build_input *)reading->inputs.items[i])->path);
            buffer_format(&words, " %.*s", TEXT_ARG(path));
        }
    }
    buffer_add_byte(buffer, '\n');
    wrap_add(buffer, buffer_text(&words), 0, 2, width);
}

void inspect_write(struct buffer *buffer, const struct inspection *inspection, size_t width) {
    const struct build_reading *reading = inspection->reading;
    struct text path = shown(buffer, inspection->source->path);
    buffer_format(buffer, "%.*s: %zu stage%s\n", TEXT_ARG(path), reading->stages.count,
                  reading->stages.count == 1 ? "" : "s");
    for (size_t i = 0; i < reading->stages.count; i++)
        add_stage(buffer, reading, reading->stages.items[i], width);
    add_context(buffer, reading, width);
}
