/*
 * template: `{branch}`-like words in tags and build arguments.
 *
 * What git knows comes out literal; what only Buildkite knows is a reference that the step
 * resolves ({build_number}, {env:NAME}). Where the build has no such fact ({tag} without a tag)
 * the whole value is left out.
 */
#ifndef DEPOT_MODEL_TEMPLATE_H
#define DEPOT_MODEL_TEMPLATE_H

#include "base/value.h"
#include "repo/event.h"

enum template_result {
    TEMPLATE_OK,
    TEMPLATE_NO_FACT, /* `problem` names it: "{tag}" */
    TEMPLATE_WRONG,   /* not a template; `problem` says why */
};

enum template_use {
    TEMPLATE_TAG,      /* facts become legal parts of a tag; an unknown word is wrong */
    TEMPLATE_ARGUMENT, /* facts stand as they are; a brace that begins no known word is text */
};

enum template_result template_expand(struct arena *arena, struct text text, enum template_use use,
                                     const struct event *event, struct value *out, struct text *problem);

/* The known words, for help and messages; NULL-terminated. */
extern const char *const template_words[];

#endif
