#include "pipeline/reporting.h"

#include "pipeline/build_call.h"
#include "pipeline/compose_overlay.h"
#include "pipeline/links.h"
#include "pipeline/told.h"

static bool has_meta_data(const struct plan_image *planned) {
    bool is_asked = planned->steps.count > 0; /* IMAGE_DIGEST of their commands comes from there */
    return is_asked || plan_image_saves(planned) ||
           settings_report_has_meta_data(&planned->image->settings->build.report);
}

static bool annotates(const struct plan_image *planned) {
    return settings_report_annotates(&planned->image->settings->build.report);
}

bool reporting_tells(const struct plan_image *planned) {
    if (!planned->is_built || plan_image_is_broken(planned)) return false;
    if (!plan_image_pushes(planned) && !plan_image_saves(planned)) return false;
    return annotates(planned) || has_meta_data(planned);
}

static bool has_reported(const struct list *images) {
    for (size_t i = 0; i < images->count; i++) {
        if (reporting_tells(images->items[i])) return true;
    }
    return false;
}

void reporting_start(struct script *script, const struct plan *plan) {
    if (has_reported(&plan->images)) script_line(script, shell_recipe(recipe_find("report")));
}

/* What the metadata file calls it; empty where the call is no bake. */
static struct text target_of(struct arena *arena, const struct plan_image *planned, const struct links *links) {
    if (planned->builder == BUILDER_BAKE) {
        struct text service = text_concat(arena, compose_overlay_service(planned), TEXT(""));
        char *name = text_string(arena, service);
        for (size_t i = 0; i < service.len; i++)
            if (name[i] == '.') name[i] = '_';
        return text_of(name, service.len);
    }
    return links->targets.count > 1 ? links_target(links, planned)->name : TEXT("");
}

/* The setting of an image, where it is not what the recipe does by itself. */
static void add_tells(struct script *script, const struct plan_image *planned, bool *is_set) {
    bool is_whole = annotates(planned) && has_meta_data(planned);
    if (is_whole && *is_set) script_line(script, shell_constant("unset depot_tells"));
    if (!has_meta_data(planned)) script_line(script, shell_constant("depot_tells=annotation"));
    if (!annotates(planned)) script_line(script, shell_constant("depot_tells=meta-data"));
    *is_set = !is_whole;
}

/* `docker compose build` writes no metadata file: the registry is asked. */
static void add_inspection(struct script *script, const struct plan_image *planned) {
    struct shell reference = shell_value(&script->scope, planned->destinations.items[0]);
    script_line(script, shell_join(script->arena, shell_constant("depot_inspect "), reference));
}

/* `references`: of struct value, where it was pushed to. */
static void add_one(struct script *script, const struct plan_image *planned, struct text target,
                    const struct list *references) {
    struct arena *arena = script->arena;
    struct call call = call_begin(script, shell_constant("depot_report"));
    call_word(&call, shell_word(&script->scope, target));
    call_word(&call, shell_word(&script->scope, told_name(arena, planned->image)));
    call_word(&call, shell_word(&script->scope, told_platforms(arena, planned->image)));
    for (size_t i = 0; i < references->count; i++)
        call_word(&call, shell_value(&script->scope, references->items[i]));
    call_end(&call);
}

void reporting_add_push(struct script *script, const struct plan_image *planned) {
    bool is_set = false;
    add_tells(script, planned, &is_set);
    add_one(script, planned, TEXT(""), &planned->destinations);
}

void reporting_add(struct script *script, const struct list *images, size_t number) {
    static const struct list none;
    const struct plan_image *first = images->items[0];
    bool is_depot = first->builder == BUILDER_DEPOT, is_set = false;
    struct links links = {0};
    if (!has_reported(images)) return;
    if (is_depot && (images->count > 1 || first->links.count > 0)) links_find(script->arena, images, &links);
    if (first->builder == BUILDER_COMPOSE) script_line(script, shell_recipe(recipe_find("report_compose")));
    if (number > 0) script_assign(script, "depot_metadata", build_call_metadata(script->arena, number));
    for (size_t i = 0; i < images->count; i++) {
        const struct plan_image *planned = images->items[i];
        if (!reporting_tells(planned)) continue;
        add_tells(script, planned, &is_set);
        if (first->builder == BUILDER_COMPOSE) add_inspection(script, planned);
        add_one(script, planned, target_of(script->arena, planned, &links),
                plan_image_pushes(planned) ? &planned->destinations : &none);
    }
    if (is_set) script_line(script, shell_constant("unset depot_tells")); /* the next call's images may be told whole */
}
