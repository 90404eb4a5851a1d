#include "docker/bake_attribute.h"
#include "docker/bake_fields.h"
#include "docker/compose_interpolate.h"

#include <stdio.h>

#define A_VARIANT "it may be a variant of a matrix"

enum state { NEW, IN_PROGRESS, DONE };

/* A target on its way. */
struct resolved {
    const struct bake_target *source;
    struct bake_target *target; /* merged with all that it inherits; NULL until then */
    enum state inheriting;
    enum state linking;
    bool is_wanted; /* part of the result */
};

struct resolving {
    struct arena *arena;
    const struct variables *variables;
    struct diagnostics *diagnostics;
    struct map targets; /* to struct resolved */
    struct map groups;  /* to struct bake_group */
    struct map states;  /* of groups, to enum state *, for one name that was asked for */
    struct map wanted_groups;
    size_t work;
    unsigned depth;
    bool has_family;     /* a target stands for others, whose names are not known */
    bool wants_families; /* they are part of the result: something that was asked for may be one of theirs */
    bool is_valid;
};

static bool refuse(struct resolving *resolving, struct place place, const char *format, struct text name) {
    struct text shown = text_printable(resolving->arena, text_first(name, 100));
    char message[300];
    snprintf(message, sizeof(message), format, (int)shown.len, shown.ptr);
    bake_refuse(resolving->diagnostics, place, "%s", message);
    resolving->is_valid = false;
    return false;
}

static bool stop_at_limit(struct resolving *resolving, struct place place, const char *problem) {
    if (resolving->is_valid) diag_add(resolving->diagnostics, DIAG_ERROR, "bake-limit", place, "%s", problem);
    resolving->is_valid = false;
    return false;
}

static bool enter(struct resolving *resolving, struct place place) {
    if (resolving->depth >= BAKE_DEPTH_LIMIT)
        return stop_at_limit(resolving, place, "more than 100 targets or groups hang on one another in a row");
    resolving->depth++;
    return true;
}

/* What a value is with what is known of the environment; "" when it needs something that is not. */
static struct text text_of_value(struct resolving *resolving, const struct value *value) {
    struct compose_evaluation evaluation;
    if (!compose_evaluate(resolving->arena, value, resolving->variables, &evaluation)) return TEXT("");
    return evaluation.text;
}

/* ---- targets that inherit ---- */

static const struct bake_target *inherit(struct resolving *resolving, struct resolved *resolved);

/* A text without references. */
static const struct value *literal(struct arena *arena, struct text text) {
    struct value *value = arena_alloc(arena, sizeof(*value));
    *value = value_literal(arena, text);
    return value;
}

static void add_entitlement(struct resolving *resolving, struct bake_target *target, const struct value *value) {
    struct list one = {0};
    for (size_t i = 0; i < target->entitlements.count; i++)
        if (value_equal(target->entitlements.items[i], value)) return;
    list_add(resolving->arena, &one, (void *)value);
    bake_append(resolving->arena, &target->entitlements, &one);
}

static void merge(struct resolving *resolving, struct bake_target *target, const struct bake_target *over) {
    resolving->work += bake_merge_work(target, over);
    if (resolving->work > BAKE_WORK_LIMIT) {
        stop_at_limit(resolving, over->place, "what targets inherit is too much: more than a million values");
    } else {
        bake_merge_target(resolving->arena, target, over);
    }
}

static struct place place_of_name(const struct bake_names *names, size_t index, struct place otherwise) {
    return index < names->places.count ? *(const struct place *)names->places.items[index] : otherwise;
}

/* bake goes on without a parent that is the child of its own child, and what comes out hangs on where it began. */
static void inherit_from(struct resolving *resolving, struct resolved *child, struct bake_target *target,
                         size_t index) {
    const struct bake_names *names = &child->source->inherits;
    struct text name = names->texts.items[index];
    struct resolved *parent = map_find(&resolving->targets, name);
    const struct bake_target *source = child->source;
    if (parent == NULL && resolving->has_family) {
        bake_add_open(resolving->arena, &target->open, "inherits", (struct text){0}, TEXT(A_VARIANT),
                      place_of_name(names, index, source->place));
    } else if (parent == NULL) {
        refuse(resolving, place_of_name(names, index, source->place), "there is no target '%.*s' to inherit from",
               name);
    } else if (parent->inheriting == IN_PROGRESS) {
        bake_add_open(resolving->arena, &target->open, "inherits", (struct text){0}, TEXT("it goes in a circle"),
                      source->place);
    } else if (inherit(resolving, parent) != NULL) {
        merge(resolving, target, parent->target);
    }
}

