/*
 * matrix: an image whose step is several jobs, each with its own value of `{{matrix}}`.
 *
 * Buildkite puts the values into that step alone. So where another step would have to know them (one that publishes, moves tags or
 * retags, or the build of an image that is built from this one), this is refused rather than written with a word that means nothing
 * there (rule "matrix").
 */
#ifndef DEPOT_PLAN_MATRIX_H
#define DEPOT_PLAN_MATRIX_H

#include "plan/plan.h"

/* Is a word of a matrix in one of these values (struct value)? */
bool matrix_is_in(struct arena *arena, const struct list *values);

/* Reports to the image's problems; its links and what is built are known. */
void matrix_review(struct arena *arena, struct plan_image *planned);

#endif
