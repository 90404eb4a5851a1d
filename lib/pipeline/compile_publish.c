#include "model/settings_matrix.h"
#include "pipeline/build_call.h"
#include "pipeline/calls.h"
#include "pipeline/compile.h"
#include "pipeline/login.h"
#include "pipeline/reporting.h"
#include "pipeline/speller.h"

const struct node *compile_without_matrix(struct arena *arena, const struct node *value) {
    if (value == NULL || !settings_has_matrix_word(value)) return value;
    if (value->kind != NODE_MAPPING) return NULL;
    struct node *kept = node_mapping(arena);
    for (size_t i = 0; i < value->count; i++)
        if (!settings_has_matrix_word(node_value(value, i)))
            node_set_pair(arena, kept, node_key(value, i), node_value(value, i));
    return kept->count == 0 ? NULL : kept;
}

/* What the user says of the build's step and is as true of this one: where it runs and what it is given. */
const struct node *compile_shared_attributes(struct arena *arena, const struct image *image) {
    static const char *const kept[] = {"agents",   "env",   "secrets",   "plugins", "image",
                                       "priority", "retry", "soft_fail", "if",      "cancel_on_build_failing"};
    const struct node *step = image->settings->build.step;
    struct node *attributes = node_mapping(arena);
    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
        const struct node *value = compile_without_matrix(arena, node_find(step, kept[i]));
        if (value != NULL) node_set(arena, attributes, kept[i], value);
    }
    return attributes->count == 0 ? NULL : attributes;
}

/* Its name in the bake that has built it; absent when it was built by itself. */
static struct text target_of(struct arena *arena, const struct job *build, const struct plan_image *planned) {
    struct list calls = {0};
    calls_find(arena, &build->images, &calls);
    for (size_t i = 0; i < calls.count; i++) {
        const struct list *call = calls.items[i];
        for (size_t j = 0; j < call->count; j++)
            if (call->items[j] == planned) return build_call_target(arena, call, planned);
    }
    return (struct text){0};
}

static void add_push(struct script *script, const struct compile_request *request, const struct job *job) {
    const struct plan_image *planned = job->images.items[0];
    struct value project = speller_project(script->arena, request->plan->workspace, &planned->image->project);
    struct call call = call_begin(script, shell_constant("depot_run depot push"));
    call_value(&call, "--project", &project);
    call_text(&call, "--target", target_of(script->arena, job->build, planned));
    for (size_t i = 0; i < planned->destinations.count; i++)
        call_value(&call, "--tag", planned->destinations.items[i]);
    call_flag(&call, "--progress plain");
    call_word(&call, shell_constant("\"$depot_build\""));
    call_end(&call);
}

struct step *compile_publish(struct arena *arena, const struct compile_request *request, const struct job *job) {
    const struct plan_image *planned = job->images.items[0];
    struct text name = text_printable(arena, planned->image->name);
    struct step *step = compile_create(arena, request, job->key, text_format(arena, "publish %.*s", TEXT_ARG(name)));
    struct script script = script_in(arena);
    script.goes_on = true;
    struct prepared prepared = compile_prepared(arena, request);
    prepare_project(&script, request->plan->workspace, planned->image, &prepared);
    login_add(&script, request->plan->workspace, planned, &prepared);
    script_blank(&script);
    prepare_saved(&script, planned, &prepared);
    script_heading(&script, "+++", text_format(arena, ":docker: publish %.*s", TEXT_ARG(name)));
    add_push(&script, request, job);
    reporting_add_push(&script, planned);
    compile_finish(step, request, &script, &prepared);
    login_add_plugins(arena, &job->images, &step->plugins);
    step->exports = true;
    step->attributes = compile_shared_attributes(arena, planned->image);
    compile_place(arena, request, step, &planned->image->settings->build, false);
    if (!text_is_given(step->image)) step->image = prepare_image(arena, &request->plan->workspace->layers.settings);
    return step;
}
