#include "plan/fork.h"

static void refuse(struct plan_image *planned, struct text name) {
    diag_add(&planned->problems, DIAG_ERROR, "fork-secret", planned->image->place,
             "the build of a fork may not read '%.*s' of the step's environment", TEXT_ARG(name));
}

/* Is it a variable that `step: secrets:` fills, whatever it is called? */
static bool is_given_secret(const struct plan_image *planned, struct text name) {
    const struct node *secrets = node_find(planned->image->settings->build.step, "secrets");
    bool is_given = false;
    for (size_t i = 0; secrets != NULL && !node_is_scalar(secrets) && i < secrets->count; i++) {
        const struct node *variable = secrets->kind == NODE_MAPPING ? node_key(secrets, i) : secrets->items[i];
        is_given |= node_is_scalar(variable) && text_equal(variable->text, name);
    }
    return is_given;
}

static void check_name(struct plan_image *planned, struct text name) {
    if (variables_is_secret_name(name) || is_given_secret(planned, name)) refuse(planned, name);
}

static void check_value(struct arena *arena, struct plan_image *planned, const struct value *value) {
    struct texts names = {0};
    value_names(arena, value, &names);
    for (size_t i = 0; i < names.count; i++)
        check_name(planned, names.items[i]);
}

static void check_values(struct arena *arena, struct plan_image *planned, const struct list *values) {
    for (size_t i = 0; i < values->count; i++)
        check_value(arena, planned, values->items[i]);
}

static void check_pairs(struct arena *arena, struct plan_image *planned, const struct list *pairs) {
    for (size_t i = 0; i < pairs->count; i++)
        check_value(arena, planned, &((const struct compose_pair *)pairs->items[i])->value);
}

static void check_extras(struct arena *arena, struct plan_image *planned, const struct compose_build *build) {
    const struct compose_extras *extras = build->extras;
    check_values(arena, planned, &extras->ulimits);
    check_values(arena, planned, &extras->no_cache_filter);
    check_value(arena, planned, &extras->provenance);
    check_value(arena, planned, &extras->sbom);
    if (extras->entitlements.count > 0)
        diag_add(&planned->problems, DIAG_ERROR, "fork-secret", build->place,
                 "the build of a fork may not ask for entitlements of the builder");
}

static void check_compose(struct arena *arena, struct plan_image *planned, const struct compose_build *build) {
    check_pairs(arena, planned, &build->contexts);
    check_pairs(arena, planned, &build->labels);
    check_values(arena, planned, &build->cache_from);
    check_values(arena, planned, &build->extra_hosts);
    for (size_t i = 0; i < build->secrets.count; i++)
        refuse(planned, ((const struct compose_secret *)build->secrets.items[i])->id);
    if (build->extras != NULL) check_extras(arena, planned, build);
    if (build->ssh.count > 0)
        diag_add(&planned->problems, DIAG_ERROR, "fork-secret", build->place,
                 "the build of a fork may not use the agent's SSH keys");
}

void fork_check(struct arena *arena, struct plan_image *planned) {
    for (size_t i = 0; i < planned->arguments.count; i++) {
        const struct plan_argument *argument = planned->arguments.items[i];
        if (argument->from_environment) check_name(planned, argument->name);
        check_value(arena, planned, &argument->value);
    }
    check_values(arena, planned, &planned->loaded);
    check_pairs(arena, planned, &planned->labels);
    check_pairs(arena, planned, &planned->annotations);
    if (planned->image->build != NULL) check_compose(arena, planned, planned->image->build);
}
