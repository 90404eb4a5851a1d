/*
 * step_words: `{name}`-like words in the attributes of a step that a team puts around an image.
 *
 * All strings but keys of mappings, however deep. Beside the words of templates: {name} {path} {directory} {reference} {key}. What
 * the program puts in is not looked at again. Braces that begin no word stay, such as {{matrix}}.
 */
#ifndef DEPOT_PLAN_STEP_WORDS_H
#define DEPOT_PLAN_STEP_WORDS_H

#include "format/node.h"
#include "model/template.h"

struct step_facts {
    struct template_facts words;
    struct text name, path, directory, reference, key; /* absent: this build has none */
};

/* A new tree, or NULL when the build lacks a fact: `problem` says so, "this build has no {reference}". */
const struct node *step_words_expand(struct arena *arena, const struct node *node, const struct step_facts *facts,
                                     struct text *problem);

#endif
