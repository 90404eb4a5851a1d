#include "plan/output.h"

#include "plan/builder.h"
#include "plan/publish.h"

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

/* A Docker engine takes one platform of an image by one name. */
static void load(struct arena *arena, const struct template_facts *facts, struct plan_image *planned) {
    publish_name_loaded(arena, facts, planned);
    if (planned->image->platforms.count <= 1) return;
    diag_add(&planned->problems, DIAG_ERROR, "load-platforms", planned->image->place,
             "'output: load' puts one platform into Docker, and this image is built for %zu: name one in the settings "
             "('images' with 'platforms')",
             planned->image->platforms.count);
}

void output_decide(struct arena *arena, const struct template_facts *facts, struct plan_image *planned) {
    planned->output = resolve(facts->event, planned);
    if (plan_image_loads(planned)) load(arena, facts, planned);
    if (!plan_image_saves(planned)) return;
    add_save_tags(arena, facts, planned);
    builder_save(planned);
    bool can_save = planned->builder == BUILDER_DEPOT || planned->builder == BUILDER_BAKE;
    if (!can_save)
        diag_add(&planned->problems, DIAG_ERROR, "output-builder", planned->image->place,
                 "only 'builder: depot' and 'builder: bake' can save an image in Depot's registry");
}

void output_choose_tests(struct arena *arena, const struct settings *settings, const struct event *event,
                         struct plan_image *planned) {
    const struct list *tests = &planned->image->settings->build.test;
    if (tests->count == 0) return;
    if (!plan_image_loads(planned)) {
        texts_add(arena, &planned->notes, TEXT("its 'test' is not run in this build: it is not loaded"));
    } else if (event->is_fork && node_find(settings->profiles.of[EVENT_FORK], "test") == NULL) {
        texts_add(arena, &planned->notes,
                  TEXT("its 'test' is not run for a fork: 'profiles: fork: test:' says what may be"));
    } else {
        planned->tests = *tests;
    }
}
