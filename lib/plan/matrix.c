#include "plan/matrix.h"

static bool has_word(struct arena *arena, const struct value *value) {
    return text_contains(value_spelling(arena, value), TEXT("{{matrix"));
}

bool matrix_is_in(struct arena *arena, const struct list *values) {
    bool found = false;
    for (size_t i = 0; i < values->count && !found; i++)
        found = has_word(arena, values->items[i]);
    return found;
}

static bool is_in_arguments(struct arena *arena, const struct list *arguments) {
    bool found = false;
    for (size_t i = 0; i < arguments->count && !found; i++)
        found = has_word(arena, &((const struct plan_argument *)arguments->items[i])->value);
    return found;
}

static const struct node *matrix_of(const struct plan_image *planned) {
    const struct image_settings *settings = planned->image->settings;
    const struct node *matrix = settings == NULL ? NULL : node_find(settings->build.step, "matrix");
    return matrix == NULL || matrix->kind == NODE_NULL ? NULL : matrix;
}

static void refuse(struct plan_image *planned, struct place place, const char *why) {
    diag_add(&planned->problems, DIAG_ERROR, "matrix", place, "%s", why);
}

/* What one job of the other's matrix makes is not what another one makes; with the same matrix each takes its own. */
static void review_link(struct arena *arena, struct plan_image *planned, const struct plan_link *link) {
    const struct plan_image *base = link->base;
    const struct node *own = matrix_of(planned), *other = matrix_of(base);
    if (!base->is_built || other == NULL || (own != NULL && node_equal(own, other))) return;
    bool differs =
        plan_image_pushes(base) ? matrix_is_in(arena, &base->destinations) : is_in_arguments(arena, &base->arguments);
    if (!differs) return;
    struct diagnostic *diagnostic =
        diag_add(&planned->problems, DIAG_ERROR, "matrix", link->place,
                 "it is built from '%.*s', of which each job of a matrix makes another one; give this image the same "
                 "matrix",
                 TEXT_ARG(text_printable(arena, base->image->name)));
    diag_second(&planned->problems, diagnostic, base->image->place, "the other image");
}

void matrix_review(struct arena *arena, struct plan_image *planned) {
    const struct node *matrix = matrix_of(planned);
    bool varies = matrix_is_in(arena, &planned->destinations) || matrix_is_in(arena, &planned->floating);
    if (!planned->is_built) return;
    if (matrix == NULL && (varies || matrix_is_in(arena, &planned->save_tags)))
        refuse(planned, planned->image->place, "{{matrix}} stands for nothing in its tags: its step has no 'matrix'");
    for (size_t i = 0; i < planned->links.count; i++)
        review_link(arena, planned, planned->links.items[i]);
    if (matrix == NULL) return;
    if (planned->output == OUTPUT_PROMOTE)
        refuse(planned, node_place(matrix),
               "each job of the matrix saves an image of its own, and 'output: promote' publishes one");
    if (planned->floating.count > 0 && varies)
        refuse(planned, node_place(matrix),
               "each job of the matrix has tags of its own, and the step of 'floating: step' knows none of them");
}
