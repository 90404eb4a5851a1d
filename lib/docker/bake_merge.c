#include "docker/bake_attribute.h"
#include "docker/bake_fields.h"

#include <stddef.h>

#define FIELD(name, kind, member)                                                                                      \
    { name, kind, offsetof(struct bake_target, member), BAKE_ATTEST }
#define ENTRIES(name, kind, member, entry)                                                                             \
    { name, kind, offsetof(struct bake_target, member), entry }

const struct bake_field bake_fields[] = {
    FIELD("description", BAKE_VALUE, description),
    FIELD("context", BAKE_VALUE, context),
    FIELD("dockerfile", BAKE_VALUE, dockerfile),
    FIELD("dockerfile-inline", BAKE_VALUE, dockerfile_inline),
    FIELD("target", BAKE_VALUE, target),
    FIELD("network", BAKE_VALUE, network),
    FIELD("shm-size", BAKE_VALUE, shm_size),
    FIELD("call", BAKE_VALUE, call),
    FIELD("project_id", BAKE_VALUE, project_id),
    FIELD("pull", BAKE_SWITCH, pull),
    FIELD("no-cache", BAKE_SWITCH, no_cache),
    FIELD("args", BAKE_PAIRS, args),
    FIELD("labels", BAKE_PAIRS, labels),
    FIELD("extra-hosts", BAKE_PAIRS, extra_hosts),
    FIELD("contexts", BAKE_CONTEXTS, contexts),
    FIELD("tags", BAKE_LIST_REPLACED, tags),
    FIELD("platforms", BAKE_LIST_REPLACED, platforms),
    FIELD("no-cache-filter", BAKE_LIST_ADDED, no_cache_filter),
    FIELD("ulimits", BAKE_LIST_ADDED, ulimits),
    FIELD("entitlements", BAKE_LIST_ADDED, entitlements),
    FIELD("annotations", BAKE_LIST_ADDED, annotations),
    ENTRIES("attest", BAKE_ENTRIES_ADDED, attest, BAKE_ATTEST),
    ENTRIES("cache-from", BAKE_ENTRIES_ADDED, cache_from, BAKE_CACHE),
    ENTRIES("secret", BAKE_ENTRIES_ADDED, secrets, BAKE_SECRET),
    ENTRIES("ssh", BAKE_ENTRIES_ADDED, ssh, BAKE_SSH),
    ENTRIES("cache-to", BAKE_ENTRIES_REPLACED, cache_to, BAKE_CACHE),
    ENTRIES("output", BAKE_ENTRIES_REPLACED, output, BAKE_OUTPUT),
    {NULL, BAKE_VALUE, 0, BAKE_ATTEST},
};

void bake_append(struct arena *arena, struct list *list, const struct list *more) {
    struct list both = {0};
    for (size_t i = 0; i < list->count; i++)
        list_add(arena, &both, list->items[i]);
    for (size_t i = 0; i < more->count; i++)
        list_add(arena, &both, more->items[i]);
    if (both.count > 0) *list = both;
}

/* ---- what is not known ---- */

/* Forgets what was not known of an attribute, or of one pair of it. */
static void close_open(struct arena *arena, struct list *open, const char *attribute, struct text name) {
    struct list left = {0};
    bool is_any = false;
    for (size_t i = 0; i < open->count; i++) {
        const struct bake_open *one = open->items[i];
        bool is_it = text_is(one->attribute, attribute) && (!text_is_given(name) || text_equal(one->name, name));
        is_any = is_any || is_it;
        if (!is_it) list_add(arena, &left, (void *)one);
    }
    if (is_any) *open = left;
}

static void append_open(struct arena *arena, struct list *open, const struct list *more) {
    struct list both = {0};
    for (size_t i = 0; i < open->count + more->count; i++) {
        const struct bake_open *one = i < open->count ? open->items[i] : more->items[i - open->count];
        bake_add_open(arena, &both, text_string(arena, one->attribute), one->name, one->what, one->place);
    }
    if (both.count > 0) *open = both;
}

/* Is the attribute as a whole not known? */
static bool is_open(const struct list *open, const char *attribute) {
    for (size_t i = 0; i < open->count; i++) {
        const struct bake_open *one = open->items[i];
        if (text_is(one->attribute, attribute) && !text_is_given(one->name)) return true;
    }
    return false;
}

/* ---- one attribute ---- */

/* ${NAME} that may be null, over what was there: ${NAME-what was there}. */
static const struct bake_pair *optional_over(struct arena *arena, const struct bake_pair *base,
                                             const struct bake_pair *over) {
    const struct value_piece *reference = over->value->pieces.items[0];
    struct bake_pair *pair = arena_alloc(arena, sizeof(*pair));
    struct value *value = arena_alloc(arena, sizeof(*value));
    value_add_reference(arena, value, reference->text, VALUE_DEFAULT_IF_UNSET, *base->value);
    *pair = (struct bake_pair){.name = over->name, .value = value};
    return pair;
}

