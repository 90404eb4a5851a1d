#include "plan/output.h"

static int resolve(const struct event *event, const struct plan_image *planned) {
    int wanted = planned->image->settings->build.output;
    if (planned->is_published) return wanted == OUTPUT_PROMOTE ? OUTPUT_PROMOTE : OUTPUT_PUSH;
    if (wanted == OUTPUT_LOAD) return OUTPUT_LOAD;
    return (wanted == OUTPUT_SAVE || wanted == OUTPUT_PROMOTE) && !event->is_fork ? OUTPUT_SAVE : OUTPUT_NONE;
}

/* Whether a text can be a tag was checked with the settings. */
static void add_save_tags(struct arena *arena, const struct template_facts *facts, struct plan_image *planned) {
    const struct list *tags = &planned->image->settings->build.save_tags;
    for (size_t i = 0; i < tags->count; i++) {
        const struct record_text_value *tag = tags->items[i];
        struct value *value = arena_alloc(arena, sizeof(*value));
        struct text problem;
        if (template_expand(arena, tag->text, TEMPLATE_TAG, facts, value, &problem) == TEMPLATE_OK) {
            list_add(arena, &planned->save_tags, value);
        } else {
            texts_add(
                arena, &planned->notes,
                text_format(arena, "the saved image has no tag '%.*s': %.*s", TEXT_ARG(tag->text), TEXT_ARG(problem)));
        }
    }
}

void output_decide(struct arena *arena, const struct template_facts *facts, struct plan_image *planned) {
    planned->output = resolve(facts->event, planned);
    if (!plan_image_saves(planned)) return;
    add_save_tags(arena, facts, planned);
    bool can_save = planned->builder == BUILDER_DEPOT || planned->builder == BUILDER_BAKE;
    if (!can_save)
        diag_add(&planned->problems, DIAG_ERROR, "output-builder", planned->image->place,
                 "only 'builder: depot' and 'builder: bake' can save an image in Depot's registry");
}
