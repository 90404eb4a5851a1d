#include "pipeline/compose_call.h"

#include "base/path.h"
#include "pipeline/build_call.h"
#include "pipeline/call_options.h"
#include "pipeline/compose_overlay.h"
#include "pipeline/speller.h"

/* Bake knows a service by its name with '_' for '.'. */
static struct text bake_name(struct arena *arena, struct text service) {
    struct buffer name = buffer_in(arena);
    for (size_t i = 0; i < service.len; i++)
        buffer_add_byte(&name, service.ptr[i] == '.' ? '_' : service.ptr[i]);
    return buffer_text(&name);
}

struct text compose_call_target(struct arena *arena, const struct plan_image *planned) {
    return bake_name(arena, compose_overlay_service(planned));
}

/* "(cd ./shop && depot_run …": the "./" keeps CDPATH and options out of it. */
static struct shell in_directory(struct script *script, const struct compose_model *model, struct shell program) {
    if (text_is(model->directory, ".")) return program;
    struct shell word = shell_word(&script->scope, text_concat(script->arena, TEXT("./"), model->directory));
    struct shell line = shell_join(script->arena, shell_constant("(cd "), word);
    return shell_join(script->arena, shell_join(script->arena, line, shell_constant(" && ")), program);
}

static void end(struct call *call, const struct compose_model *model) {
    if (!text_is(model->directory, ".")) call_close(call);
    call_end(call);
}

static void add_files(struct call *call, const struct compose_model *model) {
    struct arena *arena = call->script->arena;
    for (size_t i = 0; i < model->paths.count; i++) {
        struct text path = path_relative(arena, model->directory, model->paths.items[i]);
        call_text(call, "--file", speller_path(arena, path));
    }
}

static size_t count_published(const struct list *images) {
    size_t count = 0;
    for (size_t i = 0; i < images->count; i++)
        count += plan_image_pushes(images->items[i]);
    return count;
}

/* --- bake --- */

/* A project that the settings name beats the file's; --project would not. */
static bool needs_project(const struct image *image) {
    return text_is_given(image->build->project) && !text_equal(image->build->project, image->project.id);
}

/* {"target":{"web":{"project_id":"abc"}}}: laid over the file, for --set has no word for it; absent when there is no need. */
static struct text projects(struct arena *arena, const struct list *images) {
    struct buffer json = buffer_in(arena);
    for (size_t i = 0; i < images->count; i++) {
        const struct plan_image *planned = images->items[i];
        if (!needs_project(planned->image)) continue;
        buffer_add_string(&json, json.len == 0 ? "{\"target\":{" : ",");
        compose_overlay_quote(&json, compose_call_target(arena, planned));
        buffer_add_string(&json, ":{\"project_id\":");
        compose_overlay_quote(&json, planned->image->project.id);
        buffer_add_byte(&json, '}');
    }
    if (json.len == 0) return (struct text){0};
    buffer_add_string(&json, "}}");
    return buffer_text(&json);
}

static void add_platforms(struct speller *speller, const struct list *platforms) {
    for (size_t i = 0; i < platforms->count; i++)
        speller_text(speller, "--platform", *(const struct text *)platforms->items[i]);
}

static void add_arguments(struct speller *speller, const struct plan_image *planned) {
    for (size_t i = 0; i < planned->arguments.count; i++) {
        const struct plan_argument *argument = planned->arguments.items[i];
        struct value word = speller_argument(speller->call->script->arena, argument, planned->image->variables);
        if (compose_overlay_sets(planned, argument)) speller_value(speller, "--build-arg", &word);
    }
}

static void add_links(struct speller *speller, const struct plan_image *planned) {
    struct arena *arena = speller->call->script->arena;
    struct links none = {0};
    for (size_t i = 0; i < planned->links.count; i++) {
        const struct plan_link *link = planned->links.items[i];
        struct value word = value_literal(arena, text_concat(arena, link->name, TEXT("=")));
        if (!link->base->is_built || compose_overlay_knows(planned, link)) continue;
        bool is_beside = link->base->image->compose == planned->image->compose;
        if (is_beside)
            value_add_text(arena, &word, text_concat(arena, TEXT("target:"), compose_call_target(arena, link->base)));
        if (is_beside || speller_link(arena, link, &none, &word)) speller_value(speller, "--build-context", &word);
    }
}

/* Neither an image nor a cache leaves the builder, but for a cache of the settings. */
static void keep_inside(struct speller *speller, bool has_cache) {
    speller_text(speller, "--output", TEXT("type=cacheonly"));
    if (!has_cache) speller_text(speller, "--cache-to", TEXT(""));
}

/* What bake would drop of the file, and has a word for. */
static void add_dropped(struct speller *speller, const struct plan_image *planned) {
    const struct compose_build *build = planned->image->build;
    speller_text(speller, "--shm-size", build->shm_size);
    if (build->no_cache && !planned->no_cache) speller_flag(speller, "--no-cache");
    if (build->pull) speller_flag(speller, "--pull");
}

