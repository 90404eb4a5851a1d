#include "pipeline/compile.h"

#include "base/path.h"
#include "pipeline/build_call.h"
#include "pipeline/call_options.h"
#include "pipeline/calls.h"
#include "pipeline/kubernetes.h"
#include "pipeline/links.h"
#include "pipeline/loaded.h"
#include "pipeline/login.h"
#include "pipeline/reporting.h"
#include "plan/builder.h"

static struct text image_names(struct arena *arena, const struct list *images) {
    struct buffer names = buffer_in(arena);
    for (size_t i = 0; i < images->count; i++) {
        const struct plan_image *planned = images->items[i];
        if (i > 0) buffer_add_string(&names, ", ");
        buffer_add(&names, text_printable(arena, planned->image->name));
    }
    return buffer_text(&names);
}

/* Why none of them is published, where that is one reason; absent otherwise. */
static struct text common_reason(const struct list *images) {
    const struct plan_image *first = images->items[0];
    for (size_t i = 0; i < images->count; i++) {
        const struct plan_image *planned = images->items[i];
        if (planned->is_published || !text_equal(planned->reason, first->reason)) return (struct text){0};
    }
    return first->reason;
}

static void say(struct script *script, struct text words) {
    struct shell word = shell_word(&script->scope, words);
    script_line(script, shell_join(script->arena, shell_constant("echo "), word));
}

/* ":docker: hello, not published: the settings name no registry"; reasons that differ have a line each. */
static void add_build_heading(struct script *script, const struct list *images) {
    struct text reason = common_reason(images);
    struct buffer words = buffer_in(script->arena);
    buffer_add(&words, TEXT(":docker: "));
    buffer_add(&words, images->count == 1 ? ((const struct plan_image *)images->items[0])->image->name
                                          : image_names(script->arena, images));
    if (text_is_given(reason)) buffer_add(&words, TEXT(", not published: "));
    if (text_is_given(reason)) buffer_add(&words, reason);
    script_heading(script, "+++", buffer_text(&words));
    for (size_t i = 0; i < images->count && !text_is_given(reason); i++) {
        const struct plan_image *planned = images->items[i];
        if (planned->is_published) continue;
        struct text name = text_printable(script->arena, planned->image->name);
        say(script,
            text_format(script->arena, "%.*s is not published: %.*s", TEXT_ARG(name), TEXT_ARG(planned->reason)));
    }
}

/* A base that is built here and cannot be handed over: whoever reads the log is told. */
static void add_obstacles(struct script *script, const struct plan_image *planned) {
    for (size_t i = 0; i < planned->links.count; i++) {
        const struct plan_image *base = ((const struct plan_link *)planned->links.items[i])->base;
        const char *why = base->is_built ? handover_obstacle(planned, base) : NULL;
        if (why == NULL) continue;
        struct text name = text_printable(script->arena, base->image->name);
        say(script, text_format(script->arena, "Note: the published %.*s is taken, not the one of this build: %s",
                                TEXT_ARG(name), why));
    }
}

/* Something of each build leaves the builder: else the CLI warns. */
static bool all_exported(const struct list *images) {
    for (size_t i = 0; i < images->count; i++)
        if (!plan_image_pushes(images->items[i]) && !plan_image_saves(images->items[i]) &&
            !plan_image_loads(images->items[i]))
            return false;
    return true;
}

struct step *compile_create(struct arena *arena, const struct compile_request *request, struct text key,
                            struct text names) {
    struct step *step = arena_alloc(arena, sizeof(*step));
    step->key = key;
    step->label = text_concat(arena, TEXT(":docker: "), names);
    step->queue = request->queue;
    return step;
}

struct compile_request compile_begin(struct arena *arena, const struct plan *plan, struct text queue) {
    struct compile_request request = {.plan = plan, .queue = queue, .facts = facts_find(plan->workspace, plan->event)};
    struct script script = script_in(arena);
    prepare_start(&script, &plan->workspace->layers.settings, &request.prepared);
    reporting_start(&script, plan);
    request.start = script_shell(&script);
    return request;
}

/* The start's own list must not grow by what one step adds. */
struct prepared compile_prepared(struct arena *arena, const struct compile_request *request) {
    struct prepared copy = request->prepared;
    copy.retried = (struct list){0};
    for (size_t i = 0; i < request->prepared.retried.count; i++)
        list_add(arena, &copy.retried, request->prepared.retried.items[i]);
    return copy;
}

/* One call of the CLI with what it needs above it; `number` as build_call_add has it. */
static void add_call(struct script *script, const struct workspace *workspace, const struct list *images, size_t number,
                     struct prepared *prepared) {
    const struct plan_image *first = images->items[0];
    prepare_project(script, workspace, first->image, prepared);
    for (size_t i = 0; i < images->count; i++) {
        login_add(script, workspace, images->items[i], prepared);
    }
    if (builder_is_docker(first->builder)) prepare_docker(script, workspace, first, prepared);
    if (plan_image_loads(first)) prepare_daemon(script, prepared);
    if (images->count == 1) prepare_context(script, first->image, prepared);
    script_blank(script);
    add_build_heading(script, images);
    for (size_t i = 0; i < images->count; i++)
        add_obstacles(script, images->items[i]);
    build_call_add(script, workspace, images, number);
    reporting_add(script, images, number);
}

static bool need_docker(const struct list *images) {
    for (size_t i = 0; i < images->count; i++)
        if (plan_image_needs_docker(images->items[i])) return true;
    return false;
}

