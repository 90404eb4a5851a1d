#include "docker/scope.h"

#include "docker/platform.h"

static void set(struct scope *scope, struct text name, struct text *value) {
    map_set(scope->arena, &scope->values, name, value);
}

void scope_set(struct scope *scope, struct text name, struct text value) {
    struct text *copy = arena_alloc(scope->arena, sizeof(*copy));
    *copy = value;
    set(scope, name, copy);
}

void scope_set_unknown(struct scope *scope, struct text name) {
    set(scope, name, NULL);
}

void scope_forget(struct scope *scope) {
    scope->values = (struct map){0};
    scope->parent = NULL;
    scope->has_image = true;
}

/* Up the chain of stages; each step is paid for, because a file may chain thousands of them. */
static enum expand_state find(const void *self, struct text name, struct text *out) {
    bool has_image = false;
    for (const struct scope *scope = self; scope != NULL; scope = scope->parent) {
        if (*scope->work == 0) return EXPAND_UNKNOWN;
        --*scope->work;
        if (map_has(&scope->values, name)) {
            const struct text *value = map_find(&scope->values, name);
            if (value == NULL) return EXPAND_UNKNOWN;
            *out = *value;
            return EXPAND_SET;
        }
        has_image = scope->has_image;
    }
    return has_image ? EXPAND_UNKNOWN : EXPAND_UNSET;
}

struct expand_scope scope_expand(const struct scope *scope) {
    return (struct expand_scope){.find = find, .self = scope, .work = scope->work};
}

enum expand_state scope_argument(const struct build_choice *choice, struct text name, struct text *out) {
    if (!map_has(&choice->arguments, name)) return EXPAND_UNSET;
    const struct text *value = map_find(&choice->arguments, name);
    if (value == NULL) return EXPAND_UNKNOWN;
    *out = *value;
    return EXPAND_SET;
}

/* `value` is absent when it is unknown; a build argument of the same name wins. */
static void set_predefined(struct scope *scope, const struct build_choice *choice, const char *name,
                           struct text value) {
    struct text given = value;
    enum expand_state state = scope_argument(choice, text_from(name), &given);
    if (state == EXPAND_UNKNOWN || !text_is_given(given)) {
        scope_set_unknown(scope, text_from(name));
    } else {
        scope_set(scope, text_from(name), given);
    }
}

void scope_set_predefined(struct scope *scope, const struct build_choice *choice, struct text target) {
    static const char *const of_builder[] = {"BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT"};
    struct platform platform = {0};
    struct text specifier = choice->platform.len == 0 ? TEXT("linux/amd64") : choice->platform, format = {0};
    if (platform_parse(scope->arena, specifier, &platform)) format = platform_format(scope->arena, &platform);
    for (size_t i = 0; i < sizeof(of_builder) / sizeof(of_builder[0]); i++)
        set_predefined(scope, choice, of_builder[i], (struct text){0});
    set_predefined(scope, choice, "TARGETPLATFORM", format);
    set_predefined(scope, choice, "TARGETOS", platform.os);
    set_predefined(scope, choice, "TARGETOSVERSION", platform.os_version);
    set_predefined(scope, choice, "TARGETARCH", platform.architecture);
    set_predefined(scope, choice, "TARGETVARIANT", platform.variant);
    set_predefined(scope, choice, "TARGETSTAGE", target.len == 0 ? TEXT("default") : target);
}
