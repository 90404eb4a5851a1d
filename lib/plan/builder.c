#include "plan/builder.h"

#include "model/preflight.h"

/* Why there is no compose file to build; NULL when there is one. */
static const char *obstacle(const struct image *image, const struct event *event, int wanted) {
    if (image->build == NULL || image->compose == NULL) return "no compose file declares it";
    if (image->compose->is_bake && wanted == BUILDER_COMPOSE) return "a bake file declares it";
    if (image_needs_link(image))
        return "the CLI waits for ever where a context's directory has a name that is not ASCII";
    /* what it says may take any variable of the step, and fork_check knows only what we say ourselves */
    if (event->is_fork) return "a fork's compose file is not built as it is";
    return NULL;
}

/* A target that needs evaluation is bake's to build, or nobody's. */
static void refuse(struct plan_image *planned, const char *why) {
    const struct compose_build *build = planned->image->build;
    diag_add(&planned->problems, DIAG_ERROR, "bake-open", build->place,
             "the target '%.*s' can only be built by bake, for %.*s, and %s", TEXT_ARG(build->service),
             TEXT_ARG(build->needs_bake), why);
}

/* Its name is that of a group: what is set for a target would not reach any of it, and bake refuses it. */
static void refuse_family(struct plan_image *planned) {
    const struct compose_build *build = planned->image->build;
    diag_add(
        &planned->problems, DIAG_ERROR, "bake-open", build->place,
        "the targets that the matrix of '%.*s' makes are not known here, for %.*s; write the matrix and 'name' out "
        "literally, or leave the file out with 'discovery: exclude:' and build it in a step of your own",
        TEXT_ARG(build->service), TEXT_ARG(build->needs_bake));
}

void builder_choose(struct arena *arena, const struct event *event, struct plan_image *planned) {
    const struct compose_build *build = planned->image->build;
    bool needs_bake = build != NULL && text_is_given(build->needs_bake);
    int wanted = needs_bake ? BUILDER_BAKE : planned->image->settings->build.builder;
    const char *why =
        wanted == BUILDER_BAKE || wanted == BUILDER_COMPOSE ? obstacle(planned->image, event, wanted) : NULL;
    planned->builder = why != NULL || wanted == BUILDER_NOT_GIVEN ? BUILDER_DEPOT : wanted;
    if (planned->builder != BUILDER_DEPOT) preflight(arena, planned->image, planned->builder, &planned->problems);
    if (needs_bake && build->is_family) {
        refuse_family(planned);
    } else if (why != NULL && needs_bake) {
        refuse(planned, why);
    }
    if (why == NULL || needs_bake) return;
    const char *word = wanted == BUILDER_BAKE ? "bake" : "compose";
    texts_add(arena, &planned->notes,
              text_format(arena, "built by 'depot build', not by 'builder: %s': %s", word, why));
}
