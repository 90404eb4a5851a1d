#include "plan/publish.h"

#include "docker/compose_interpolate.h"
#include "docker/reference.h"
#include "model/semver.h"

#define DEFAULT_TAG "{sha}"

static struct text reason_not_to(const struct build_settings *settings, const struct image_settings *image,
                                 const struct event *event) {
    if (settings->output == OUTPUT_NONE) return TEXT("the settings say 'output: none'");
    if (settings->output == OUTPUT_SAVE) return TEXT("the settings say 'output: save'");
    if (settings->output == OUTPUT_LOAD) return TEXT("the settings say 'output: load'");
    bool has_destination = settings->registries.count > 0 || image->repositories.count > 0;
    if (!has_destination) return TEXT("the settings name no registry");
    if (settings->push == PUSH_NEVER) return TEXT("the settings say 'push: never'");
    if (event->is_fork) return TEXT("a build of a fork is never pushed");
    if (text_is_given(event->pull_request) && settings->push != PUSH_ALWAYS)
        return TEXT("pull requests are not pushed; 'push: always' changes that");
    return (struct text){0};
}

/* --- where --- */

static void add_repository(struct arena *arena, struct texts *out, struct text repository) {
    if (!texts_has(out, repository)) texts_add(arena, out, repository);
}

void publish_repositories(struct arena *arena, const struct image *image, struct texts *out) {
    const struct image_settings *settings = image->settings;
    for (size_t i = 0; i < settings->repositories.count; i++) {
        const struct record_text_value *repository = settings->repositories.items[i];
        add_repository(arena, out, text_trim_right(repository->text, "/"));
    }
    if (settings->repositories.count > 0 || settings->build.registries.count == 0) return;
    struct text name = text_lower(arena, image->name);
    for (size_t i = 0; i < settings->build.registries.count; i++) {
        const struct record_text_value *value = settings->build.registries.items[i];
        struct text registry = text_trim_right(value->text, "/");
        add_repository(arena, out, text_format(arena, "%.*s/%.*s", TEXT_ARG(registry), TEXT_ARG(name)));
    }
}

static struct place place_of_destination(const struct image *image) {
    const struct image_settings *settings = image->settings;
    const struct list *all = settings->repositories.count > 0 ? &settings->repositories : &settings->build.registries;
    const struct record_text_value *first = all->count == 0 ? NULL : all->items[0];
    return first != NULL && first->node != NULL ? node_place(first->node) : image->place;
}

static bool check_repository(struct arena *arena, struct plan_image *planned, struct text repository) {
    const char *problem = NULL;
    if (reference_is_name(arena, repository, &problem)) return true;
    struct text printable = text_printable(arena, repository);
    diag_add(&planned->problems, DIAG_ERROR, "image-name", place_of_destination(planned->image),
             "'%.*s' cannot be the name of an image in a registry: %s; give the image a 'repository' in the settings",
             TEXT_ARG(printable), problem);
    return false;
}

/* --- tags --- */

static void note(struct arena *arena, struct plan_image *planned, struct text text) {
    texts_add(arena, &planned->notes, text);
}

/* The tag of a template, if this build has it. */
static void add_template(struct arena *arena, struct plan_image *planned, struct text template, struct place place,
                         const struct template_facts *facts, struct list *out) {
    struct value tag;
    struct text problem;
    switch (template_expand(arena, template, TEMPLATE_TAG, facts, &tag, &problem)) {
    case TEMPLATE_NO_FACT:
        note(arena, planned,
             text_format(arena, "the tag '%.*s' is left out: %.*s", TEXT_ARG(template), TEXT_ARG(problem)));
        return;
    case TEMPLATE_WRONG:
        diag_add(&planned->problems, DIAG_ERROR, "tag", place, "%.*s", TEXT_ARG(problem));
        return;
    case TEMPLATE_OK:
        break;
    }
    if (value_is_literal(&tag) && !template_is_tag(arena, &tag)) {
        struct text spelling = value_spelling(arena, &tag);
        struct text printable = text_printable(arena, spelling);
        diag_add(&planned->problems, DIAG_ERROR, "tag", place,
                 "'%.*s' cannot be a tag: up to %d letters, digits, '_', '.' and '-', not beginning with '.' or '-'",
                 TEXT_ARG(printable), REFERENCE_TAG_LIMIT);
        return;
    }
    struct value *kept = arena_alloc(arena, sizeof(*kept));
    *kept = tag;
    list_add(arena, out, kept);
}

