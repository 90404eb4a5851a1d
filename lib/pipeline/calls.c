#include "pipeline/calls.h"

#include "pipeline/call_options.h"
#include "pipeline/links.h"

bool calls_same_project(const struct image *a, const struct image *b) {
    return text_is_given(a->project.id) == text_is_given(b->project.id) && text_equal(a->project.id, b->project.id) &&
           a->project.is_named == b->project.is_named;
}

static bool has_image(const struct list *call, const struct plan_image *planned) {
    for (size_t i = 0; i < call->count; i++)
        if (call->items[i] == planned) return true;
    return false;
}

/* The number of the first call that can have it: none before one that builds what it is built from. */
static size_t first_possible(const struct list *calls, const struct plan_image *planned) {
    size_t first = 0;
    for (size_t i = 0; i < planned->links.count; i++) {
        const struct plan_image *base = ((const struct plan_link *)planned->links.items[i])->base;
        for (size_t j = calls->count; j > first; j--)
            if (has_image(calls->items[j - 1], base)) first = j - 1;
    }
    return first;
}

static bool has_platform(const struct image *image, struct text platform) {
    for (size_t i = 0; i < image->platforms.count; i++)
        if (text_equal(*(const struct text *)image->platforms.items[i], platform)) return true;
    return false;
}

/* What it is built from is there for every platform of it, if it is in the call. */
static bool has_platforms(const struct list *call, const struct plan_image *planned) {
    bool all = true;
    for (size_t i = 0; i < planned->links.count; i++) {
        const struct plan_image *base = ((const struct plan_link *)planned->links.items[i])->base;
        for (size_t j = 0; has_image(call, base) && j < planned->image->platforms.count; j++)
            all &= has_platform(base->image, *(const struct text *)planned->image->platforms.items[j]);
    }
    return all;
}

static bool builds_file(const struct plan_image *planned) {
    return planned->builder == BUILDER_BAKE || planned->builder == BUILDER_COMPOSE;
}

/* A call of docker's own. */
static bool builds_one(const struct plan_image *planned) {
    return planned->builder == BUILDER_DOCKER || planned->builder == BUILDER_BUILDX;
}

/* The CLI saves all that is wanted of a call, under one list of tags. */
static bool same_saving(const struct plan_image *a, const struct plan_image *b) {
    if (plan_image_saves(a) != plan_image_saves(b) || a->save_tags.count != b->save_tags.count) return false;
    for (size_t i = 0; i < a->save_tags.count; i++)
        if (!value_equal(a->save_tags.items[i], b->save_tags.items[i])) return false;
    return true;
}

static bool can_have(const struct list *call, const struct plan_image *planned) {
    const struct plan_image *first = call->items[0];
    if (builds_one(first) || builds_one(planned)) return false;
    if (!call_options_agree(first, planned)) return false;
    if (!same_saving(first, planned)) return false;
    if (plan_image_loads(first) != plan_image_loads(planned)) return false; /* --load is for all of a call */
    if (builds_file(first) || builds_file(planned))
        return first->builder == planned->builder && first->image->compose == planned->image->compose &&
               calls_same_project(first->image, planned->image) && has_platforms(call, planned);
    return calls_same_project(first->image, planned->image) && handover_alone(first->image) == NULL &&
           first->annotations.count == 0 && handover_alone(planned->image) == NULL && planned->annotations.count == 0 &&
           has_platforms(call, planned);
}

void calls_find(struct arena *arena, const struct list *images, struct list *out) {
    for (size_t i = 0; i < images->count; i++) {
        const struct plan_image *planned = images->items[i];
        size_t at = out->count == 0 ? 0 : first_possible(out, planned);
        while (at < out->count && !can_have(out->items[at], planned))
            at++;
        if (at == out->count) list_add(arena, out, arena_alloc(arena, sizeof(struct list)));
        list_add(arena, out->items[at], (void *)planned);
    }
}
