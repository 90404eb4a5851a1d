/*
 * settings_matrix: the `matrix` of a step.
 *
 *   matrix: [a, b]
 *   matrix: {setup: [a, b], adjustments: [{with: c, soft_fail: true}]}
 *   matrix: {setup: {os: [linux], go: ["1.22", "1.23"]}, adjustments: [{with: {os: linux, go: "1.22"}, skip: true}]}
 */
#ifndef DEPOT_MODEL_SETTINGS_MATRIX_H
#define DEPOT_MODEL_SETTINGS_MATRIX_H

#include "base/diag.h"
#include "format/node.h"

#define MATRIX_DIMENSIONS 6
#define MATRIX_ELEMENTS 25
#define MATRIX_ELEMENT_BYTES 128
#define MATRIX_ADJUSTMENTS 12
#define MATRIX_JOBS 50

/* False when an error was reported. */
bool settings_check_matrix(const struct node *matrix, struct diagnostics *diagnostics);

/* The product of the dimensions and what adjustments add to it; at least 1, and not above MATRIX_JOBS by much. */
size_t settings_matrix_jobs(const struct node *matrix);

/* Are all words of a matrix in it of this one? `matrix` NULL: the step has none. False when an error was reported (rule "matrix"). */
bool settings_check_matrix_words(const struct node *node, const struct node *matrix, struct diagnostics *diagnostics);

/* The first word without which this text is the same for several jobs; absent when each job has its own. */
struct text settings_matrix_missing(struct arena *arena, const struct node *matrix, struct text text);

/* Is there a `{{matrix}}` or `{{matrix.x}}` in it? */
bool settings_has_matrix_word(const struct node *node);

#endif
