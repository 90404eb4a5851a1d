#include "plan/publish.h"

#include "docker/reference.h"
#include "model/template.h"

#define DEFAULT_TAG "{sha}"

static struct text reason_not_to(const struct build_settings *settings, const struct image_settings *image,
                                 const struct event *event) {
    bool has_destination = text_is_given(settings->registry.text) || text_is_given(image->repository.text);
    if (!has_destination) return TEXT("the settings name no registry");
    if (settings->push == PUSH_NEVER) return TEXT("the settings say 'push: never'");
    if (event->is_fork) return TEXT("a build of a fork is never pushed");
    if (text_is_given(event->pull_request) && settings->push != PUSH_ALWAYS)
        return TEXT("pull requests are not pushed; 'push: always' changes that");
    return (struct text){0};
}

static struct text destination_of(struct arena *arena, const struct image *image) {
    const struct image_settings *settings = image->settings;
    if (text_is_given(settings->repository.text)) return text_trim_right(settings->repository.text, "/");
    if (!text_is_given(settings->build.registry.text)) return (struct text){0};
    struct text registry = text_trim_right(settings->build.registry.text, "/");
    struct text name = text_lower(arena, image->name);
    return text_format(arena, "%.*s/%.*s", TEXT_ARG(registry), TEXT_ARG(name));
}

static struct place place_of_destination(const struct image *image) {
    const struct image_settings *settings = image->settings;
    if (settings->repository.node != NULL) return node_place(settings->repository.node);
    return settings->build.registry.node != NULL ? node_place(settings->build.registry.node) : image->place;
}

static bool check_repository(struct arena *arena, struct plan_image *planned) {
    const char *problem = NULL;
    if (reference_is_name(arena, planned->repository, &problem)) return true;
    struct text printable = text_printable(arena, planned->repository);
    diag_add(&planned->problems, DIAG_ERROR, "image-name", place_of_destination(planned->image),
             "'%.*s' cannot be the name of an image in a registry: %s; give the image a 'repository' in the settings",
             TEXT_ARG(printable), problem);
    return false;
}

static void add_destination(struct arena *arena, struct plan_image *planned, const struct value *tag) {
    struct value *reference = arena_alloc(arena, sizeof(*reference));
    *reference = value_literal(arena, text_format(arena, "%.*s:", TEXT_ARG(planned->repository)));
    value_add(arena, reference, tag);
    list_add(arena, &planned->destinations, reference);
}

static void note(struct arena *arena, struct plan_image *planned, struct text text) {
    texts_add(arena, &planned->notes, text);
}

static void add_template(struct arena *arena, struct plan_image *planned, struct text template, struct place place,
                         const struct event *event) {
    struct value tag;
    struct text problem;
    switch (template_expand(arena, template, TEMPLATE_TAG, event, &tag, &problem)) {
    case TEMPLATE_NO_FACT:
        note(arena, planned,
             text_format(arena, "the tag '%.*s' is left out: this build has no %.*s", TEXT_ARG(template),
                         TEXT_ARG(problem)));
        return;
    case TEMPLATE_WRONG:
        diag_add(&planned->problems, DIAG_ERROR, "tag", place, "%.*s", TEXT_ARG(problem));
        return;
    case TEMPLATE_OK:
        break;
    }
    if (value_is_literal(&tag) && !reference_is_tag(value_text(arena, &tag))) {
        struct text spelling = value_spelling(arena, &tag);
        struct text printable = text_printable(arena, spelling);
        diag_add(&planned->problems, DIAG_ERROR, "tag", place,
                 "'%.*s' cannot be a tag: up to %d letters, digits, '_', '.' and '-', not beginning with '.' or '-'",
                 TEXT_ARG(printable), REFERENCE_TAG_LIMIT);
        return;
    }
    add_destination(arena, planned, &tag);
}

static void add_tags(struct arena *arena, struct plan_image *planned, const struct event *event) {
    const struct list *tags = &planned->image->settings->build.tags;
    for (size_t i = 0; i < tags->count; i++) {
        const struct record_text_value *tag = tags->items[i];
        add_template(arena, planned, tag->text, node_place(tag->node), event);
    }
    if (tags->count == 0) add_template(arena, planned, TEXT(DEFAULT_TAG), planned->image->place, event);
}

/* The literal beginning of a value, which names the registry. */
static struct text literal_head(const struct value *value) {
    const struct value_piece *first = value->pieces.count == 0 ? NULL : value->pieces.items[0];
    return first == NULL || first->is_reference ? TEXT("") : first->text;
}

