/*
 * build_facts: what is kept of a Dockerfile's reading, once the Dockerfile itself is forgotten.
 *
 * Places point to a source that has the path and the lines, but perhaps no bytes.
 */
#ifndef DEPOT_MODEL_BUILD_FACTS_H
#define DEPOT_MODEL_BUILD_FACTS_H

#include "docker/stages.h"

struct build_facts {
    struct list inputs; /* of struct build_input: asked of the context, in source order */
    struct list bases;  /* of struct build_base: images that it starts from or copies from */
    bool is_guess;      /* something was not understood, so that all of the context counts, for `reason` */
    struct text reason;
    struct place reason_place;
};

/* A copy that lives in `arena`, without inputs where nobody will ask for them; `source` stands for the Dockerfile in its places. */
const struct build_facts *build_facts_keep(struct arena *arena, const struct source *source,
                                           const struct build_reading *reading, bool with_inputs);

#endif
