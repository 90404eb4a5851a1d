#include "plan/matrix.h"

#include "model/settings_matrix.h"

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
    if (!base->is_built || (own != NULL && other != NULL && node_equal(own, other))) return;
    bool differs =
        plan_image_pushes(base) ? matrix_is_in(arena, &base->destinations) : is_in_arguments(arena, &base->arguments);
    if (!differs) return;
    const char *why = other == NULL
                          ? "whose tags or arguments have a word of a matrix, and whose step has no 'matrix'"
                          : "of which each job of a matrix makes another one; give this image the same matrix";
    struct diagnostic *diagnostic =
        diag_add(&planned->problems, DIAG_ERROR, "matrix", link->place, "it is built from '%.*s', %s",
                 TEXT_ARG(text_printable(arena, base->image->name)), why);
    diag_second(&planned->problems, diagnostic, base->image->place, "the other image");
}

static void check_texts(struct plan_image *planned, const struct list *texts, const struct node *matrix) {
    for (size_t i = 0; i < texts->count; i++)
        settings_check_matrix_words(((const struct record_text_value *)texts->items[i])->node, matrix,
                                    &planned->problems);
}

static void check_pairs(struct plan_image *planned, const struct list *pairs, const struct node *matrix) {
    for (size_t i = 0; i < pairs->count; i++)
        settings_check_matrix_words(((const struct record_pair *)pairs->items[i])->node, matrix, &planned->problems);
}

/* What all layers of the settings say together; a layer's own step was checked when it was read. */
static void check_words(struct plan_image *planned, const struct node *matrix) {
    const struct build_settings *build = &planned->image->settings->build;
    check_texts(planned, &build->tags, matrix);
    check_texts(planned, &build->save_tags, matrix);
    check_texts(planned, &build->publish.floating_tags, matrix);
    check_pairs(planned, &build->build_args, matrix);
    check_pairs(planned, &build->publish.labels, matrix);
    check_pairs(planned, &build->publish.annotations, matrix);
    for (size_t i = 0; build->step != NULL && i < build->step->count; i++)
        if (node_value(build->step, i) != matrix)
            settings_check_matrix_words(node_value(build->step, i), matrix, &planned->problems);
}

/* The last job to push it would win. */
static void warn_shared(struct arena *arena, struct plan_image *planned, const struct node *matrix,
                        const struct list *tags) {
    for (size_t i = 0; i < tags->count; i++) {
        struct text tag = value_spelling(arena, tags->items[i]);
        struct text missing = settings_matrix_missing(arena, matrix, tag);
        if (!text_is_given(missing)) continue;
        diag_add(&planned->problems, DIAG_WARNING, "matrix-tag", node_place(matrix),
                 "several jobs of the matrix give '%.*s' the tag %.*s, and the last one wins; put %.*s into the tag",
                 TEXT_ARG(text_printable(arena, planned->image->name)), TEXT_ARG(text_printable(arena, tag)),
                 TEXT_ARG(text_printable(arena, missing)));
        return;
    }
}

void matrix_review(struct arena *arena, struct plan_image *planned) {
    const struct node *matrix = matrix_of(planned);
    bool varies = matrix_is_in(arena, &planned->destinations) || matrix_is_in(arena, &planned->floating);
    if (!planned->is_built) return;
    if (planned->image->settings != NULL) check_words(planned, matrix);
    bool is_told = diag_has_errors(&planned->problems);
    if (!is_told && matrix == NULL && (varies || matrix_is_in(arena, &planned->save_tags)))
        refuse(planned, planned->image->place, "{{matrix}} stands for nothing in its tags: its step has no 'matrix'");
    for (size_t i = 0; i < planned->links.count; i++)
        review_link(arena, planned, planned->links.items[i]);
    if (matrix == NULL) return;
    if (!is_told && plan_image_pushes(planned)) warn_shared(arena, planned, matrix, &planned->destinations);
    if (!is_told && plan_image_saves(planned)) warn_shared(arena, planned, matrix, &planned->save_tags);
    if (planned->output == OUTPUT_PROMOTE)
        refuse(planned, node_place(matrix),
               "each job of the matrix saves an image of its own, and 'output: promote' publishes one");
    if (planned->floating.count > 0 && varies)
        refuse(planned, node_place(matrix),
               "each job of the matrix has tags of its own, and the step of 'floating: step' knows none of them");
}