static const struct bake_target *inherit(struct resolving *resolving, struct resolved *resolved) {
    const struct bake_target *source = resolved->source;
    if (resolved->inheriting == DONE || !resolving->is_valid) return resolved->target;
    if (!enter(resolving, source->place)) return NULL;
    struct bake_target *target = arena_alloc(resolving->arena, sizeof(*target));
    resolved->inheriting = IN_PROGRESS;
    for (size_t i = 0; i < source->inherits.texts.count && resolving->is_valid; i++)
        inherit_from(resolving, resolved, target, i);
    if (resolving->is_valid) merge(resolving, target, source);
    target->name = source->name;
    target->place = source->place;
    target->inherits = (struct bake_names){0};
    if (target->network != NULL && text_is(text_of_value(resolving, target->network), "host"))
        add_entitlement(resolving, target, literal(resolving->arena, TEXT("network.host")));
    resolved->target = target;
    resolved->inheriting = DONE;
    resolving->depth--;
    return target;
}

static bool is_open(const struct bake_target *target, const char *attribute) {
    for (size_t i = 0; i < target->open.count; i++) {
        const struct bake_open *open = target->open.items[i];
        if (text_is(open->attribute, attribute)) return true;
    }
    return bake_is_family(target);
}

/* One that was asked for, or that one of those is linked to. */
static struct resolved *want(struct resolving *resolving, struct text name, struct place place) {
    struct resolved *resolved = map_find(&resolving->targets, name);
    if (resolved == NULL) return refuse(resolving, place, "there is no target '%.*s'", name), NULL;
    if (resolved->is_wanted) return resolved;
    if (inherit(resolving, resolved) == NULL || !resolving->is_valid) return NULL;
    struct bake_target *target = arena_alloc(resolving->arena, sizeof(*target));
    *target = *resolved->target; /* what inherits from it must not get what is set here */
    if (target->context == NULL && !is_open(target, "context")) target->context = literal(resolving->arena, TEXT("."));
    if (target->dockerfile == NULL && !is_open(target, "dockerfile"))
        target->dockerfile = literal(resolving->arena, TEXT("Dockerfile"));
    resolved->target = target;
    resolved->is_wanted = true;
    return resolved;
}

/* ---- groups ---- */

static bool expand(struct resolving *resolving, struct text name, struct place place);

static void set_state(struct resolving *resolving, struct text name, enum state state) {
    static const enum state states[] = {NEW, IN_PROGRESS, DONE};
    map_set(resolving->arena, &resolving->states, name, (void *)&states[state]);
}

static enum state state_of(const struct resolving *resolving, struct text name) {
    const enum state *state = map_find(&resolving->states, name);
    return state == NULL ? NEW : *state;
}

static bool want_families(struct resolving *resolving) {
    if (resolving->wants_families) return true;
    resolving->wants_families = true;
    for (size_t i = 0; i < resolving->targets.count && resolving->is_valid; i++) {
        const struct bake_target *target = ((struct resolved *)resolving->targets.entries[i].value)->source;
        if (bake_is_family(target)) want(resolving, target->name, target->place);
    }
    return resolving->is_valid;
}

/* A group that has nothing, or is just being expanded, is taken for a target. */
static bool expand_member(struct resolving *resolving, const struct bake_group *group, size_t index) {
    struct text name = group->targets.texts.items[index];
    struct place place = place_of_name(&group->targets, index, group->place);
    const struct bake_group *inner = map_find(&resolving->groups, name);
    enum state state = state_of(resolving, name);
    if (inner != NULL && state == DONE) return true;
    if (inner == NULL || state == IN_PROGRESS || inner->targets.texts.count == 0) {
        if (inner != NULL) map_set(resolving->arena, &resolving->wanted_groups, name, (void *)inner);
        if (resolving->has_family && !map_has(&resolving->targets, name)) return want_families(resolving);
        return want(resolving, name, place) != NULL;
    }
    return expand(resolving, name, place);
}

static bool expand(struct resolving *resolving, struct text name, struct place place) {
    const struct bake_group *group = map_find(&resolving->groups, name);
    if (group == NULL) return want(resolving, name, place) != NULL;
    if (!enter(resolving, group->place)) return false;
    map_set(resolving->arena, &resolving->wanted_groups, name, (void *)group);
    set_state(resolving, name, IN_PROGRESS);
    for (size_t i = 0; i < group->targets.texts.count && resolving->is_valid; i++)
        expand_member(resolving, group, i);
    set_state(resolving, name, DONE);
    resolving->depth--;
    return resolving->is_valid;
}

