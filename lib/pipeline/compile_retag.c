#include "pipeline/compile.h"
#include "pipeline/login.h"
#include "pipeline/told.h"

/* What compose declares is no tag of this commit: nobody gave it to the image of the base commit, and it may be latest. */
static bool is_declared(const struct plan_image *planned, const struct value *destination) {
    const struct list *declared = &planned->image->declared_tags;
    for (size_t i = 0; i < declared->count; i++)
        if (value_equal(declared->items[i], destination)) return true;
    return false;
}

/* depot_retag NAME PLATFORMS SOURCE TARGET... */
static void add_retag(struct script *script, const struct plan_image *planned) {
    struct call call = call_begin(script, shell_constant("depot_retag"));
    call_word(&call, shell_word(&script->scope, told_name(script->arena, planned->image)));
    call_word(&call, shell_word(&script->scope, told_platforms(script->arena, planned->image)));
    call_word(&call, shell_word(&script->scope, planned->retagged_from));
    for (size_t i = 0; i < planned->destinations.count; i++)
        if (!is_declared(planned, planned->destinations.items[i]))
            call_word(&call, shell_value(&script->scope, planned->destinations.items[i]));
    call_end(&call);
}

struct step *compile_retag(struct arena *arena, const struct compile_request *request, const struct job *job) {
    const struct plan_image *first = job->images.items[0];
    size_t count = job->images.count;
    struct step *step =
        compile_create(arena, request, job->key, text_format(arena, "retag %zu image%s", count, count == 1 ? "" : "s"));
    struct script script = script_in(arena);
    struct prepared prepared = {0};
    prepare_registry(&script, request->plan->workspace, &job->images, &prepared);
    prepare_recipe(&script, "report", &prepared);
    prepare_recipe(&script, "retag", &prepared);
    script_blank(&script);
    script_heading(&script, "+++",
                   text_format(arena, ":docker: tags of %.12s for what is as it was",
                               text_string(arena, request->plan->event->commit)));
    script_line(&script, shell_constant("depot_tells='meta-data annotation'"));
    for (size_t i = 0; i < count; i++)
        add_retag(&script, job->images.items[i]);
    script_line(&script, shell_constant("depot_finish"));
    step->command = script_shell(&script).text;
    step->retried = prepared.retried;
    login_add_plugins(arena, &job->images, &step->plugins);
    step->builds = step->exports = true;
    step->attributes = compile_shared_attributes(arena, first->image);
    compile_place(arena, request, step, &first->image->settings->build, false);
    return step;
}
