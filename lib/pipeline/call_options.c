#include "pipeline/call_options.h"

static bool has_artifacts(const struct list *images) {
    for (size_t i = 0; i < images->count; i++)
        if (((const struct plan_image *)images->items[i])->has_sbom_artifacts) return true;
    return false;
}

/* Only the Depot CLI has a word for it. */
static bool writes_artifacts(const struct list *images) {
    int builder = ((const struct plan_image *)images->items[0])->builder;
    return builder != BUILDER_COMPOSE && builder != BUILDER_BUILDX && has_artifacts(images);
}

struct text call_options_artifacts(const struct list *images) {
    return writes_artifacts(images) ? TEXT(CALL_OPTIONS_SBOM_DIRECTORY "/**/*") : (struct text){0};
}

bool call_options_agree(const struct plan_image *a, const struct plan_image *b) {
    return text_is_given(a->lint) == text_is_given(b->lint) && text_equal(a->lint, b->lint);
}

void call_options_add(struct call *call, const struct list *images) {
    const struct plan_image *first = images->items[0];
    if (text_is_given(first->lint)) {
        call_flag(call, "--lint");
        call_text(call, "--lint-fail-on", first->lint);
    }
    if (writes_artifacts(images)) call_option(call, "--sbom-dir", shell_constant(CALL_OPTIONS_SBOM_DIRECTORY));
}
