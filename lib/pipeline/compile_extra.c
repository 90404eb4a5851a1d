#include "model/settings_steps.h"
#include "pipeline/compile.h"
#include "plan/steps.h"

/* The user's command as one text; absent when the step has none. */
static struct text command_of(struct arena *arena, const struct node *step) {
    const struct node *command =
        node_find(step, "command") != NULL ? node_find(step, "command") : node_find(step, "commands");
    struct buffer lines = buffer_in(arena);
    if (command == NULL) return (struct text){0};
    if (node_is_scalar(command)) buffer_add(&lines, command->text);
    for (size_t i = 0; command->kind == NODE_SEQUENCE && i < command->count; i++) {
        if (i > 0) buffer_add_byte(&lines, '\n');
        buffer_add(&lines, command->items[i]->text);
    }
    if (!text_ends(buffer_text(&lines), "\n")) buffer_add_byte(&lines, '\n');
    return buffer_text(&lines);
}

/* What the command is to know, and then the command as it is written. */
static struct text script_of(struct arena *arena, const struct compile_request *request, const struct job *job,
                             struct text command) {
    const struct plan_image *planned = job->images.items[0];
    struct step_facts facts = steps_facts(arena, &request->facts, planned, job->build->key);
    struct script script = script_in(arena);
    bool is_published = plan_image_pushes(planned) || job->extra->after == STEP_AFTER_PUBLISH;
    prepare_facts(&script, planned, facts.path, is_published);
    script_blank(&script);
    return text_concat(arena, script_shell(&script).text, command);
}

static bool is_plain(const struct node *attributes) {
    return node_find(attributes, "trigger") != NULL || node_find(attributes, "block") != NULL ||
           node_find(attributes, "input") != NULL;
}

struct step *compile_extra(struct arena *arena, const struct compile_request *request, const struct job *job) {
    const struct plan_image *planned = job->images.items[0];
    struct step_facts facts = steps_facts(arena, &request->facts, planned, job->build->key);
    struct text ignored, name = text_printable(arena, planned->image->name);
    struct text command = command_of(arena, job->extra->node);
    struct step *step = arena_alloc(arena, sizeof(*step));
    step->key = job->key;
    step->label = text_format(arena, "%.*s %.*s", TEXT_ARG(job->extra->name.text), TEXT_ARG(name));
    step->attributes = step_words_expand(arena, steps_attributes(arena, job->extra), &facts, &ignored);
    if (!is_plain(step->attributes)) step->queue = request->queue;
    if (text_is_given(command)) step->command = script_of(arena, request, job, command);
    return step;
}

struct step *compile_gate(struct arena *arena, const struct job *job) {
    const struct node *gate = job->gate->node;
    struct node *attributes = node_mapping(arena);
    struct step *step = arena_alloc(arena, sizeof(*step));
    node_set(arena, attributes, "block", node_string(arena, job->gate->label.text));
    for (size_t i = 0; i < gate->count; i++)
        if (!settings_gate_owns(node_key(gate, i)->text))
            node_set_pair(arena, attributes, node_key(gate, i), node_value(gate, i));
    step->key = job->key;
    step->attributes = attributes;
    return step;
}
