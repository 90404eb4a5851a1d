#include "plan/cache.h"

#include "docker/reference.h"

/* Amazon's registry takes a cache only in the shape of an image. */
static bool is_amazon(struct text repository) {
    size_t slash = text_find(repository, '/');
    struct text host = slash == TEXT_NONE ? repository : text_first(repository, slash);
    return text_is(host, "public.ecr.aws") ||
           (text_contains(host, TEXT(".dkr.ecr.")) &&
            (text_ends(host, ".amazonaws.com") || text_ends(host, ".amazonaws.com.cn")));
}

/* A cache without {name} is that of several images, so its tags carry the name. */
static const char *tag_template(const struct publish_settings *settings) {
    struct text repository = settings_publish_cache_repository(settings);
    if (!text_is_given(repository)) return "cache-{branch}";
    return text_contains(repository, TEXT("{name}")) ? "{branch}" : "{name}-{branch}";
}

static struct text repository_of(struct arena *arena, const struct plan_image *planned) {
    struct text given = settings_publish_cache_repository(&planned->image->settings->build.publish);
    return text_is_given(given) ? template_repository(arena, given, planned->image->name) : planned->repository;
}

/* "ghcr.io/acme/cache:api-main"; absent without a branch. */
static struct text reference_of(struct arena *arena, const struct plan_image *planned,
                                const struct template_facts *facts, struct text branch) {
    struct event event = *facts->event;
    struct template_facts own = {.event = &event, .name = facts->name};
    struct text template = text_from(tag_template(&planned->image->settings->build.publish)), problem;
    struct value tag = {0};
    event.branch = branch;
    if (!text_is_given(branch)) return (struct text){0};
    if (template_expand(arena, template, TEMPLATE_TAG, &own, &tag, &problem) != TEMPLATE_OK) return (struct text){0};
    struct text text = value_text(arena, &tag);
    return text_format(arena, "%.*s:%.*s", TEXT_ARG(planned->cache_repository), TEXT_ARG(text));
}

static void add_from(struct arena *arena, struct plan_image *planned, struct text reference) {
    if (!text_is_given(reference)) return;
    struct text option = text_format(arena, "type=registry,ref=%.*s", TEXT_ARG(reference));
    struct value *value = arena_alloc(arena, sizeof(*value));
    *value = value_literal(arena, option);
    for (size_t i = 0; i < planned->cache_from.count; i++)
        if (value_equal(planned->cache_from.items[i], value)) return;
    list_add(arena, &planned->cache_from, value);
}

static bool writes(const struct publish_settings *settings, const struct event *event) {
    bool returns =
        !text_is_given(event->pull_request) && !text_is_given(event->tag) && !text_is_given(event->queue_branch);
    if (event->is_fork || settings->cache.write == CACHE_WRITE_NEVER) return false;
    return returns || settings->cache.write == CACHE_WRITE_ALWAYS;
}

static void add_to(struct arena *arena, struct plan_image *planned, struct text reference) {
    const struct publish_settings *settings = &planned->image->settings->build.publish;
    const char *mode = settings->cache.mode == CACHE_MODE_MIN ? "min" : "max";
    if (!text_is_given(reference)) return;
    struct value *value = arena_alloc(arena, sizeof(*value));
    *value = value_literal(
        arena, text_format(arena, "type=registry,ref=%.*s,mode=%s,ignore-error=true%s", TEXT_ARG(reference), mode,
                           is_amazon(planned->cache_repository) ? ",image-manifest=true,oci-mediatypes=true" : ""));
    list_add(arena, &planned->cache_to, value);
}

static bool check_repository(struct arena *arena, struct plan_image *planned) {
    const struct node *node = planned->image->settings->build.publish.cache.repository.node;
    const char *problem = NULL;
    if (reference_is_name(arena, planned->cache_repository, &problem)) return true;
    struct text printable = text_printable(arena, planned->cache_repository);
    diag_add(&planned->problems, DIAG_ERROR, "image-name", node == NULL ? planned->image->place : node_place(node),
             "'%.*s' cannot be a repository for a cache: %s", TEXT_ARG(printable), problem);
    return false;
}

void cache_decide(struct arena *arena, const struct template_facts *facts, struct plan_image *planned) {
    const struct publish_settings *settings = &planned->image->settings->build.publish;
    const struct event *event = facts->event;
    planned->needs_registry = planned->is_published;
    if (!settings_publish_has_cache(settings)) return;
    planned->cache_repository = repository_of(arena, planned);
    if (!text_is_given(planned->cache_repository) || !check_repository(arena, planned)) return;
    planned->replaces_cache = true;
    struct text own = reference_of(arena, planned, facts, event->branch);
    if (!text_is_given(event->tag)) add_from(arena, planned, own);
    add_from(arena, planned, reference_of(arena, planned, facts, event->base_branch));
    add_from(arena, planned, reference_of(arena, planned, facts, event->queue_branch));
    add_from(arena, planned, reference_of(arena, planned, facts, event->default_branch));
    if (writes(settings, event)) add_to(arena, planned, own);
    planned->needs_registry |= !event->is_fork;
}