/* ---- contexts that are targets ---- */

static bool link_contexts(struct resolving *resolving, struct resolved *resolved);

static bool has_value(const struct list *list, const struct value *value) {
    for (size_t i = 0; i < list->count; i++)
        if (value_equal(list->items[i], value)) return true;
    return false;
}

static bool is_subset(const struct list *some, const struct list *all) {
    for (size_t i = 0; i < some->count; i++)
        if (!has_value(all, some->items[i])) return false;
    return true;
}

/* The image of a linked target is there for its own platforms only. */
static bool check_platforms(struct resolving *resolving, const struct bake_target *target,
                            const struct bake_target *link) {
    resolving->work += target->platforms.count * link->platforms.count / 16;
    if (resolving->work > BAKE_WORK_LIMIT)
        return stop_at_limit(resolving, target->place, "there are too many platforms");
    if (target->platforms.count < 2 || link->platforms.count < 2) return true;
    if (is_subset(&target->platforms, &link->platforms)) return true;
    return refuse(resolving, target->place, "its platforms are not all among those of '%.*s', which it is built from",
                  link->name);
}

static bool link_target(struct resolving *resolving, struct resolved *resolved, struct text name, struct place place) {
    struct bake_target *target = resolved->target;
    if (text_equal(name, target->name)) return refuse(resolving, target->place, "'%.*s' is a context of itself", name);
    struct resolved *link = map_find(&resolving->targets, name);
    bool is_new = link != NULL && !link->is_wanted;
    if (link != NULL && link->linking == IN_PROGRESS)
        return refuse(resolving, target->place, "'%.*s' is a context of its own contexts", name);
    link = want(resolving, name, place);
    if (link == NULL) return false;
    if (is_new) {
        struct bake_entry *entry = arena_alloc(resolving->arena, sizeof(*entry));
        bake_entry_set(resolving->arena, entry, "type", literal(resolving->arena, TEXT("cacheonly")));
        link->target->output = (struct list){0};
        list_add(resolving->arena, &link->target->output, entry);
        link->target->is_linked = true;
    }
    if (!link_contexts(resolving, link)) return false;
    for (size_t i = 0; i < link->target->entitlements.count; i++)
        add_entitlement(resolving, target, link->target->entitlements.items[i]);
    return check_platforms(resolving, target, link->target);
}

/* It may be a variant that is not known here: the context is open. */
static void open_context(struct resolving *resolving, struct bake_target *target, const struct bake_pair *pair) {
    struct list open = {0}, others = {0};
    bake_append(resolving->arena, &open, &target->open);
    bake_add_open(resolving->arena, &open, "contexts", pair->name, TEXT(A_VARIANT), pair->place);
    for (size_t i = 0; i < target->contexts.count; i++)
        if (target->contexts.items[i] != pair) list_add(resolving->arena, &others, target->contexts.items[i]);
    target->open = open;
    target->contexts = others;
}

static bool link_contexts(struct resolving *resolving, struct resolved *resolved) {
    if (resolved->linking == DONE) return true;
    if (!enter(resolving, resolved->source->place)) return false;
    resolved->linking = IN_PROGRESS;
    const struct list contexts = resolved->target->contexts;
    bool ok = true;
    for (size_t i = 0; ok && i < contexts.count; i++) {
        const struct bake_pair *pair = contexts.items[i];
        struct place place = pair->place.line > 0 ? pair->place : resolved->target->place;
        struct text text = pair->value == NULL ? TEXT("") : text_of_value(resolving, pair->value);
        if (!text_starts(text, "target:")) continue;
        struct text name = text_from_offset(text, 7);
        if (resolving->has_family && !map_has(&resolving->targets, name)) {
            resolving->work += contexts.count / 16;
            open_context(resolving, resolved->target, pair);
        } else {
            ok = link_target(resolving, resolved, name, place);
        }
    }
    resolved->linking = DONE;
    resolving->depth--;
    return ok;
}

/* ---- the whole ---- */

static void index_model(struct resolving *resolving, const struct bake_model *model) {
    for (size_t i = 0; i < model->targets.count; i++) {
        const struct bake_target *target = model->targets.items[i];
        struct resolved *resolved = arena_alloc(resolving->arena, sizeof(*resolved));
        resolved->source = target;
        if (bake_is_family(target)) resolving->has_family = true;
        map_set(resolving->arena, &resolving->targets, target->name, resolved);
    }
    for (size_t i = 0; i < model->groups.count; i++) {
        struct bake_group *group = model->groups.items[i];
        map_set(resolving->arena, &resolving->groups, group->name, group);
    }
}