static const struct bake_pair *find_pair(const struct list *pairs, struct text name) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct bake_pair *pair = pairs->items[i];
        if (text_equal(pair->name, name)) return pair;
    }
    return NULL;
}

static void merge_optional(struct arena *arena, struct bake_target *target, const struct bake_field *field,
                           struct list *pairs, const struct bake_pair *over) {
    const struct bake_pair *base = find_pair(pairs, over->name);
    if (base == NULL || base->value == NULL) {
        bake_set_pair(arena, pairs, over);
    } else if (base->is_optional || base->value->pieces.count > BAKE_FIELDS_LIMIT) {
        bake_add_open(arena, &target->open, field->name, over->name, TEXT("a variable that may be null"),
                      target->place);
    } else {
        bake_set_pair(arena, pairs, optional_over(arena, base, over));
    }
}

static void merge_pairs(struct arena *arena, struct bake_target *target, const struct bake_field *field,
                        const struct list *over) {
    struct list pairs = {0}, *member = bake_member(target, field);
    bake_append(arena, &pairs, member);
    for (size_t i = 0; i < over->count; i++) {
        const struct bake_pair *pair = over->items[i];
        if (pair->value == NULL) continue;
        if (pairs.count >= BAKE_ITEMS_LIMIT) {
            if (!is_open(&target->open, field->name))
                bake_add_open(arena, &target->open, field->name, (struct text){0}, TEXT("a very long object"),
                              target->place);
            break;
        }
        if (pair->is_optional) {
            merge_optional(arena, target, field, &pairs, pair);
        } else {
            close_open(arena, &target->open, field->name, pair->name);
            bake_set_pair(arena, &pairs, pair);
        }
    }
    *member = pairs;
}

/* A list that grows out of all bounds is not known any more. */
static void limit_list(struct arena *arena, struct bake_target *target, const struct bake_field *field,
                       struct list *list, size_t limit) {
    if (list->count <= limit) return;
    list->count = limit;
    if (is_open(&target->open, field->name)) return;
    bake_add_open(arena, &target->open, field->name, (struct text){0}, TEXT("a very long list"), target->place);
}

static void merge_list(struct arena *arena, struct bake_target *target, const struct bake_field *field,
                       const struct list *over) {
    struct list *list = bake_member(target, field);
    if (field->kind == BAKE_LIST_ADDED) {
        bake_append(arena, list, over);
        limit_list(arena, target, field, list, BAKE_ITEMS_LIMIT);
    } else {
        bake_entries_merge(arena, field->entry, list, over);
        limit_list(arena, target, field, list, BAKE_ENTRIES_LIMIT);
    }
}

static bool is_given(const struct bake_target *target, const struct bake_field *field) {
    const struct list *list = bake_member(target, field);
    if (field->kind == BAKE_VALUE) return *(const struct value **)bake_member(target, field) != NULL;
    if (field->kind == BAKE_SWITCH) return *(enum bake_switch *)bake_member(target, field) != BAKE_UNSET;
    return list->items != NULL;
}

static void merge_field(struct arena *arena, struct bake_target *target, const struct bake_field *field,
                        const struct bake_target *over) {
    bool replaces = field->kind == BAKE_VALUE || field->kind == BAKE_SWITCH || field->kind == BAKE_LIST_REPLACED ||
                    field->kind == BAKE_ENTRIES_REPLACED;
    if (!is_given(over, field) && !(replaces && is_open(&over->open, field->name))) return;
    if (replaces) close_open(arena, &target->open, field->name, (struct text){0});
    switch (field->kind) {
    case BAKE_VALUE:
        *(const struct value **)bake_member(target, field) = *(const struct value **)bake_member(over, field);
        break;
    case BAKE_SWITCH:
        *(enum bake_switch *)bake_member(target, field) = *(enum bake_switch *)bake_member(over, field);
        break;
    case BAKE_LIST_REPLACED:
    case BAKE_ENTRIES_REPLACED:
        *(struct list *)bake_member(target, field) = *(struct list *)bake_member(over, field);
        break;
    case BAKE_PAIRS:
    case BAKE_CONTEXTS:
        merge_pairs(arena, target, field, bake_member(over, field));
        break;
    case BAKE_LIST_ADDED:
    case BAKE_ENTRIES_ADDED:
        merge_list(arena, target, field, bake_member(over, field));
        break;
    }
}

