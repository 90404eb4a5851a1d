#include "model/build_facts.h"

static struct place keep_place(const struct source *source, struct place place) {
    place.source = source;
    return place;
}

static void keep_input(struct arena *arena, const struct source *source, const struct build_input *input,
                       struct list *out) {
    struct build_input *kept = arena_alloc(arena, sizeof(*kept));
    *kept = *input;
    kept->path = text_copy(arena, input->path);
    kept->place = keep_place(source, input->place);
    kept->excludes = (struct texts){0};
    for (size_t i = 0; i < input->excludes.count; i++)
        texts_add(arena, &kept->excludes, text_copy(arena, input->excludes.items[i]));
    list_add(arena, out, kept);
}

static void keep_base(struct arena *arena, const struct source *source, const struct build_base *base,
                      struct list *out) {
    struct build_base *kept = arena_alloc(arena, sizeof(*kept));
    *kept = *base;
    kept->reference = text_copy(arena, base->reference);
    kept->place = keep_place(source, base->place);
    list_add(arena, out, kept);
}

/* Thousands of these live to the end, so none has room to spare. */
static void reserve(struct arena *arena, struct list *list, size_t count) {
    list->items = arena_array(arena, count, sizeof(*list->items));
    list->capacity = count;
}

const struct build_facts *build_facts_keep(struct arena *arena, const struct source *source,
                                           const struct build_reading *reading, bool with_inputs) {
    struct build_facts *facts = arena_alloc(arena, sizeof(*facts));
    if (with_inputs) reserve(arena, &facts->inputs, reading->inputs.count);
    reserve(arena, &facts->bases, reading->bases.count);
    for (size_t i = 0; with_inputs && i < reading->inputs.count; i++)
        keep_input(arena, source, reading->inputs.items[i], &facts->inputs);
    for (size_t i = 0; i < reading->bases.count; i++)
        keep_base(arena, source, reading->bases.items[i], &facts->bases);
    facts->is_guess = reading->is_guess;
    if (reading->is_guess) facts->reason = text_copy(arena, reading->reason);
    if (reading->is_guess) facts->reason_place = keep_place(source, reading->reason_place);
    return facts;
}