static void add_templates(struct arena *arena, struct plan_image *planned, const struct list *tags,
                          const struct template_facts *facts, struct list *out) {
    for (size_t i = 0; i < tags->count; i++) {
        const struct record_text_value *tag = tags->items[i];
        add_template(arena, planned, tag->text, node_place(tag->node), facts, out);
    }
}

static void find_tags(struct arena *arena, struct plan_image *planned, const struct template_facts *facts,
                      struct list *out) {
    const struct list *tags = &planned->image->settings->build.tags;
    add_templates(arena, planned, tags, facts, out);
    if (tags->count == 0) add_template(arena, planned, TEXT(DEFAULT_TAG), planned->image->place, facts, out);
}

static bool is_latest(const struct publish_settings *settings, const struct template_facts *facts) {
    const struct event *event = facts->event;
    struct semver semver;
    switch ((enum latest_setting)settings->latest) {
    case LATEST_NOT_GIVEN:
    case LATEST_NEVER:
        return false;
    case LATEST_RELEASE:
        return text_is_given(facts->version) && semver_parse(facts->version, &semver) && !semver.is_pre_release;
    case LATEST_DEFAULT_BRANCH:
        return !text_is_given(event->tag) && text_is_given(event->branch) && text_is_given(event->default_branch) &&
               text_equal(event->branch, event->default_branch);
    case LATEST_ALWAYS:
        return true;
    }
    return false;
}

/* What is built is not merged yet. */
static const char *unmerged(const struct event *event) {
    if (text_is_given(event->pull_request)) return "a pull request";
    return text_is_given(event->queue_branch) || text_is_given(event->queue_commit) ? "a merge queue" : NULL;
}

/* Tags that others follow: a pull request moves none, whatever it may push, nor does a merge queue. */
static void find_floating(struct arena *arena, struct plan_image *planned, const struct template_facts *facts,
                          struct list *out) {
    const struct publish_settings *settings = &planned->image->settings->build.publish;
    const char *who = unmerged(facts->event);
    if (who != NULL) {
        if (settings->floating_tags.count > 0)
            note(arena, planned, text_format(arena, "the floating tags are left out: %s moves none", who));
        return;
    }
    add_templates(arena, planned, &settings->floating_tags, facts, out);
    if (is_latest(settings, facts)) add_template(arena, planned, TEXT("latest"), planned->image->place, facts, out);
}

static void add_destination(struct arena *arena, struct text repository, const struct value *tag, struct list *out) {
    struct value *reference = arena_alloc(arena, sizeof(*reference));
    *reference = value_literal(arena, text_format(arena, "%.*s:", TEXT_ARG(repository)));
    value_add(arena, reference, tag);
    list_add(arena, out, reference);
}

