#include "pipeline/links.h"

#include "pipeline/build_call.h"

size_t links_find(const struct links *links, const struct plan_image *base) {
    for (size_t i = 0; i < links->bases.count; i++)
        if (links->bases.items[i] == base) return i + 1;
    return 0;
}

static bool fits_a_bake(const struct image *image) {
    const struct compose_build *build = image->build;
    bool has_hosts = build != NULL && build->extra_hosts.count > 0;
    bool is_inline = build != NULL && text_is_given(build->dockerfile_inline);
    return !has_hosts && !is_inline && !build_call_needs_link(image);
}

const char *links_obstacle(const struct plan_image *planned, const struct plan_image *base) {
    if (plan_image_is_broken(base)) return "it cannot be built";
    if (base->is_published) return NULL;
    if (!text_equal(planned->image->project.id, base->image->project.id))
        return "it is built in another Depot project and not pushed";
    if (!fits_a_bake(planned->image) || !fits_a_bake(base->image))
        return "it is not pushed, and one call cannot build both";
    return NULL;
}

void links_find_all(struct arena *arena, const struct plan_image *planned, struct links *out) {
    for (size_t at = 0; at <= out->bases.count; at++) {
        const struct plan_image *image = at == 0 ? planned : out->bases.items[at - 1];
        for (size_t i = 0; i < image->links.count; i++) {
            const struct plan_image *base = ((const struct plan_link *)image->links.items[i])->base;
            bool is_wanted = base->is_built && !base->is_published && links_obstacle(planned, base) == NULL;
            if (is_wanted && base != planned && links_find(out, base) == 0) list_add(arena, &out->bases, (void *)base);
        }
    }
}
