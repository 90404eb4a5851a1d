#include "pipeline/build_call.h"

#include "pipeline/call_options.h"
#include "pipeline/compose_call.h"
#include "pipeline/speller.h"
#include "plan/builder.h"

/* A Dockerfile that stands in the compose file becomes one; no ignore file is beside it, so that of the context counts. */
static void add_dockerfile(struct script *script, const struct image *image) {
    if (!image_has_inline_dockerfile(image)) return;
    script_file(script, BUILD_CALL_DOCKERFILE, shell_document(&script->scope, image->build->dockerfile_inline));
    if (image->build->context_is_remote) script_line(script, shell_constant("depot_input=" BUILD_CALL_DOCKERFILE));
}

/* What a call reads, only it does. */
static void end_input(struct script *script, const struct image *image) {
    bool has_input = image_has_inline_dockerfile(image) && image->build->context_is_remote;
    if (has_input) script_line(script, shell_constant("depot_input="));
}

static struct shell context_word(struct script *script, const struct image *image) {
    if (image_needs_link(image)) return shell_constant(BUILD_CALL_LINK);
    bool is_remote = image->build != NULL && image->build->context_is_remote;
    return shell_word(&script->scope, is_remote ? image->context : speller_path(script->arena, image->context));
}

static void add_project(struct call *call, const struct workspace *workspace, const struct image *image) {
    struct value project = speller_project(call->script->arena, workspace, &image->project);
    call_value(call, "--project", &project);
}

/* --- one by itself --- */

static struct shell program(int builder) {
    if (builder == BUILDER_DOCKER) return shell_constant("depot_run docker build");
    if (builder == BUILDER_BUILDX) return shell_constant("depot_run docker buildx build");
    return shell_constant("depot_run depot build");
}

static void add_build(struct script *script, const struct workspace *workspace, const struct list *images,
                      const struct links *links, struct shell metadata) {
    const struct plan_image *planned = images->items[0];
    const struct image *image = planned->image;
    speller_export_defaults(script, planned);
    add_dockerfile(script, image);
    struct call call = call_begin(script, program(planned->builder));
    struct speller speller = {.call = &call};
    if (planned->builder == BUILDER_BUILDX) {
        call_option(&call, "--builder", shell_constant("\"depot_$depot_project\""));
    } else {
        add_project(&call, workspace, image); /* which a `docker build` that is not Depot's refuses */
    }
    speller_describe(&speller, planned, &image->platforms, links);
    speller_values(&speller, "--tag", plan_image_references(planned));
    if (plan_image_pushes(planned)) call_flag(&call, "--push");
    if (plan_image_loads(planned)) call_flag(&call, "--load");
    speller_save(&call, planned);
    call_options_add(&call, images);
    call_flag(&call, "--progress plain");
    call_option(&call, "--metadata-file", metadata);
    call_word(&call, context_word(script, image));
    call_end(&call);
    end_input(script, image);
    if (builder_is_docker(planned->builder)) script_line(script, shell_constant(BUILD_CALL_IS_ON_DEPOT));
}

/* --- several --- */

/* What bake has no word for, and whoever reads the log is told of. */
static void say_dropped(struct script *script, const struct list *images) {
    for (size_t i = 0; i < images->count; i++) {
        const struct plan_image *planned = images->items[i];
        if (planned->annotations.count == 0) continue;
        struct text name = text_printable(script->arena, planned->image->name);
        struct text words = text_format(
            script->arena, "Note: the annotations of %.*s are left out: bake has no word for them", TEXT_ARG(name));
        script_line(script, shell_join(script->arena, shell_constant("echo "), shell_word(&script->scope, words)));
    }
}

/* {"target":{"web":{},"base":{}}} */
static void add_bake_file(struct script *script, const struct links *links) {
    struct buffer json = buffer_in(script->arena);
    buffer_add_string(&json, "{\"target\":{");
    for (size_t i = 0; i < links->targets.count; i++) {
        const struct link_target *target = links->targets.items[i];
        buffer_format(&json, "%s\"%.*s\":{}", i == 0 ? "" : ",", TEXT_ARG(target->name));
    }
    buffer_add_string(&json, "}}");
    script_file(script, BUILD_CALL_BAKE_FILE, shell_word(&script->scope, buffer_text(&json)));
}

