#include "report/preview_json.h"

#include "format/json_write.h"
#include "pipeline/split.h"
#include "report/change_json.h"

static struct node *place(struct arena *arena, struct node *node, struct place where) {
    node_set(arena, node, "path",
             change_json_string(arena, where.source == NULL ? (struct text){0} : where.source->path));
    node_set(arena, node, "line", where.line == 0 ? node_null(arena) : node_number(arena, where.line));
    node_set(arena, node, "column", where.column == 0 ? node_null(arena) : node_number(arena, where.column));
    return node;
}

static const struct node *event(struct arena *arena, const struct event *event) {
    struct node *node = node_mapping(arena);
    node_set(arena, node, "branch", change_json_string(arena, event->branch));
    node_set(arena, node, "commit", change_json_string(arena, event->commit));
    node_set(arena, node, "tag", change_json_string(arena, event->tag));
    node_set(arena, node, "pull_request", change_json_string(arena, event->pull_request));
    node_set(arena, node, "fork", node_bool(arena, event->is_fork));
    return node;
}

static const struct node *diagnostic(struct arena *arena, const struct diagnostic *diagnostic) {
    struct node *node = node_mapping(arena);
    node_set(arena, node, "severity", node_string(arena, text_from(diag_severity_name(diagnostic->severity))));
    node_set(arena, node, "rule", node_string(arena, text_from(diagnostic->rule)));
    node_set(arena, node, "message", change_json_string(arena, diagnostic->message));
    return place(arena, node, diagnostic->place);
}

static void add_diagnostics(struct arena *arena, struct node *list, const struct diagnostics *diagnostics) {
    for (size_t i = 0; i < diagnostics->list.count; i++)
        node_append(arena, list, diagnostic(arena, diagnostics->list.items[i]));
}

static const struct node *services(struct arena *arena, const struct image *image) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < image->services.count; i++) {
        const struct image_service *service = image->services.items[i];
        struct node *node = node_mapping(arena);
        node_set(arena, node, "name", change_json_string(arena, service->name));
        node_append(arena, list, place(arena, node, service->place));
    }
    return list;
}

static const struct node *platforms(struct arena *arena, const struct image *image) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < image->platforms.count; i++)
        node_append(arena, list, change_json_string(arena, *(const struct text *)image->platforms.items[i]));
    return list;
}

static const struct node *project(struct arena *arena, const struct project *project) {
    struct node *node = node_mapping(arena);
    node_set(arena, node, "id", change_json_string(arena, project->id));
    node_set(arena, node, "origin", change_json_string(arena, project->origin));
    return node;
}

static const struct node *arguments(struct arena *arena, const struct plan_image *planned) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < planned->arguments.count; i++) {
        const struct plan_argument *argument = planned->arguments.items[i];
        struct node *node = node_mapping(arena);
        struct text value = value_spelling(arena, &argument->value);
        node_set(arena, node, "name", change_json_string(arena, argument->name));
        node_set(arena, node, "value",
                 argument->from_environment ? node_null(arena) : change_json_string(arena, value));
        node_append(arena, list, node);
    }
    return list;
}

/* Of struct value. */
static const struct node *values(struct arena *arena, const struct list *all) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < all->count; i++)
        node_append(arena, list, change_json_string(arena, value_spelling(arena, all->items[i])));
    return list;
}

static const struct node *strings(struct arena *arena, const struct texts *all) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < all->count; i++)
        node_append(arena, list, change_json_string(arena, all->items[i]));
    return list;
}

/* Of struct compose_pair. */
static const struct node *pairs(struct arena *arena, const struct list *all) {
    struct node *mapping = node_mapping(arena);
    for (size_t i = 0; i < all->count; i++) {
        const struct compose_pair *pair = all->items[i];
        node_set_pair(arena, mapping, change_json_string(arena, pair->name),
                      change_json_string(arena, value_spelling(arena, &pair->value)));
    }
    return mapping;
}

/* That of the settings; null where they name none. */
static const struct node *cache(struct arena *arena, const struct plan_image *planned) {
    struct node *node = node_mapping(arena);
    if (!planned->replaces_cache) return node_null(arena);
    node_set(arena, node, "repository", change_json_string(arena, planned->cache_repository));
    node_set(arena, node, "from", values(arena, &planned->cache_from));
    node_set(arena, node, "to", values(arena, &planned->cache_to));
    return node;
}

/* The registries that its step logs in to. */
static const struct node *registries(struct arena *arena, const struct plan_image *planned) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < planned->logins.count; i++) {
        const struct plan_login *login = planned->logins.items[i];
        struct node *node = node_mapping(arena);
        node_set(arena, node, "registry", change_json_string(arena, login->registry));
        node_set(arena, node, "login", node_string(arena, text_from(login_type_word(login->type))));
        node_append(arena, list, node);
    }
    return list;
}