/* Every tag in every repository, one repository after the other. */
static bool add_destinations(struct arena *arena, struct plan_image *planned, const struct texts *repositories,
                             const struct list *tags, struct list *out) {
    for (size_t i = 0; i < repositories->count; i++) {
        struct text repository = repositories->items[i];
        if (!check_repository(arena, planned, repository)) return false;
        for (size_t j = 0; j < tags->count; j++)
            add_destination(arena, repository, tags->items[j], out);
    }
    return true;
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

static bool is_under_any(const struct list *registries, struct text head) {
    for (size_t i = 0; i < registries->count; i++)
        if (is_under(((const struct record_text_value *)registries->items[i])->text, head)) return true;
    return false;
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

/* The tag that a reference has where the step's environment says nothing is latest. */
static bool is_declared_latest(struct arena *arena, const struct plan_image *planned, const struct value *value) {
    struct reference reference;
    struct compose_evaluation now;
    const char *problem;
    if (!compose_evaluate(arena, value, planned->image->variables, &now)) return false;
    if (!reference_parse(arena, now.text, &reference, &problem)) return false;
    return text_is_given(reference.tag) ? text_is(reference.tag, "latest") : !text_is_given(reference.digest);
}

/* Why a latest that compose declares stays where it is; absent when it is pushed. Without a word of the settings it is the file's. */
static struct text reason_to_leave_latest(struct arena *arena, const struct plan_image *planned,
                                          const struct template_facts *facts) {
    const struct publish_settings *settings = &planned->image->settings->build.publish;
    const char *who = unmerged(facts->event);
    if (who != NULL) return text_format(arena, "%s does not move latest", who);
    if (settings->latest == LATEST_NOT_GIVEN || is_latest(settings, facts)) return (struct text){0};
    return TEXT("'latest' of the settings says otherwise");
}

/* Tags that compose declares are pushed where they are in the registry of the settings, and only there. */
static void add_declared(struct arena *arena, struct plan_image *planned, const struct template_facts *facts) {
    const struct list *declared = &planned->image->declared_tags;
    const struct list *registries = &planned->image->settings->build.registries;
    const char *where = registries->count > 1 ? "in none of those registries" : "not in that registry";
    for (size_t i = 0; i < declared->count; i++) {
        struct value *reference = declared->items[i];
        struct text spelling = value_spelling(arena, reference);
        if (is_under_any(registries, literal_head(reference))) {
            struct text reason = reason_to_leave_latest(arena, planned, facts);
            if (text_is_given(reason) && is_declared_latest(arena, planned, reference)) {
                note(arena, planned,
                     text_format(arena, "'%.*s' of compose is not pushed: %.*s", TEXT_ARG(spelling), TEXT_ARG(reason)));
            } else if (check_declared(arena, planned, reference)) {
                list_add(arena, &planned->destinations, reference);
            }
            continue;
        }
        note(arena, planned,
             text_format(arena, "compose also names '%.*s', which is %s and is not pushed", TEXT_ARG(spelling), where));
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

/* Where tags that move go: with the others, or to a step of their own, which needs one of the others to point at. */
static struct list *floating_end(struct plan_image *planned, const struct list *tags) {
    bool by_step = planned->image->settings->build.publish.floating == FLOATING_STEP && tags->count > 0;
    return by_step ? &planned->floating : &planned->destinations;
}

void publish_decide(struct arena *arena, const struct template_facts *facts, struct plan_image *planned) {
    const struct image *image = planned->image;
    struct list tags = {0}, floating = {0};
    publish_repositories(arena, image, &planned->repositories);
    if (planned->repositories.count > 0) planned->repository = planned->repositories.items[0];
    planned->reason = reason_not_to(&image->settings->build, image->settings, facts->event);
    if (!text_is_given(planned->reason)) planned->reason = image->doubt;
    if (text_is_given(planned->reason)) return;
    find_tags(arena, planned, facts, &tags);
    find_floating(arena, planned, facts, &floating);
    if (!add_destinations(arena, planned, &planned->repositories, &tags, &planned->destinations)) return;
    (void)add_destinations(arena, planned, &planned->repositories, &floating, floating_end(planned, &tags));
    add_declared(arena, planned, facts);
    drop_repeats(&planned->destinations);
    drop_repeats(&planned->floating);
    planned->is_published = planned->destinations.count > 0;
    if (!planned->is_published) planned->reason = TEXT("none of its tags exists for this build");
}

/* The agent's Docker knows no registry: every name will do that compose files use. */
static void add_loaded(struct arena *arena, struct plan_image *planned) {
    const struct list *declared = &planned->image->declared_tags;
    for (size_t i = 0; i < declared->count; i++) {
        struct reference reference;
        const char *problem;
        const struct value *value = declared->items[i];
        bool is_name =
            !value_is_literal(value) || (reference_parse(arena, value_text(arena, value), &reference, &problem) &&
                                         !text_is_given(reference.digest));
        if (is_name) list_add(arena, &planned->loaded, (void *)value);
    }
}

void publish_name_loaded(struct arena *arena, const struct template_facts *facts, struct plan_image *planned) {
    struct texts names = {0};
    struct list tags = {0};
    for (size_t i = 0; i < planned->repositories.count; i++)
        texts_add(arena, &names, planned->repositories.items[i]);
    if (names.count == 0) texts_add(arena, &names, text_lower(arena, planned->image->name));
    find_tags(arena, planned, facts, &tags);
    if (tags.count == 0) add_template(arena, planned, TEXT("latest"), planned->image->place, facts, &tags);
    if (!add_destinations(arena, planned, &names, &tags, &planned->loaded)) return;
    add_loaded(arena, planned);
    drop_repeats(&planned->loaded);
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

static void claim(struct arena *arena, struct map *owners, struct plan_image *planned, const struct list *references) {
    for (size_t i = 0; i < references->count; i++) {
        struct text destination = canonical(arena, references->items[i]);
        struct plan_image *owner = map_find(owners, destination);
        if (owner == NULL) {
            map_set(arena, owners, destination, planned);
        } else if (owner != planned) {
            report_collision(planned, owner, destination);
            report_collision(owner, planned, destination);
        }
    }
}

void publish_find_collisions(struct arena *arena, const struct list *images) {
    struct map owners = {0};
    for (size_t i = 0; i < images->count; i++) {
        struct plan_image *planned = images->items[i];
        claim(arena, &owners, planned, &planned->destinations);
        claim(arena, &owners, planned, &planned->floating);
    }
}
