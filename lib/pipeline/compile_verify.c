#include "pipeline/compile.h"

/* There is one, for without one there is no such step. */
static const struct image *first_built(const struct plan *plan) {
    for (size_t i = 0;; i++) {
        const struct plan_image *planned = plan->images.items[i];
        if (planned->is_built && !plan_image_is_broken(planned)) return planned->image;
    }
}

struct step *compile_verify(struct arena *arena, const struct compile_request *request, const struct job *job) {
    const struct image *first = first_built(request->plan);
    struct step *step = compile_create(arena, request, job->key, TEXT("verify Depot"));
    struct script script = script_in(arena);
    script.goes_on = true;
    struct prepared prepared = compile_prepared(arena, request);
    script_blank(&script);
    prepare_verify(&script, request->plan, &prepared);
    compile_finish(step, request, &script, &prepared);
    step->exports = true;
    step->attributes = compile_shared_attributes(arena, first);
    compile_place(arena, request, step, &first->settings->build, false);
    if (!text_is_given(step->image)) step->image = prepare_image(arena, &request->plan->workspace->layers.settings);
    return step;
}
