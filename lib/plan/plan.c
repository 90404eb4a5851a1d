#include "plan/plan.h"

#include "model/template.h"
#include "plan/fork.h"
#include "plan/publish.h"

bool plan_image_is_broken(const struct plan_image *planned) {
    return image_is_broken(planned->image) || diag_has_errors(&planned->problems);
}

/* An argument of the settings replaces the value of one that compose gives, and keeps its place in the list. */
static void set_argument(struct arena *arena, struct plan_image *planned, struct plan_argument *argument) {
    for (size_t i = 0; i < planned->arguments.count; i++) {
        const struct plan_argument *present = planned->arguments.items[i];
        if (!text_equal(present->name, argument->name)) continue;
        planned->arguments.items[i] = argument;
        return;
    }
    list_add(arena, &planned->arguments, argument);
}

static void add_compose_arguments(struct arena *arena, struct plan_image *planned) {
    const struct compose_build *build = planned->image->build;
    for (size_t i = 0; build != NULL && i < build->arguments.count; i++) {
        const struct compose_argument *given = build->arguments.items[i];
        struct plan_argument *argument = arena_alloc(arena, sizeof(*argument));
        *argument = (struct plan_argument){
            .name = given->name, .from_environment = given->from_environment, .value = given->value};
        list_add(arena, &planned->arguments, argument); /* compose gives each name once */
    }
}

static void add_settings_argument(struct arena *arena, struct plan_image *planned, const struct record_pair *pair,
                                  const struct event *event) {
    struct plan_argument *argument = arena_alloc(arena, sizeof(*argument));
    argument->name = pair->name;
    argument->from_environment = !text_is_given(pair->value);
    struct text problem;
    enum template_result result = argument->from_environment ? TEMPLATE_OK
                                                             : template_expand(arena, pair->value, TEMPLATE_ARGUMENT,
                                                                               event, &argument->value, &problem);
    if (result == TEMPLATE_OK) {
        set_argument(arena, planned, argument);
        return;
    }
    texts_add(arena, &planned->notes,
              text_format(arena, "the build argument '%.*s' is left out: this build has no %.*s", TEXT_ARG(pair->name),
                          TEXT_ARG(problem)));
}

static void plan_image(struct arena *arena, const struct event *event, struct plan_image *planned) {
    const struct list *pairs = &planned->image->settings->build.build_args;
    add_compose_arguments(arena, planned);
    for (size_t i = 0; i < pairs->count; i++)
        add_settings_argument(arena, planned, pairs->items[i], event);
    publish_decide(arena, planned->image, event, planned);
    if (event->is_fork) fork_check(arena, planned);
}

void plan_make(struct arena *arena, const struct workspace *workspace, const struct event *event, struct plan *out) {
    *out = (struct plan){.workspace = workspace, .event = event};
    for (size_t i = 0; i < workspace->images.count; i++) {
        struct plan_image *planned = arena_alloc(arena, sizeof(*planned));
        planned->image = workspace->images.items[i];
        planned->problems = diag_in(arena);
        list_add(arena, &out->images, planned);
        if (!image_is_broken(planned->image)) plan_image(arena, event, planned);
    }
    publish_find_collisions(arena, &out->images);
}
