/*
 * typo: the word that a person probably meant.
 *
 * Distance is Damerau-Levenshtein with neighbouring letters swapped as one edit; a word
 * is offered when at most a third of its letters (at least one) differ.
 */
#ifndef DEPOT_BASE_TYPO_H
#define DEPOT_BASE_TYPO_H

#include "base/list.h"

/* The nearest candidate, or the absent text when none is near. The first of equally near ones wins. */
struct text typo_nearest(struct text word, const struct texts *candidates);

#endif