/* Steps of the settings around it; their keys stand in `steps` of the whole. */
static const struct node *further_steps(struct arena *arena, const struct plan_image *planned) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < planned->steps.count; i++) {
        const struct step_settings *step = planned->steps.items[i];
        node_append(arena, list, change_json_string(arena, step->name.text));
    }
    return list;
}

static const struct node *output(struct arena *arena, const struct plan_image *planned) {
    static const char *const names[] = {[OUTPUT_PUSH] = "push",
                                        [OUTPUT_SAVE] = "save",
                                        [OUTPUT_LOAD] = "load",
                                        [OUTPUT_NONE] = "none",
                                        [OUTPUT_PROMOTE] = "promote"};
    if (planned->output == OUTPUT_NOT_GIVEN) return node_null(arena); /* it cannot be built */
    return node_string(arena, text_from(names[planned->output]));
}

/* Steps in their order: what each is for, and after which. */
static const struct node *steps(struct arena *arena, const struct list *jobs) {
    static const char *const kinds[] = {
        [JOB_BUILD] = "build",     [JOB_VERIFY] = "verify", [JOB_GATE] = "gate",   [JOB_EXTRA] = "extra",
        [JOB_PUBLISH] = "publish", [JOB_TAGS] = "tags",     [JOB_RETAG] = "retag", [JOB_IMAGES] = "images"};
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < jobs->count; i++) {
        const struct job *job = jobs->items[i];
        struct node *node = node_mapping(arena), *names = node_sequence(arena), *before = node_sequence(arena);
        for (size_t j = 0; j < job->images.count; j++)
            node_append(arena, names,
                        change_json_string(arena, ((const struct plan_image *)job->images.items[j])->image->name));
        for (size_t j = 0; j < job->depends_on.count; j++)
            node_append(arena, before, change_json_string(arena, job->depends_on.items[j]));
        node_set(arena, node, "key", change_json_string(arena, job->key));
        node_set(arena, node, "kind", node_string(arena, text_from(kinds[job->kind])));
        node_set(arena, node, "images", names);
        node_set(arena, node, "depends_on", before);
        node_append(arena, list, node);
    }
    return list;
}

static const char *origin_name(enum context_origin origin) {
    static const char *const names[] = {[CONTEXT_DECLARED] = "declared",
                                        [CONTEXT_SETTINGS] = "settings",
                                        [CONTEXT_SOURCES] = "sources",
                                        [CONTEXT_OWN] = "own"};
    return names[origin];
}

static const struct node *context_node(struct arena *arena, const struct image *image,
                                       const struct image_context *context) {
    const struct context_size *size = context == NULL ? NULL : context->size;
    struct node *node = node_mapping(arena);
    node_set(arena, node, "path", change_json_string(arena, image->context));
    node_set(arena, node, "origin", node_string(arena, text_from(origin_name(image->context_origin))));
    node_set(arena, node, "reason", change_json_string(arena, image->context_reason));
    node_set(arena, node, "files", size == NULL ? node_null(arena) : node_number(arena, (long)size->files));
    node_set(arena, node, "bytes", size == NULL ? node_null(arena) : node_number(arena, (long)size->bytes));
    node_set(arena, node, "ignore_file",
             change_json_string(arena, context == NULL ? (struct text){0} : context->ignore.path));
    return node;
}

static const struct node *problems(struct arena *arena, const struct plan_image *planned) {
    struct node *list = node_sequence(arena);
    add_diagnostics(arena, list, &planned->image->problems);
    add_diagnostics(arena, list, &planned->problems);
    return list;
}

/* The step that is for it; NULL when it has none. */
static const struct job **jobs_of_images(struct arena *arena, const struct preview *preview) {
    const struct job **jobs = arena_array(arena, preview->plan->images.count, sizeof(*jobs));
    for (size_t i = 0; i < preview->pipeline->steps.count; i++) {
        const struct job *job = preview->pipeline->steps.items[i];
        for (size_t j = 0; job->kind == JOB_BUILD && j < job->images.count; j++)
            jobs[((const struct plan_image *)job->images.items[j])->number] = job;
    }
    return jobs;
}

