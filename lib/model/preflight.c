#include "model/preflight.h"

struct checker {
    struct arena *arena;
    const struct image *image;
    struct diagnostics *diagnostics;
};

static void check_keys(struct checker *checker) {
    const struct compose_build *build = checker->image->build;
    const struct compose_extras *extras = build->extras;
    struct {
        const char *key;
        bool is_given;
    } dropped[] = {
        {"extra_hosts", build->extra_hosts.count > 0},
        {"ulimits", extras != NULL && extras->ulimits.count > 0},
        {"entitlements' and 'privileged", extras != NULL && extras->entitlements.count > 0},
    };
    for (size_t i = 0; i < sizeof(dropped) / sizeof(*dropped); i++)
        if (dropped[i].is_given)
            diag_add(checker->diagnostics, DIAG_WARNING, "builder-differs", checker->image->build->place,
                     "'depot bake' drops '%s' of the compose file", dropped[i].key);
    if (extras != NULL && extras->x_bake != NULL)
        diag_add(checker->diagnostics, DIAG_WARNING, "builder-differs", checker->image->build->place,
                 "'depot bake' also reads 'x-bake', which nothing else does");
}

static void check_secrets(struct checker *checker, const struct compose_build *build) {
    for (size_t i = 0; i < build->secrets.count; i++) {
        const struct compose_secret *secret = build->secrets.items[i];
        if (text_equal(secret->id, secret->source)) continue;
        diag_add(checker->diagnostics, DIAG_WARNING, "builder-differs", checker->image->build->place,
                 "'depot bake' passes the secret '%.*s' on as '%.*s', so that the Dockerfile does not find it",
                 TEXT_ARG(secret->id), TEXT_ARG(secret->source));
    }
}

static void check_arguments(struct checker *checker, const struct compose_extras *extras) {
    for (size_t i = 0; i < extras->environment.count; i++) {
        const struct compose_argument *argument = extras->environment.items[i];
        diag_add(
            checker->diagnostics, DIAG_WARNING, "builder-differs", checker->image->build->place,
            "'depot bake' takes the argument '%.*s' from the 'environment' of the service, not from that of the step",
            TEXT_ARG(argument->name));
    }
}

/* --- what is refused as a whole --- */

static const struct compose_build *find_build(const struct compose_model *model, struct text service) {
    for (size_t i = 0; i < model->builds.count; i++) {
        const struct compose_build *build = model->builds.items[i];
        if (text_equal(build->service, service)) return build;
    }
    return NULL;
}

/* The service that a context is the image of; NULL for any other context. */
static const struct compose_build *service_of(const struct image *image, const struct compose_pair *pair) {
    const struct value_piece *first = pair->value.pieces.count == 0 ? NULL : pair->value.pieces.items[0];
    if (first == NULL || first->is_reference || !text_starts(first->text, "service:")) return NULL;
    return find_build(image->compose, text_from_offset(first->text, strlen("service:")));
}

/* A project that the file names for a service holds wherever that comes along. */
static void check_projects(struct checker *checker) {
    const struct image *image = checker->image;
    for (size_t i = 0; i < image->build->contexts.count; i++) {
        const struct compose_pair *pair = image->build->contexts.items[i];
        const struct compose_build *base = service_of(image, pair);
        if (base == NULL || !text_is_given(base->project) || text_equal(base->project, image->project.id)) continue;
        diag_add(checker->diagnostics, DIAG_WARNING, "builder-refuses", pair->place,
                 "'depot bake' cannot hand over the service '%.*s', which 'x-depot' builds in another Depot project",
                 TEXT_ARG(base->service));
    }
}

static void check_external(struct checker *checker, const struct compose_build *build) {
    for (size_t i = 0; build->extras != NULL && i < build->extras->external_secrets.count; i++) {
        struct text secret = build->extras->external_secrets.items[i];
        diag_add(checker->diagnostics, DIAG_WARNING, "builder-refuses", build->place,
                 "'depot bake' refuses the whole file, for the secret '%.*s' is external", TEXT_ARG(secret));
    }
}

static void check_filter(struct checker *checker, const struct compose_build *build) {
    if (build->extras == NULL || build->extras->no_cache_filter.count == 0) return;
    diag_add(checker->diagnostics, DIAG_WARNING, "builder-refuses", build->place,
             "'docker compose' refuses the whole file, for it does not know 'no_cache_filter'");
}

void preflight(struct arena *arena, const struct image *image, int builder, struct diagnostics *diagnostics) {
    struct checker checker = {.arena = arena, .image = image, .diagnostics = diagnostics};
    const struct list *builds = &image->compose->builds;
    if (image->compose->is_bake) return; /* nobody means it otherwise than bake does */
    for (size_t i = 0; i < builds->count; i++) {
        if (builder == BUILDER_BAKE) check_external(&checker, builds->items[i]);
        if (builder == BUILDER_COMPOSE) check_filter(&checker, builds->items[i]);
    }
    if (builder != BUILDER_BAKE) return;
    check_keys(&checker);
    check_projects(&checker);
    check_secrets(&checker, image->build);
    if (image->build->extras != NULL) check_arguments(&checker, image->build->extras);
}
