#include "docker/scope.h"

#include "docker/platform.h"

static struct text *stored(struct scope *scope, struct text value) {
    if (!text_is_given(value)) return NULL;
    struct text *copy = arena_alloc(scope->arena, sizeof(*copy));
    *copy = value;
    return copy;
}

void scope_set_argument(struct scope *scope, struct text name, struct text value) {
    map_set(scope->arena, &scope->values, name, stored(scope, value));
}

void scope_set_variable(struct scope *scope, struct text name, struct text value) {
    map_set(scope->arena, &scope->environment, name, stored(scope, value));
    scope_set_argument(scope, name, value);
}

void scope_forget(struct scope *scope) {
    scope->values = scope->environment = (struct map){0};
    scope->parent = NULL;
    scope->has_image = true;
}

/* True when the map has the name; `state` and `out` are then what it says. */
static bool find_in(const struct map *map, struct text name, enum expand_state *state, struct text *out) {
    if (!map_has(map, name)) return false;
    const struct text *value = map_find(map, name);
    *state = value == NULL ? EXPAND_UNKNOWN : EXPAND_SET;
    if (value != NULL) *out = *value;
    return true;
}

/* Each step up the chain of stages is paid for, because a file may chain thousands of them. */
static bool pay(const struct scope *scope) {
    if (*scope->work > 0) --*scope->work;
    return *scope->work > 0;
}

static enum expand_state find(const void *self, struct text name, struct text *out) {
    const struct scope *own = self;
    enum expand_state state = EXPAND_UNKNOWN;
    bool has_image = own->has_image;
    if (find_in(&own->values, name, &state, out)) return state;
    for (const struct scope *scope = own->parent; scope != NULL && pay(scope); scope = scope->parent) {
        if (find_in(&scope->environment, name, &state, out)) return state;
        has_image = scope->has_image;
    }
    /* An image below may set the name, and would then win over the ARG of a parent, too. */
    if (has_image) return EXPAND_UNKNOWN;
    for (const struct scope *scope = own->parent; scope != NULL && pay(scope); scope = scope->parent)
        if (find_in(&scope->values, name, &state, out)) return state;
    return *own->work == 0 ? EXPAND_UNKNOWN : EXPAND_UNSET;
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
    scope_set_argument(scope, text_from(name), state == EXPAND_UNKNOWN ? (struct text){0} : given);
}

/* `names`: of the whole and of its parts; all are unknown when it is no single platform. */
static void set_platform(struct scope *scope, const struct build_choice *choice, const char *const *names,
                         struct text specifier) {
    struct platform platform = {0};
    struct text format = {0};
    if (specifier.len > 0 && platform_parse(scope->arena, specifier, &platform))
        format = platform_format(scope->arena, &platform);
    set_predefined(scope, choice, names[0], format);
    set_predefined(scope, choice, names[1], platform.os);
    set_predefined(scope, choice, names[2], platform.os_version);
    set_predefined(scope, choice, names[3], platform.architecture);
    set_predefined(scope, choice, names[4], platform.variant);
}

void scope_set_predefined(struct scope *scope, const struct build_choice *choice, struct text target) {
    static const char *const of_builder[] = {"BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT"};
    static const char *const of_target[] = {"TARGETPLATFORM", "TARGETOS", "TARGETOSVERSION", "TARGETARCH",
                                            "TARGETVARIANT"};
    set_platform(scope, choice, of_builder, choice->build_platform);
    set_platform(scope, choice, of_target, choice->platform.len == 0 ? TEXT("linux/amd64") : choice->platform);
    set_predefined(scope, choice, "TARGETSTAGE", target.len == 0 ? TEXT("default") : target);
}