static void add_publishing(struct arena *arena, struct node *node, const struct plan_image *planned) {
    node_set(arena, node, "repositories", strings(arena, &planned->repositories));
    node_set(arena, node, "registries", registries(arena, planned));
    node_set(arena, node, "floating", values(arena, &planned->floating));
    node_set(arena, node, "labels", pairs(arena, &planned->labels));
    node_set(arena, node, "annotations", pairs(arena, &planned->annotations));
    node_set(arena, node, "cache", cache(arena, planned));
    node_set(arena, node, "retagged_from", change_json_string(arena, planned->retagged_from));
    node_set(arena, node, "steps", further_steps(arena, planned));
}

static const struct node *image(struct arena *arena, const struct preview *preview, const struct job *job, size_t i) {
    const struct plan_image *planned = preview->plan->images.items[i];
    const struct image_context *context = preview->contexts == NULL ? NULL : preview->contexts->items[i];
    const struct image *image = planned->image;
    struct node *node = node_mapping(arena);
    node_set(arena, node, "name", change_json_string(arena, image->name));
    node_set(arena, node, "key", change_json_string(arena, job == NULL ? preview->keys->items[i] : job->key));
    node_set(arena, node, "apart",
             job == NULL || job->apart == NULL ? node_null(arena) : node_string(arena, text_from(job->apart)));
    node_set(arena, node, "dockerfile", change_json_string(arena, image->dockerfile));
    node_set(arena, node, "context", context_node(arena, image, context));
    node_set(arena, node, "target", change_json_string(arena, image->target));
    node_set(arena, node, "services", services(arena, image));
    node_set(arena, node, "platforms", platforms(arena, image));
    node_set(arena, node, "project", project(arena, &image->project));
    node_set(arena, node, "build_args", arguments(arena, planned));
    const struct list *watches = preview->plan->watches;
    const struct watch *watch = watches == NULL || i >= watches->count ? NULL : watches->items[i];
    node_set(arena, node, "affected", node_bool(arena, planned->why.kind != REASON_NONE));
    node_set(arena, node, "built", node_bool(arena, planned->is_built));
    node_set(arena, node, "why", change_json_why(arena, preview->plan, planned));
    node_set(arena, node, "widened", change_json_widened(arena, watch));
    node_set(arena, node, "built_from", change_json_links(arena, planned));
    node_set(arena, node, "output", output(arena, planned));
    node_set(arena, node, "save_tags", values(arena, &planned->save_tags));
    node_set(arena, node, "published", node_bool(arena, planned->is_published));
    node_set(arena, node, "reason", change_json_string(arena, planned->reason));
    node_set(arena, node, "destinations", values(arena, &planned->destinations));
    add_publishing(arena, node, planned);
    node_set(arena, node, "broken", node_bool(arena, plan_image_is_broken(planned)));
    node_set(arena, node, "problems", problems(arena, planned));
    return node;
}

static const struct node *images(struct arena *arena, const struct preview *preview) {
    struct node *list = node_sequence(arena);
    const struct job **jobs = jobs_of_images(arena, preview);
    for (size_t i = 0; i < preview->plan->images.count; i++)
        node_append(arena, list, image(arena, preview, jobs[i], i));
    return list;
}

static const struct node *left_out(struct arena *arena, const struct list *all) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < all->count; i++) {
        const struct left_out *one = all->items[i];
        struct node *node = node_mapping(arena);
        node_set(arena, node, "path", change_json_string(arena, one->path));
        node_set(arena, node, "rule", node_string(arena, text_from(one->rule)));
        node_set(arena, node, "reason", change_json_string(arena, one->reason));
        node_append(arena, list, node);
    }
    return list;
}

bool preview_json_write(struct buffer *buffer, const struct preview *preview) {
    struct arena *arena = buffer->arena;
    struct node *root = node_mapping(arena), *diagnostics = node_sequence(arena);
    add_diagnostics(arena, diagnostics, preview->diagnostics);
    const char *profile = preview->plan->workspace->layers.profile;
    node_set(arena, root, "repository", change_json_string(arena, preview->plan->workspace->name));
    node_set(arena, root, "profile", profile == NULL ? node_null(arena) : node_string(arena, text_from(profile)));
    node_set(arena, root, "event", event(arena, preview->plan->event));
    node_set(arena, root, "change", change_json_base(arena, preview->plan->base));
    node_set(arena, root, "images", images(arena, preview));
    node_set(arena, root, "gone", strings(arena, &preview->plan->gone));
    node_set(arena, root, "left_out", left_out(arena, &preview->plan->workspace->left_out));
    node_set(arena, root, "steps", steps(arena, &preview->pipeline->steps));
    node_set(arena, root, "jobs", node_number(arena, (long)preview->pipeline->jobs));
    node_set(arena, root, "uploads", node_number(arena, (long)preview->pipeline->documents.count));
    node_set(arena, root, "diagnostics", diagnostics);
    return json_write(buffer, root);
}
