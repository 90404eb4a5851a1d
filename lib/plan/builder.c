#include "plan/builder.h"

#include "model/preflight.h"
#include "plan/handover.h"

static const char *const words[] = {
    [BUILDER_NOT_GIVEN] = "depot", [BUILDER_DEPOT] = "depot",   [BUILDER_BAKE] = "bake",
    [BUILDER_COMPOSE] = "compose", [BUILDER_DOCKER] = "docker", [BUILDER_BUILDX] = "buildx"};

/* Why there is no compose file to build; NULL when there is one. */
static const char *obstacle(const struct image *image, const struct event *event, int wanted) {
    if (image->build == NULL || image->compose == NULL) return "no compose file declares it";
    if (image->compose->is_bake && wanted == BUILDER_COMPOSE) return "a bake file declares it";
    bool needs_bake = text_is_given(image->build->needs_bake);
    if (image->settings->build.publish.annotations.count > 0 && !needs_bake)
        return "it has annotations, for which bake has no word";
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

static bool builds_file(int builder) {
    return builder == BUILDER_BAKE || builder == BUILDER_COMPOSE;
}

bool builder_is_docker(int builder) {
    return builder == BUILDER_COMPOSE || builder == BUILDER_DOCKER || builder == BUILDER_BUILDX;
}

static void say_otherwise(struct arena *arena, struct plan_image *planned, int wanted, const char *why) {
    texts_add(arena, &planned->notes,
              text_format(arena, "built by 'depot build', not by 'builder: %s': %s", words[wanted], why));
}

void builder_save(struct plan_image *planned) {
    int wanted = planned->builder;
    if (wanted != BUILDER_DOCKER && wanted != BUILDER_BUILDX) return;
    planned->builder = BUILDER_DEPOT;
    diag_add(&planned->problems, DIAG_WARNING, "builder-differs", planned->image->place,
             "built by 'depot build', not by 'builder: %s', which cannot save an image in Depot's registry",
             words[wanted]);
}

void builder_settle(struct arena *arena, struct plan_image *planned) {
    int wanted = planned->builder;
    if (wanted != BUILDER_DOCKER && wanted != BUILDER_BUILDX) return;
    for (size_t i = 0; i < planned->links.count; i++) {
        const struct plan_image *base = ((const struct plan_link *)planned->links.items[i])->base;
        if (plan_image_pushes(base) || handover_obstacle(planned, base) != NULL) continue;
        planned->builder = BUILDER_DEPOT;
        struct text name = text_printable(arena, base->image->name);
        diag_add(
            &planned->problems, DIAG_WARNING, "builder-differs", planned->image->place,
            "built by 'depot build', not by 'builder: %s', which builds one image a call: '%.*s', which it is built "
            "from, is not pushed",
            words[wanted], TEXT_ARG(name));
        return;
    }
}

void builder_choose(struct arena *arena, const struct event *event, struct plan_image *planned) {
    const struct compose_build *build = planned->image->build;
    bool needs_bake = build != NULL && text_is_given(build->needs_bake);
    int wanted = needs_bake ? BUILDER_BAKE : planned->image->settings->build.builder;
    const char *why = builds_file(wanted) ? obstacle(planned->image, event, wanted) : NULL;
    planned->builder = why != NULL || wanted == BUILDER_NOT_GIVEN ? BUILDER_DEPOT : wanted;
    if (builds_file(planned->builder)) preflight(arena, planned->image, planned->builder, &planned->problems);
    if (needs_bake && build->is_family) {
        refuse_family(planned);
    } else if (why != NULL && needs_bake) {
        refuse(planned, why);
    }
    if (why != NULL && !needs_bake) say_otherwise(arena, planned, wanted, why);
}