static bool is_under(struct text registry, struct text head) {
    registry = text_trim_right(registry, "/");
    return registry.len > 0 && head.len > registry.len && text_equal(text_first(head, registry.len), registry) &&
           head.ptr[registry.len] == '/';
}

/* What is literal must be a reference with a tag; what the step resolves is judged there. */
static bool check_declared(struct arena *arena, struct plan_image *planned, const struct value *value) {
    struct reference reference;
    const char *problem = "a digest cannot be pushed to";
    if (!value_is_literal(value)) return true;
    struct text text = value_text(arena, value);
    if (reference_parse(arena, text, &reference, &problem) && !text_is_given(reference.digest)) return true;
    struct text printable = text_printable(arena, text);
    diag_add(&planned->problems, DIAG_ERROR, "tag", planned->image->place, "'%.*s' cannot be pushed: %s",
             TEXT_ARG(printable), problem);
    return false;
}

/* Tags that compose declares are pushed where they are in the registry of the settings, and only there. */
static void add_declared(struct arena *arena, struct plan_image *planned) {
    const struct list *declared = &planned->image->declared_tags;
    for (size_t i = 0; i < declared->count; i++) {
        struct value *reference = declared->items[i];
        if (is_under(planned->image->settings->build.registry.text, literal_head(reference))) {
            if (check_declared(arena, planned, reference)) list_add(arena, &planned->destinations, reference);
            continue;
        }
        struct text spelling = value_spelling(arena, reference);
        note(arena, planned,
             text_format(arena, "compose also names '%.*s', which is not in that registry and is not pushed",
                         TEXT_ARG(spelling)));
    }
}

static void drop_repeats(struct list *destinations) {
    size_t kept = 0;
    for (size_t i = 0; i < destinations->count; i++) {
        bool repeated = false;
        for (size_t j = 0; j < kept && !repeated; j++)
            repeated = value_equal(destinations->items[j], destinations->items[i]);
        if (!repeated) destinations->items[kept++] = destinations->items[i];
    }
    destinations->count = kept;
}

void publish_decide(struct arena *arena, const struct image *image, const struct event *event,
                    struct plan_image *planned) {
    planned->repository = destination_of(arena, image);
    planned->reason = reason_not_to(&image->settings->build, image->settings, event);
    if (!text_is_given(planned->reason)) planned->reason = image->doubt;
    if (text_is_given(planned->reason) || !check_repository(arena, planned)) return;
    add_tags(arena, planned, event);
    add_declared(arena, planned);
    drop_repeats(&planned->destinations);
    planned->is_published = planned->destinations.count > 0;
    if (!planned->is_published) planned->reason = TEXT("none of its tags exists for this build");
}

static void report_collision(struct plan_image *planned, const struct plan_image *other, struct text destination) {
    struct diagnostic *diagnostic =
        diag_add(&planned->problems, DIAG_ERROR, "same-destination", planned->image->place,
                 "the images '%.*s' and '%.*s' are both pushed to '%.*s'", TEXT_ARG(planned->image->name),
                 TEXT_ARG(other->image->name), TEXT_ARG(destination));
    diag_second(&planned->problems, diagnostic, other->image->place, "the other one is declared here");
}

/* One spelling for one place: a missing tag is "latest", "redis" is docker.io/library/redis. */
static struct text canonical(struct arena *arena, const struct value *destination) {
    struct reference reference;
    const char *problem;
    struct text spelling = value_spelling(arena, destination);
    if (!value_is_literal(destination) || !reference_parse(arena, spelling, &reference, &problem)) return spelling;
    struct text tag = text_is_given(reference.tag) ? reference.tag : TEXT("latest");
    return text_format(arena, "%.*s/%.*s:%.*s", TEXT_ARG(reference.registry), TEXT_ARG(reference.repository),
                       TEXT_ARG(tag));
}

void publish_find_collisions(struct arena *arena, const struct list *images) {
    struct map owners = {0};
    for (size_t i = 0; i < images->count; i++) {
        struct plan_image *planned = images->items[i];
        for (size_t j = 0; j < planned->destinations.count; j++) {
            struct text destination = canonical(arena, planned->destinations.items[j]);
            struct plan_image *owner = map_find(&owners, destination);
            if (owner == NULL) {
                map_set(arena, &owners, destination, planned);
            } else if (owner != planned) {
                report_collision(planned, owner, destination);
                report_collision(owner, planned, destination);
            }
        }
    }
}
