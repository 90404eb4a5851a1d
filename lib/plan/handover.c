#include "plan/handover.h"

static const char *extras_alone(const struct compose_extras *extras) {
    if (extras->ulimits.count > 0) return "bake has no word for 'ulimits'";
    if (extras->entitlements.count > 0) return "bake has no word for 'entitlements' and 'privileged'";
    if (!value_is_literal(&extras->provenance)) return "its 'provenance' is known only when the step runs";
    if (!value_is_literal(&extras->sbom)) return "its 'sbom' is known only when the step runs";
    return NULL;
}

const char *handover_alone(const struct image *image) {
    const struct compose_build *build = image->build;
    if (image_needs_link(image)) return "the name of its context's directory is not ASCII";
    if (build == NULL) return NULL;
    if (build->extra_hosts.count > 0) return "bake has no word for 'extra_hosts'";
    if (image_has_inline_dockerfile(image)) return "its Dockerfile stands in the compose file";
    return build->extras == NULL ? NULL : extras_alone(build->extras);
}

const char *handover_obstacle(const struct plan_image *planned, const struct plan_image *base) {
    if (plan_image_is_broken(base)) return "it cannot be built";
    if (plan_image_pushes(base)) return NULL;
    bool builds_file = planned->builder == BUILDER_BAKE || planned->builder == BUILDER_COMPOSE;
    if (builds_file && planned->image->compose != base->image->compose)
        return "it is not pushed, and the compose file is built as it is";
    if (builds_file) return NULL;
    if (!text_equal(planned->image->project.id, base->image->project.id))
        return "it is built in another Depot project and not pushed";
    if (handover_alone(planned->image) != NULL || handover_alone(base->image) != NULL)
        return "it is not pushed, and one call cannot build both";
    return NULL;
}
