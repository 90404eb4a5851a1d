#include "model/definition.h"

#include "docker/compose_names.h"
#include "model/duplicates.h"

static bool same_texts(const struct list *a, const struct list *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = text_equal(*(const struct text *)a->items[i], *(const struct text *)b->items[i]);
    return same;
}

static bool same_values(const struct list *a, const struct list *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = value_equal(a->items[i], b->items[i]);
    return same;
}

/* --- defaults --- */

/* Without a registry nothing is pushed, and what the tags are matters to nobody. */
static bool has_destination(const struct image *image) {
    return image->settings->build.registries.count > 0 || image->settings->repositories.count > 0;
}

/* The variables that the step looks up. */
static void find_names(struct arena *arena, const struct image *image, struct texts *out) {
    const struct compose_build *build = image->build;
    if (has_destination(image)) compose_names_of_values(arena, &image->declared_tags, out);
    if (build == NULL) return;
    for (size_t i = 0; i < build->arguments.count; i++) {
        const struct compose_argument *argument = build->arguments.items[i];
        value_names(arena, &argument->value, out);
        if (argument->from_environment && !texts_has(out, argument->name)) texts_add(arena, out, argument->name);
    }
    compose_names_add(arena, build, out);
}

static const struct text *default_of(const struct image *image, struct text name) {
    return image->variables == NULL ? NULL : variables_find(image->variables, name);
}

static bool same_defaults(struct arena *arena, const struct image *now, const struct image *before) {
    struct texts names = {0};
    find_names(arena, now, &names);
    for (size_t i = 0; i < names.count; i++) {
        const struct text *a = default_of(now, names.items[i]), *b = default_of(before, names.items[i]);
        if ((a == NULL) != (b == NULL) || (a != NULL && !text_equal(*a, *b))) return false;
    }
    return true;
}

/* --- settings --- */

/* What decides about builds only by way of the image itself (context, target …) is compared there. */
static const char *settings_difference(const struct image_settings *a, const struct image_settings *b) {
    if (a == b) return NULL;
    if (!record_same_texts(&a->build.registries, &b->build.registries)) return "settings (registry)";
    if (!record_same_texts(&a->repositories, &b->repositories)) return "settings (repository)";
    if (!record_same_texts(&a->build.tags, &b->build.tags)) return "settings (tags)";
    if (!record_same_pairs(&a->build.build_args, &b->build.build_args)) return "settings (build_args)";
    if (a->build.push != b->build.push) return "settings (push)";
    if (a->build.output != b->build.output) return "settings (output)";
    if (!record_same_texts(&a->build.test, &b->build.test)) return "settings (test)";
    if (a->build.builder != b->build.builder) return "settings (builder)";
    if (!login_same_lists(&a->build.login, &b->build.login)) return "settings (login)";
    if (!node_equal(a->build.step, b->build.step)) return "settings (step)";
    return settings_publish_difference(&a->build.publish, &b->build.publish);
}

/* A Dockerfile that nobody declares is built as a service would be that says no more than where it is. */
static const struct compose_build *build_of(struct arena *arena, const struct image *image, const struct image *other) {
    if (image->build != NULL || other->build == NULL) return image->build;
    struct compose_build *plain = arena_alloc(arena, sizeof(*plain));
    *plain = (struct compose_build){.context = other->build->context,
                                    .dockerfile = other->build->dockerfile,
                                    .target = other->build->target,
                                    .platforms = other->build->platforms,
                                    .project = other->build->project};
    return plain;
}

static bool same_environment(const struct list *a, const struct list *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        const struct compose_argument *left = a->items[i], *right = b->items[i];
        same = text_equal(left->name, right->name) && left->from_environment == right->from_environment &&
               value_equal(&left->value, &right->value);
    }
    return same;
}

/* What counts only where bake builds the file itself. */
static const char *bake_difference(const struct image *now, const struct image *before) {
    static const struct compose_extras none;
    const struct compose_build *build = now->build, *old = before->build;
    if (build == NULL || old == NULL) return NULL;
    if (text_is_given(build->needs_bake) && now->compose->digest != before->compose->digest) return "bake file";
    if (now->settings->build.builder != BUILDER_BAKE) return NULL;
    const struct compose_extras *extras = build->extras == NULL ? &none : build->extras;
    const struct compose_extras *old_extras = old->extras == NULL ? &none : old->extras;
    if (!node_equal(extras->x_bake, old_extras->x_bake)) return "x-bake";
    return same_environment(&extras->environment, &old_extras->environment) ? NULL : "environment";
}

const char *definition_difference(struct arena *arena, const struct image *now, const struct image *before) {
    if (!text_equal(now->dockerfile, before->dockerfile)) return "Dockerfile";
    if (!text_equal(now->context, before->context)) return "context";
    if (!text_equal(now->target, before->target)) return "target";
    if (!same_texts(&now->platforms, &before->platforms)) return "platforms";
    if (!text_equal(now->project.id, before->project.id) || now->project.is_named != before->project.is_named)
        return "project";
    const struct compose_build *build = build_of(arena, now, before), *old = build_of(arena, before, now);
    const char *difference = build == NULL ? NULL : duplicates_difference(arena, build, old);
    if (difference != NULL) return difference;
    difference = bake_difference(now, before);
    if (difference != NULL) return difference;
    if (has_destination(now) && !same_values(&now->declared_tags, &before->declared_tags)) return "tags";
    if (!same_defaults(arena, now, before)) return "variables in .env";
    if (image_is_broken(now) != image_is_broken(before)) return "declaration";
    return settings_difference(now->settings, before->settings);
}