/* "a.b" is asked for where "a_b" is meant: so are services named. */
static struct texts clean_names(struct arena *arena, const struct texts *names) {
    struct texts cleaned = {0};
    if (names == NULL || names->count == 0) texts_add(arena, &cleaned, TEXT("default"));
    for (size_t i = 0; names != NULL && i < names->count; i++) {
        struct text name = bake_clean_name(arena, names->items[i]);
        if (!texts_has(&cleaned, name)) texts_add(arena, &cleaned, name);
    }
    return cleaned;
}

static int compare_texts(const void *a, const void *b) {
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static struct texts sorted_unique(struct arena *arena, const struct texts *texts) {
    struct list list = {0};
    struct texts sorted = {0};
    for (size_t i = 0; i < texts->count; i++)
        list_add(arena, &list, &texts->items[i]);
    list_sort(arena, &list, compare_texts);
    for (size_t i = 0; i < list.count; i++) {
        struct text text = *(struct text *)list.items[i];
        if (sorted.count == 0 || !text_equal(sorted.items[sorted.count - 1], text)) texts_add(arena, &sorted, text);
    }
    return sorted;
}

/* The group "default" of the result names what was asked for. */
static void add_default(struct resolving *resolving, const struct texts *names) {
    struct bake_group *group = arena_alloc(resolving->arena, sizeof(*group));
    const struct bake_group *known = map_find(&resolving->wanted_groups, TEXT("default"));
    struct texts targets = {0};
    *group = known == NULL ? (struct bake_group){.name = TEXT("default")} : *known;
    for (size_t i = 0; i < group->targets.texts.count; i++)
        texts_add(resolving->arena, &targets, group->targets.texts.items[i]);
    for (size_t i = 0; i < names->count; i++)
        if (known == NULL || !text_is(names->items[i], "default"))
            texts_add(resolving->arena, &targets, names->items[i]);
    if (targets.count > 0) group->targets = (struct bake_names){.texts = sorted_unique(resolving->arena, &targets)};
    map_set(resolving->arena, &resolving->wanted_groups, group->name, group);
}

static int compare_targets(const void *a, const void *b) {
    const struct bake_target *left = a, *right = b;
    return text_compare(left->name, right->name);
}

static int compare_groups(const void *a, const void *b) {
    const struct bake_group *left = a, *right = b;
    return text_compare(left->name, right->name);
}

static struct bake_model result_of(struct resolving *resolving) {
    struct bake_model result = {0};
    for (size_t i = 0; i < resolving->targets.count; i++) {
        const struct resolved *resolved = resolving->targets.entries[i].value;
        if (resolved->is_wanted) list_add(resolving->arena, &result.targets, resolved->target);
    }
    for (size_t i = 0; i < resolving->wanted_groups.count; i++)
        list_add(resolving->arena, &result.groups, resolving->wanted_groups.entries[i].value);
    list_sort(resolving->arena, &result.targets, compare_targets);
    list_sort(resolving->arena, &result.groups, compare_groups);
    return result;
}

static struct place place_of(const struct bake_model *model) {
    const struct bake_target *first = model->targets.count == 0 ? NULL : model->targets.items[0];
    return first == NULL ? (struct place){0} : source_whole(first->place.source);
}

bool bake_resolve(struct arena *arena, const struct bake_model *model, const struct texts *names,
                  const struct variables *variables, struct diagnostics *diagnostics, struct bake_model *out) {
    static const struct variables none;
    struct resolving resolving = {.arena = arena, .diagnostics = diagnostics, .is_valid = true};
    struct texts asked = clean_names(arena, names);
    resolving.variables = variables == NULL ? &none : variables;
    index_model(&resolving, model);
    for (size_t i = 0; i < asked.count && resolving.is_valid; i++) {
        resolving.states = (struct map){0};
        expand(&resolving, asked.items[i], place_of(model));
    }
    if (resolving.is_valid) add_default(&resolving, &asked);
    struct bake_model result = result_of(&resolving);
    for (size_t i = 0; i < result.targets.count && resolving.is_valid; i++) {
        const struct bake_target *target = result.targets.items[i];
        link_contexts(&resolving, map_find(&resolving.targets, target->name));
    }
    if (!resolving.is_valid) return false;
    *out = result_of(&resolving);
    return true;
}
