#include "plan/retag.h"

#include "model/template.h"
#include "plan/matrix.h"

bool retag_is_wanted(const struct workspace *workspace) {
    for (size_t i = 0; i < workspace->images.count; i++) {
        const struct image *image = workspace->images.items[i];
        if (image->settings != NULL && image->settings->build.unaffected == UNAFFECTED_RETAG) return true;
    }
    return false;
}

static bool is_destination(struct arena *arena, const struct plan_image *planned, struct text reference) {
    for (size_t i = 0; i < planned->destinations.count; i++) {
        const struct value *destination = planned->destinations.items[i];
        if (value_is_literal(destination) && text_equal(value_text(arena, destination), reference)) return true;
    }
    return false;
}

/* The tag that this template gave the image of the base commit; absent when it is not known, or is one that stays where it is. */
static struct text source_of(struct arena *arena, const struct plan_image *planned, struct text template,
                             const struct template_facts *then) {
    struct value tag;
    struct text problem;
    if (template_expand(arena, template, TEMPLATE_TAG, then, &tag, &problem) != TEMPLATE_OK || !value_is_literal(&tag))
        return (struct text){0};
    struct text reference =
        text_format(arena, "%.*s:%.*s", TEXT_ARG(planned->repository), TEXT_ARG(value_text(arena, &tag)));
    return is_destination(arena, planned, reference) ? (struct text){0} : reference;
}

static struct text find_source(struct arena *arena, const struct plan_image *planned,
                               const struct template_facts *then) {
    const struct list *tags = &planned->image->settings->build.tags;
    struct text source = {0};
    for (size_t i = 0; i < tags->count && !text_is_given(source); i++)
        source = source_of(arena, planned, ((const struct record_text_value *)tags->items[i])->text, then);
    return tags->count == 0 ? source_of(arena, planned, TEXT("{sha}"), then) : source;
}

void retag_decide(struct arena *arena, struct plan *plan) {
    const struct base *base = plan->base;
    if (base == NULL || base->is_everything || !text_is_given(base->commit)) return;
    struct event event = {.commit = base->commit};
    for (size_t i = 0; i < plan->images.count; i++) {
        struct plan_image *planned = plan->images.items[i];
        bool is_meant = !planned->is_built && planned->why.kind == REASON_NONE && !planned->is_excluded &&
                        planned->is_published && !plan_image_is_broken(planned) &&
                        plan_image_unaffected(planned) == UNAFFECTED_RETAG;
        if (!is_meant) continue;
        if (matrix_is_in(arena, &planned->destinations)) {
            texts_add(arena, &planned->notes, TEXT("not retagged: its tags are those of the jobs of a matrix"));
            continue;
        }
        struct template_facts then = {.event = &event, .name = planned->image->name};
        planned->retagged_from = find_source(arena, planned, &then);
        if (!text_is_given(planned->retagged_from))
            texts_add(arena, &planned->notes,
                      TEXT("not retagged: none of its tags is made of the commit alone, such as {sha}"));
    }
}