/* All but where it goes. */
static void describe(struct speller *speller, const struct plan_image *planned, const struct list *platforms,
                     bool is_wanted) {
    const struct image *image = planned->image;
    struct arena *arena = speller->call->script->arena;
    speller_export_defaults(speller->call->script, planned);
    if (image->settings->context.node != NULL)
        speller_text(speller, "--context", path_relative(arena, image->compose->directory, image->context));
    if (image->settings->target.node != NULL) speller_text(speller, "--target", image->target);
    /* what bake has yet to evaluate may name other platforms */
    bool is_open = text_is_given(image->build->needs_bake) && image->platforms_are_default;
    if (!is_open) add_platforms(speller, platforms);
    add_arguments(speller, planned);
    add_dropped(speller, planned);
    add_links(speller, planned);
    speller_settings(speller, planned, is_wanted, true);
    if (is_wanted && planned->is_published && planned->replaces_cache && planned->cache_to.count == 0)
        speller_text(speller, "--cache-to", TEXT("")); /* that of the file does not count */
}

static void add_target(struct call *call, const struct plan_image *planned, bool pushes) {
    struct speller speller = {.call = call, .target = compose_call_target(call->script->arena, planned)};
    bool has_cache = planned->cache_to.count > 0;
    describe(&speller, planned, &planned->image->platforms, true);
    bool is_kept = plan_image_saves(planned) || plan_image_loads(planned);
    speller_values(&speller, "--tag", plan_image_references(planned));
    if (is_kept && !has_cache) speller_text(&speller, "--cache-to", TEXT(""));
    if (!plan_image_pushes(planned) && !is_kept) keep_inside(&speller, has_cache);
    if (plan_image_pushes(planned) && pushes) speller_flag(&speller, "--push");
}

/*
 * Services that come along because others are built from them: for the platforms of those, or the CLI refuses to hand
 * them over. They push nothing either, whatever their 'x-bake' says.
 */
static void add_bases(struct call *call, const struct list *images) {
    struct arena *arena = call->script->arena;
    struct list bases = compose_overlay_bases(arena, images), platforms = links_platforms(arena, images);
    for (size_t i = 0; i < bases.count; i++) {
        const struct plan_image *base = bases.items[i];
        for (size_t j = 0; j < base->image->services.count; j++) {
            const struct image_service *service = base->image->services.items[j];
            struct speller speller = {.call = call, .target = bake_name(arena, service->name)};
            describe(&speller, base, &platforms, false);
            keep_inside(&speller, false);
        }
    }
}

static void add_bake(struct script *script, const struct workspace *workspace, const struct list *images,
                     struct shell metadata) {
    const struct image *first = ((const struct plan_image *)images->items[0])->image;
    struct text overlay = projects(script->arena, images);
    size_t published = count_published(images);
    if (text_is_given(overlay)) script_file(script, BUILD_CALL_BAKE_FILE, shell_word(&script->scope, overlay));
    struct shell program = shell_constant("depot_run depot bake");
    struct call call = call_begin(script, in_directory(script, first->compose, program));
    struct value project = speller_project(script->arena, workspace, &first->project);
    call_value(&call, "--project", &project);
    add_files(&call, first->compose);
    if (text_is_given(overlay)) call_option(&call, "--file", shell_constant(BUILD_CALL_BAKE_FILE));
    for (size_t i = 0; i < images->count; i++)
        add_target(&call, images->items[i], published < images->count);
    add_bases(&call, images);
    if (published == images->count) call_flag(&call, "--push");
    if (plan_image_loads(images->items[0])) call_flag(&call, "--load");
    call_options_add(&call, images);
    speller_save(&call, images->items[0]);
    call_flag(&call, "--progress plain");
    call_option(&call, "--metadata-file", metadata);
    for (size_t i = 0; i < images->count; i++)
        call_word(&call, shell_word(&script->scope, compose_call_target(script->arena, images->items[i])));
    end(&call, first->compose);
}

/* --- docker compose --- */

/* All that one push state has. */
static void add_compose(struct script *script, const struct list *images, bool pushes) {
    const struct compose_model *model = ((const struct plan_image *)images->items[0])->image->compose;
    struct shell program = shell_constant("depot_run docker compose");
    struct call call = call_begin(script, in_directory(script, model, program));
    call_flag(&call, "--progress plain");
    add_files(&call, model);
    call_option(&call, "--file", shell_constant(BUILD_CALL_OVERLAY));
    call_flag(&call, pushes ? "build --push" : "build");
    for (size_t i = 0; i < images->count; i++)
        call_word(&call, shell_word(&script->scope, compose_overlay_service(images->items[i])));
    end(&call, model);
    script_line(script, shell_constant(BUILD_CALL_IS_ON_DEPOT));
}

/* Its --push is for all that a call builds. */
static void add_composes(struct script *script, const struct list *images) {
    struct list pushed = {0}, kept = {0};
    struct text overlay = compose_overlay(script->arena, images);
    script_file(script, BUILD_CALL_OVERLAY, shell_document(&script->scope, overlay));
    for (size_t i = 0; i < images->count; i++) {
        const struct plan_image *planned = images->items[i];
        list_add(script->arena, plan_image_pushes(planned) ? &pushed : &kept, images->items[i]);
    }
    if (kept.count > 0) add_compose(script, &kept, false);
    if (pushed.count > 0) add_compose(script, &pushed, true);
}

void compose_call_add(struct script *script, const struct workspace *workspace, const struct list *images,
                      struct shell metadata) {
    if (((const struct plan_image *)images->items[0])->builder == BUILDER_BAKE) {
        add_bake(script, workspace, images, metadata);
    } else {
        add_composes(script, images);
    }
}