static void append_names(struct arena *arena, struct bake_names *names, const struct bake_names *more) {
    for (size_t i = 0; i < more->texts.count; i++)
        texts_add(arena, &names->texts, more->texts.items[i]);
    bake_append(arena, &names->places, &more->places);
}

void bake_merge_target(struct arena *arena, struct bake_target *target, const struct bake_target *over) {
    for (const struct bake_field *field = bake_fields; field->name != NULL; field++)
        merge_field(arena, target, field, over);
    if (target->variables == NULL) target->variables = over->variables;
    struct bake_names inherits = {0};
    append_names(arena, &inherits, &target->inherits);
    append_names(arena, &inherits, &over->inherits);
    target->inherits = inherits;
    append_open(arena, &target->open, &over->open);
}

size_t bake_merge_work(const struct bake_target *target, const struct bake_target *over) {
    size_t work = 1 + over->open.count + target->open.count;
    for (const struct bake_field *field = bake_fields; field->name != NULL; field++) {
        if (field->kind == BAKE_VALUE || field->kind == BAKE_SWITCH || !is_given(over, field)) continue;
        const struct list *base = bake_member(target, field), *more = bake_member(over, field);
        bool is_square = field->kind == BAKE_ENTRIES_ADDED;
        size_t count = base->count + more->count;
        work += is_square ? count * count / 16 : count;
    }
    return work;
}

/* ---- models ---- */

struct merging {
    struct arena *arena;
    struct bake_model out;
    struct map targets, groups;
    size_t work;
};

/* Blocks of one name without end: what the rest of them says is not looked at. */
static void merge_within_limit(struct merging *merging, struct bake_target *known, const struct bake_target *target) {
    static const char rest[] = "other attributes";
    merging->work += bake_merge_work(known, target);
    if (merging->work <= BAKE_WORK_LIMIT) {
        bake_merge_target(merging->arena, known, target);
    } else if (!is_open(&known->open, rest)) {
        bake_add_open(merging->arena, &known->open, rest, (struct text){0}, TEXT("very many blocks"), target->place);
    }
}

static void add_target(struct merging *merging, const struct bake_target *target) {
    struct bake_target *known = map_find(&merging->targets, target->name);
    if (known != NULL) {
        merge_within_limit(merging, known, target);
        return;
    }
    known = arena_alloc(merging->arena, sizeof(*known));
    *known = *target;
    known->open = (struct list){0}; /* it may grow */
    bake_append(merging->arena, &known->open, &target->open);
    map_set(merging->arena, &merging->targets, target->name, known);
    list_add(merging->arena, &merging->out.targets, known);
}

static void add_group(struct merging *merging, const struct bake_group *group) {
    struct bake_group *known = map_find(&merging->groups, group->name);
    if (known == NULL) {
        known = arena_alloc(merging->arena, sizeof(*known));
        map_set(merging->arena, &merging->groups, group->name, known);
        list_add(merging->arena, &merging->out.groups, known);
    }
    *known = *group;
}

static void add_model(struct merging *merging, const struct bake_model *model) {
    for (size_t i = 0; i < model->targets.count; i++)
        add_target(merging, model->targets.items[i]);
    for (size_t i = 0; i < model->groups.count; i++)
        add_group(merging, model->groups.items[i]);
}

void bake_merge(struct arena *arena, const struct bake_model *base, const struct bake_model *over,
                struct bake_model *out) {
    struct merging merging = {.arena = arena};
    add_model(&merging, base);
    add_model(&merging, over);
    *out = merging.out;
}

struct bake_target *bake_find_target(const struct bake_model *model, struct text name) {
    for (size_t i = 0; i < model->targets.count; i++) {
        struct bake_target *target = model->targets.items[i];
        if (text_equal(target->name, name)) return target;
    }
    return NULL;
}

struct bake_group *bake_find_group(const struct bake_model *model, struct text name) {
    for (size_t i = 0; i < model->groups.count; i++) {
        struct bake_group *group = model->groups.items[i];
        if (text_equal(group->name, name)) return group;
    }
    return NULL;
}

bool bake_is_family(const struct bake_target *target) {
    for (size_t i = 0; i < target->open.count; i++) {
        const struct bake_open *open = target->open.items[i];
        if (text_is(open->attribute, "matrix") || text_is(open->attribute, "name")) return true;
    }
    return false;
}

struct text bake_clean_name(struct arena *arena, struct text name) {
    struct buffer buffer = buffer_in(arena);
    if (!text_has(name, '.')) return name;
    for (size_t i = 0; i < name.len; i++)
        buffer_add_byte(&buffer, (char)(name.ptr[i] == '.' ? '_' : name.ptr[i]));
    return buffer_text(&buffer);
}
