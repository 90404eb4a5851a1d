#include "plan/steps.h"

#include "base/path.h"
#include "model/settings_match.h"
#include "plan/matrix.h"

/* The first place that is known now. */
static struct text literal_reference(struct arena *arena, const struct plan_image *planned) {
    if (matrix_is_in(arena, &planned->destinations)) return (struct text){0};
    for (size_t i = 0; i < planned->destinations.count; i++)
        if (value_is_literal(planned->destinations.items[i])) return value_text(arena, planned->destinations.items[i]);
    return (struct text){0};
}

struct step_facts steps_facts(struct arena *arena, const struct facts *all, const struct plan_image *planned,
                              struct text key) {
    const struct image *image = planned->image;
    struct text path = text_is_given(image->dockerfile) ? image->dockerfile : image->place.source->path;
    return (struct step_facts){.words = facts_of(all, image),
                               .name = image->name,
                               .path = path,
                               .directory = path_parent(path),
                               .reference = literal_reference(arena, planned),
                               .key = key};
}

const struct node *steps_attributes(struct arena *arena, const struct step_settings *step) {
    struct node *attributes = node_mapping(arena);
    for (size_t i = 0; i < step->node->count; i++) {
        struct text key = node_key(step->node, i)->text;
        bool is_command = text_is(key, "command") || text_is(key, "commands");
        if (!settings_step_owns(key) && !is_command)
            node_set_pair(arena, attributes, node_key(step->node, i), node_value(step->node, i));
    }
    return attributes;
}

/* "$IMAGE" or "${IMAGE", IMAGE_REFERENCE, IMAGE_DIGEST; but not $IMAGE_NAME. */
static bool text_needs_image(struct text text) {
    static const char *const names[] = {"IMAGE_REFERENCE", "IMAGE_DIGEST", "IMAGE_BUILD"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (text_contains(text, text_from(names[i]))) return true;
    for (size_t i = 1; i + 5 <= text.len; i++) {
        bool begins = text.ptr[i - 1] == '$' || (text.ptr[i - 1] == '{' && i > 1 && text.ptr[i - 2] == '$');
        if (!begins || !text_starts(text_from_offset(text, i), "IMAGE")) continue;
        char next = i + 5 < text.len ? text.ptr[i + 5] : ' ';
        bool goes_on =
            next == '_' || (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z') || (next >= '0' && next <= '9');
        if (!goes_on) return true;
    }
    return false;
}

static bool command_needs_image(const struct step_settings *step) {
    static const char *const keys[] = {"command", "commands"};
    bool needs = false;
    for (size_t i = 0; i < 2; i++) {
        const struct node *command = node_find(step->node, keys[i]);
        if (command == NULL) continue;
        if (node_is_scalar(command)) needs |= text_needs_image(command->text);
        for (size_t j = 0; command->kind == NODE_SEQUENCE && j < command->count; j++)
            needs |= text_needs_image(command->items[j]->text);
    }
    return needs;
}

/* What the build lacks for it: "this build has no {tag}"; absent when nothing. `scratch`: of what only asking needs. */
static struct text missing(struct arena *scratch, const struct facts *all, const struct plan_image *planned,
                           const struct step_settings *step) {
    struct step_facts facts = steps_facts(scratch, all, planned, TEXT("key"));
    struct text problem = {0};
    bool has_image = planned->is_published || plan_image_saves(planned);
    if (!has_image && command_needs_image(step)) return TEXT("this build has no image that could be pulled");
    if (matrix_is_in(scratch, &planned->destinations) && command_needs_image(step))
        return TEXT("each job of the matrix pushes an image of its own");
    return step_words_expand(scratch, steps_attributes(scratch, step), &facts, &problem) == NULL ? problem
                                                                                                 : (struct text){0};
}

/* Buildkite would refuse the whole upload. `scratch`: of what only asking needs. */
static void check_trigger(struct arena *scratch, const struct facts *all, struct plan_image *planned,
                          const struct step_settings *step) {
    const struct node *trigger = node_find(step->node, "trigger");
    struct step_facts facts = steps_facts(scratch, all, planned, TEXT("key"));
    struct text ignored;
    if (trigger == NULL || !node_is_scalar(trigger)) return;
    const struct node *slug = step_words_expand(scratch, trigger, &facts, &ignored);
    if (slug == NULL || template_is_slug(slug->text)) return;
    diag_add(
        &planned->problems, DIAG_ERROR, "trigger-slug", node_place(trigger),
        "'%.*s' is not the slug of a pipeline: small letters, digits and '-'; the image's name as a part of one is "
        "{slug}",
        TEXT_ARG(text_printable(scratch, slug->text)));
}

struct deciding {
    struct arena *arena;
    struct arena scratch;
    const struct plan_request *request;
    struct facts facts;
};

static bool is_meant(struct deciding *deciding, struct plan_image *planned, struct step_settings *step) {
    const struct event *event = deciding->request->event;
    const struct image *image = planned->image;
    struct text path = text_is_given(image->dockerfile) ? image->dockerfile : image->place.source->path;
    bool names_fork = (step->match.events & EVENT_BIT(EVENT_FORK)) != 0;
    if (event->is_fork && !names_fork) return false;
    if (step->after == STEP_AFTER_PUBLISH && !planned->is_published) return false;
    return settings_match_event(&step->match, event->kinds) &&
           settings_match_image(deciding->arena, &step->match, deciding->request->regexes, image->name, path,
                                &planned->problems);
}

static void add_step(struct deciding *deciding, struct plan_image *planned, struct step_settings *step) {
    struct arena *arena = deciding->arena;
    if (!is_meant(deciding, planned, step)) return;
    if (step->before == STEP_BEFORE_PUBLISH && plan_image_pushes(planned)) {
        diag_add(&planned->problems, DIAG_ERROR, "before-publish", node_place(step->node),
                 "the build itself pushes '%.*s', so no step can come before that; 'output: promote' parts the two",
                 TEXT_ARG(planned->image->name));
        return;
    }
    struct arena_mark mark = arena_mark(&deciding->scratch);
    struct text lacks = missing(&deciding->scratch, &deciding->facts, planned, step);
    if (text_is_given(lacks)) {
        texts_add(arena, &planned->notes,
                  text_format(arena, "the step '%.*s' is left out: %.*s", TEXT_ARG(step->name.text), TEXT_ARG(lacks)));
    } else {
        check_trigger(&deciding->scratch, &deciding->facts, planned, step);
        list_add(arena, &planned->steps, step);
    }
    arena_release(&deciding->scratch, mark);
}

void steps_decide(struct arena *arena, const struct plan_request *request, struct plan *plan) {
    struct deciding deciding = {
        .arena = arena, .request = request, .facts = facts_find(request->workspace, request->event)};
    const struct list *gates = &request->workspace->layers.settings.gates;
    arena_init(&deciding.scratch);
    for (size_t i = 0; i < plan->images.count; i++) {
        struct plan_image *planned = plan->images.items[i];
        if (!planned->is_built || plan_image_is_broken(planned)) continue;
        const struct list *steps = &planned->image->settings->build.steps;
        for (size_t j = 0; j < steps->count; j++)
            add_step(&deciding, planned, steps->items[j]);
    }
    arena_finish(&deciding.scratch);
    for (size_t i = 0; i < gates->count; i++) {
        const struct gate_settings *gate = gates->items[i];
        if (gate->when == 0 || (gate->when & request->event->kinds) != 0) list_add(arena, &plan->gates, (void *)gate);
    }
}