/* What of the settings says where a step runs. */
void compile_place(struct arena *arena, const struct compile_request *request, struct step *step,
                   const struct build_settings *settings, bool needs_docker) {
    struct kubernetes_step pod = {
        .builds = step->builds, .needs_docker = needs_docker, .is_fork = request->plan->event->is_fork};
    step->image = settings->kubernetes.image.text;
    const struct node *plugin = kubernetes_plugin(arena, &settings->kubernetes, &pod, step->attributes);
    if (plugin != settings_kubernetes_find_plugin(step->attributes)) step->kubernetes = plugin;
}

void compile_finish(struct step *step, const struct compile_request *request, const struct script *script,
                    const struct prepared *prepared) {
    const struct settings *settings = &request->plan->workspace->layers.settings;
    step->lead = request->start.text;
    step->command = script_shell(script).text;
    step->retried = prepared->retried;
    step->builds = true;
    if (settings->auth == AUTH_TOKEN && text_is_given(settings->token_secret.text))
        step->token_secret = settings->token_secret.text;
}

struct step *compile_build(struct arena *arena, const struct compile_request *request, const struct job *job) {
    const struct plan_image *first = job->images.items[0];
    struct text title =
        text_is_given(job->title) ? text_printable(arena, job->title) : image_names(arena, &job->images);
    struct step *step = compile_create(arena, request, job->key, title);
    struct script script = script_in(arena);
    script.goes_on = true;
    struct prepared prepared = compile_prepared(arena, request);
    struct list calls = {0};
    if (job->images.count == 1) {
        list_add(arena, &calls, (void *)&job->images);
    } else {
        calls_find(arena, &job->images, &calls);
    }
    for (size_t i = 0; i < calls.count; i++)
        add_call(&script, request->plan->workspace, calls.items[i], calls.count == 1 ? 0 : i + 1, &prepared);
    for (size_t i = 0; i < job->images.count; i++)
        loaded_add_tests(&script, &request->facts, job->images.items[i], job->key);
    compile_finish(step, request, &script, &prepared);
    step->exports = all_exported(&job->images);
    login_add_plugins(arena, &job->images, &step->plugins);
    step->artifacts = call_options_artifacts(&job->images);
    step->attributes = first->image->settings->build.step;
    compile_place(arena, request, step, &first->image->settings->build, need_docker(&job->images));
    if (!text_is_given(step->image)) step->image = prepare_image(arena, &request->plan->workspace->layers.settings);
    return step;
}

/* Of the user's attributes a red step needs those that say where it runs. */
static const struct node *agents_of(struct arena *arena, const struct image *image) {
    const struct node *agents = compile_without_matrix(arena, node_find(image->settings->build.step, "agents"));
    if (agents == NULL) return NULL;
    struct node *attributes = node_mapping(arena);
    node_set(arena, attributes, "agents", agents);
    return attributes;
}

struct step *compile_broken(struct arena *arena, const struct compile_request *request,
                            const struct plan_image *planned, struct text key) {
    struct text name = text_printable(arena, planned->image->name);
    struct step *step = compile_create(arena, request, key, name);
    struct buffer words = buffer_in(arena);
    diag_write(&words, &planned->image->problems, DIAG_ERROR, false);
    diag_write(&words, &planned->problems, DIAG_ERROR, false);
    struct script script = script_in(arena);
    script_heading(&script, "+++", text_format(arena, ":docker: %.*s cannot be built", TEXT_ARG(name)));
    struct call call = call_begin(&script, shell_constant("printf '%s'"));
    call_word(&call, shell_document(&script.scope, buffer_text(&words)));
    call_word(&call, shell_constant(">&2"));
    call_end(&call);
    script_line(&script, shell_constant("exit 1"));
    step->attributes = agents_of(arena, planned->image);
    compile_place(arena, request, step, &planned->image->settings->build, false);
    step->command = script_shell(&script).text;
    return step;
}

/* Whole characters only. */
static struct text cut(struct text text, size_t most) {
    if (text.len <= most) return text;
    while (most > 0 && ((unsigned char)text.ptr[most] & 0xC0) == 0x80)
        most--;
    return text_first(text, most);
}

struct step *compile_unaffected(struct arena *arena, const struct compile_request *request,
                                const struct plan_image *planned, struct text key) {
    struct step *step = compile_create(arena, request, key, text_printable(arena, planned->image->name));
    struct text sentence = plan_image_sentence(arena, request->plan, planned);
    step->attributes = agents_of(arena, planned->image);
    if (plan_image_unaffected(planned) == UNAFFECTED_SKIP) {
        step->command = TEXT("exit 0");
        step->skip = cut(sentence, STEP_SKIP_LIMIT);
        return step;
    }
    compile_place(arena, request, step, &planned->image->settings->build, false);
    struct script script = script_in(arena);
    script_heading(
        &script, "+++",
        text_format(arena, ":docker: %.*s is not built: %.*s", TEXT_ARG(planned->image->name), TEXT_ARG(sentence)));
    step->command = script_shell(&script).text;
    return step;
}

struct step *compile_nothing(struct arena *arena, struct text prefix, struct text reason) {
    struct step *step = arena_alloc(arena, sizeof(*step));
    step->key = text_format(arena, "%.*sbuild-nothing", TEXT_ARG(prefix));
    step->label = TEXT(":docker: nothing to build");
    step->command = TEXT("exit 0");
    step->skip = cut(reason, STEP_SKIP_LIMIT);
    return step;
}