static size_t count_published(const struct list *images) {
    size_t count = 0;
    for (size_t i = 0; i < images->count; i++)
        count += plan_image_pushes(images->items[i]);
    return count;
}

/* `pushes`: this target for itself, because others of the call are not pushed. */
static void add_target(struct call *call, const struct link_target *target, const struct links *links, bool pushes) {
    const struct plan_image *planned = target->planned;
    struct speller speller = {.call = call, .target = target->name};
    bool is_remote = planned->image->build != NULL && planned->image->build->context_is_remote;
    struct text context = planned->image->context;
    speller_export_defaults(call->script, planned);
    speller_text(&speller, "--context", is_remote ? context : speller_path(call->script->arena, context));
    speller_describe(&speller, planned, target->is_wanted ? &planned->image->platforms : &links->platforms, links);
    if (target->is_wanted) speller_values(&speller, "--tag", plan_image_references(planned));
    if (target->is_wanted && plan_image_pushes(planned) && pushes) speller_flag(&speller, "--push");
}

/* Each after what it is built from, as far as the order goes that they come in. */
static void add_bake(struct script *script, const struct workspace *workspace, const struct list *images,
                     const struct links *links, struct shell metadata) {
    size_t published = count_published(images);
    say_dropped(script, images);
    add_bake_file(script, links);
    struct call call = call_begin(script, shell_constant("depot_run depot bake"));
    add_project(&call, workspace, ((const struct plan_image *)images->items[0])->image);
    call_option(&call, "--file", shell_constant(BUILD_CALL_BAKE_FILE));
    for (size_t i = links->targets.count; i > images->count; i--)
        add_target(&call, links->targets.items[i - 1], links, false);
    for (size_t i = 0; i < images->count; i++)
        add_target(&call, links->targets.items[i], links, published < images->count);
    if (published == images->count) call_flag(&call, "--push"); /* what is wanted; it beats every push of a target */
    if (plan_image_loads(images->items[0])) call_flag(&call, "--load"); /* of the others: calls_find */
    call_options_add(&call, images);
    speller_save(&call, images->items[0]);
    call_flag(&call, "--progress plain");
    call_option(&call, "--metadata-file", metadata);
    for (size_t i = 0; i < images->count; i++) {
        const struct link_target *target = links->targets.items[i];
        call_word(&call, shell_word(&script->scope, target->name));
    }
    call_end(&call);
}

struct shell build_call_metadata(struct arena *arena, size_t number) {
    if (number == 0) return shell_constant("\"$depot_scratch/build.json\"");
    return shell_constant_of(text_format(arena, "\"$depot_scratch/build-%zu.json\"", number));
}

void build_call_add(struct script *script, const struct workspace *workspace, const struct list *images,
                    size_t number) {
    const struct plan_image *first = images->items[0];
    struct shell metadata = build_call_metadata(script->arena, number);
    struct links links = {0};
    if (first->builder == BUILDER_BAKE || first->builder == BUILDER_COMPOSE) {
        compose_call_add(script, workspace, images, metadata);
        return;
    }
    if (images->count > 1 || first->links.count > 0) links_find(script->arena, images, &links);
    if (links.targets.count <= 1) {
        add_build(script, workspace, images, &links, metadata);
    } else {
        add_bake(script, workspace, images, &links, metadata);
    }
}

struct text build_call_target(struct arena *arena, const struct list *images, const struct plan_image *planned) {
    struct links links = {0};
    if (planned->builder == BUILDER_BAKE || planned->builder == BUILDER_COMPOSE)
        return compose_call_target(arena, planned);
    if (images->count == 1 && planned->links.count == 0) return (struct text){0};
    links_find(arena, images, &links);
    return links.targets.count <= 1 ? (struct text){0} : links_target(&links, planned)->name;
}
