#include "docker/bake_attribute.h"

#include "docker/bake_entry.h"

void bake_add_open(struct arena *arena, struct list *open, const char *attribute, struct text name, struct text what,
                   struct place place) {
    struct bake_open *one = arena_alloc(arena, sizeof(*one));
    if (open->count >= BAKE_OPEN_LIMIT) return;
    *one = (struct bake_open){.attribute = text_from(attribute), .name = name, .what = what, .place = place};
    if (open->count == BAKE_OPEN_LIMIT - 1)
        *one = (struct bake_open){.attribute = TEXT("other attributes"), .what = what, .place = place};
    list_add(arena, open, one);
}

static void leave_open(struct bake_attribute *attribute, struct text name, const struct bake_scalar *scalar) {
    bool may_be_null = scalar->kind == BAKE_SCALAR_OPTIONAL;
    bake_add_open(attribute->scope->arena, attribute->open, attribute->name, name,
                  may_be_null ? TEXT("a variable that may be null") : scalar->what, scalar->place);
}

static void leave_open_as(struct bake_attribute *attribute, struct place place, struct text what) {
    struct bake_scalar scalar = {.kind = BAKE_SCALAR_OPEN, .what = what, .place = place};
    leave_open(attribute, (struct text){0}, &scalar);
}

static const struct value *keep(struct bake_attribute *attribute, const struct bake_scalar *scalar) {
    struct value *value = arena_alloc(attribute->scope->arena, sizeof(*value));
    *value = scalar->value;
    return value;
}

static struct bake_scalar scalar_of(struct bake_attribute *attribute, const struct hcl_expression *expression) {
    return bake_scope_scalar(attribute->scope, expression, attribute->quoted);
}

/* ---- single values ---- */

void bake_read_text(struct bake_attribute *attribute, void *out) {
    struct bake_scalar scalar = scalar_of(attribute, attribute->value);
    if (scalar.kind == BAKE_SCALAR_KNOWN) *(const struct value **)out = keep(attribute, &scalar);
    if (scalar.kind == BAKE_SCALAR_OPEN || scalar.kind == BAKE_SCALAR_OPTIONAL)
        leave_open(attribute, (struct text){0}, &scalar);
}

/* true and false, and the texts that cty takes for them. */
void bake_read_switch(struct bake_attribute *attribute, void *out) {
    struct bake_scalar scalar = scalar_of(attribute, attribute->value);
    if (scalar.kind == BAKE_SCALAR_NULL || scalar.kind == BAKE_SCALAR_WRONG) return;
    if (scalar.kind != BAKE_SCALAR_KNOWN) {
        leave_open(attribute, (struct text){0}, &scalar);
        return;
    }
    if (!value_is_literal(&scalar.value)) {
        leave_open_as(attribute, scalar.place, TEXT("a variable"));
        return;
    }
    struct text text = value_text(attribute->scope->arena, &scalar.value);
    bool is_yes = text_is(text, "true") || text_is(text, "1"), is_no = text_is(text, "false") || text_is(text, "0");
    if (is_yes || is_no) {
        *(enum bake_switch *)out = is_yes ? BAKE_TRUE : BAKE_FALSE;
    } else {
        bake_refuse(attribute->scope->diagnostics, scalar.place, "%s must be true or false", attribute->quoted);
    }
}

/* ---- lists ---- */

static bool needs_evaluation(const struct hcl_expression *expression) {
    return expression->kind == HCL_NAME || expression->kind == HCL_OPEN || expression->kind == HCL_CALL ||
           expression->kind == HCL_MEMBER;
}

/* The items, when it is a list; NULL when it is null, open or refused. */
static const struct list *items_of(struct bake_attribute *attribute, size_t limit) {
    const struct hcl_expression *list = bake_scope_follow(attribute->scope, attribute->value);
    if (list == NULL || list->kind == HCL_NULL) return NULL;
    if (list->kind == HCL_LIST && list->items.count <= limit) return &list->items;
    if (list->kind == HCL_LIST) {
        leave_open_as(attribute, list->place, TEXT("a very long list"));
    } else if (needs_evaluation(list)) {
        struct bake_scalar scalar = scalar_of(attribute, list);
        if (scalar.kind == BAKE_SCALAR_KNOWN) {
            scalar.what = TEXT("a variable");
            if (value_is_literal(&scalar.value))
                bake_refuse(attribute->scope->diagnostics, list->place, "%s must be a list", attribute->quoted);
        }
        if (scalar.kind != BAKE_SCALAR_WRONG && scalar.kind != BAKE_SCALAR_NULL)
            leave_open(attribute, (struct text){0}, &scalar);
    } else {
        bake_refuse(attribute->scope->diagnostics, list->place, "%s must be a list", attribute->quoted);
    }
    return NULL;
}

/* A list that is given has items, also when there are none. */
static void begin_list(struct bake_attribute *attribute, struct list *list) {
    list_add(attribute->scope->arena, list, NULL);
    list->count = 0;
}

/* True when the item is known; null is refused, as bake does. */
static bool read_item(struct bake_attribute *attribute, const struct hcl_expression *item, struct bake_scalar *out) {
    *out = scalar_of(attribute, item);
    if (out->kind == BAKE_SCALAR_NULL)
        bake_refuse(attribute->scope->diagnostics, item->place, "null cannot be in %s", attribute->quoted);
    if (out->kind == BAKE_SCALAR_OPEN || out->kind == BAKE_SCALAR_OPTIONAL)
        leave_open(attribute, (struct text){0}, out);
    return out->kind == BAKE_SCALAR_KNOWN;
}

void bake_read_list(struct bake_attribute *attribute, void *out) {
    const struct list *items = items_of(attribute, BAKE_ITEMS_LIMIT);
    struct bake_scalar scalar;
    if (items != NULL) begin_list(attribute, out);
    for (size_t i = 0; items != NULL && i < items->count; i++)
        if (read_item(attribute, items->items[i], &scalar))
            list_add(attribute->scope->arena, out, (void *)keep(attribute, &scalar));
}

/* Names must be literal. */
void bake_read_names(struct bake_attribute *attribute, void *out) {
    const struct list *items = items_of(attribute, BAKE_ITEMS_LIMIT);
    struct bake_scalar scalar;
    struct bake_names *names = out;
    if (items != NULL) texts_add(attribute->scope->arena, &names->texts, TEXT(""));
    if (items != NULL) names->texts.count = 0; /* given, also when there are none */
    for (size_t i = 0; items != NULL && i < items->count; i++) {
        if (!read_item(attribute, items->items[i], &scalar)) continue;
        if (value_is_literal(&scalar.value)) {
            struct place *place = arena_alloc(attribute->scope->arena, sizeof(*place));
            *place = scalar.place;
            texts_add(attribute->scope->arena, &names->texts, value_text(attribute->scope->arena, &scalar.value));
            list_add(attribute->scope->arena, &names->places, place);
        } else {
            leave_open_as(attribute, scalar.place, TEXT("a variable"));
        }
    }
}

/* ---- pairs ---- */

void bake_set_pair(struct arena *arena, struct list *pairs, const struct bake_pair *pair) {
    size_t low = 0, high = pairs->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct bake_pair *other = pairs->items[middle];
        int order = text_compare(other->name, pair->name);
        if (order == 0) pairs->items[middle] = (void *)pair;
        if (order == 0) return;
        if (order < 0) low = middle + 1;
        if (order > 0) high = middle;
    }
    list_add(arena, pairs, (void *)pair);
    for (size_t i = pairs->count - 1; i > low; i--)
        pairs->items[i] = pairs->items[i - 1];
    pairs->items[low] = (void *)pair;
}

/* A name of JSON is a template. False when it must be evaluated, or was refused. */
static bool read_name(struct bake_attribute *attribute, const struct hcl_pair *pair, struct text *out) {
    *out = pair->name;
    if (!pair->is_template || !(text_has(pair->name, '$') || text_has(pair->name, '%'))) return true;
    struct hcl_expression unread = {.kind = HCL_UNREAD, .text = pair->name, .place = pair->place};
    struct bake_scalar scalar = scalar_of(attribute, &unread);
    bool is_known = scalar.kind == BAKE_SCALAR_KNOWN && value_is_literal(&scalar.value);
    if (is_known) *out = value_text(attribute->scope->arena, &scalar.value);
    if (!is_known && scalar.kind != BAKE_SCALAR_WRONG)
        leave_open_as(attribute, pair->place, TEXT("a name that is not literal"));
    return is_known;
}

static void read_pair(struct bake_attribute *attribute, const struct hcl_pair *pair, struct list *out) {
    struct bake_pair *kept = arena_alloc(attribute->scope->arena, sizeof(*kept));
    struct text name;
    if (!read_name(attribute, pair, &name)) return;
    struct bake_scalar scalar = scalar_of(attribute, pair->value);
    if (scalar.kind == BAKE_SCALAR_WRONG) return;
    if (scalar.kind == BAKE_SCALAR_OPEN) {
        leave_open(attribute, name, &scalar);
        return;
    }
    *kept = (struct bake_pair){.name = name, .place = scalar.place, .is_optional = scalar.kind == BAKE_SCALAR_OPTIONAL};
    if (scalar.kind != BAKE_SCALAR_NULL) kept->value = keep(attribute, &scalar);
    bake_set_pair(attribute->scope->arena, out, kept);
}

void bake_read_pairs(struct bake_attribute *attribute, void *out) {
    const struct hcl_expression *object = bake_scope_follow(attribute->scope, attribute->value);
    if (object == NULL || object->kind == HCL_NULL) return;
    if (object->kind == HCL_OBJECT && object->items.count <= BAKE_ITEMS_LIMIT) {
        for (size_t i = 0; i < object->items.count; i++)
            read_pair(attribute, object->items.items[i], out);
    } else if (object->kind == HCL_OBJECT) {
        leave_open_as(attribute, object->place, TEXT("a very long object"));
    } else if (needs_evaluation(object)) {
        struct bake_scalar scalar = scalar_of(attribute, object);
        if (scalar.kind == BAKE_SCALAR_KNOWN) scalar.what = TEXT("a variable");
        if (scalar.kind != BAKE_SCALAR_WRONG && scalar.kind != BAKE_SCALAR_NULL)
            leave_open(attribute, (struct text){0}, &scalar);
    } else {
        bake_refuse(attribute->scope->diagnostics, object->place, "%s must be an object", attribute->quoted);
    }
}

/* No value of a context is null. */
void bake_read_contexts(struct bake_attribute *attribute, void *out) {
    struct list pairs = {0};
    bake_read_pairs(attribute, &pairs);
    for (size_t i = 0; i < pairs.count; i++) {
        const struct bake_pair *pair = pairs.items[i];
        struct place place = attribute->value->place;
        if (pair->value == NULL) {
            bake_refuse(attribute->scope->diagnostics, place, "null cannot be in %s", attribute->quoted);
        } else if (pair->is_optional) {
            bake_add_open(attribute->scope->arena, attribute->open, attribute->name, pair->name,
                          TEXT("a variable that may be null"), place);
        } else {
            list_add(attribute->scope->arena, out, (void *)pair);
        }
    }
}

/* ---- entries ---- */

/* {id = "x", paths = ["a", "b"]} */
static void read_paths(struct bake_attribute *attribute, const struct hcl_expression *value, struct bake_entry *out) {
    struct bake_attribute paths = *attribute;
    struct list values = {0};
    paths.value = value;
    bake_read_list(&paths, &values);
    for (size_t i = 0; i < values.count && i < BAKE_FIELDS_LIMIT; i++)
        bake_entry_set(attribute->scope->arena, out, "paths", values.items[i]);
}

static bool is_wanted(enum bake_entry_kind kind, struct text name) {
    if (kind == BAKE_SSH) return text_is(name, "id");
    return kind != BAKE_SECRET || text_is(name, "id") || text_is(name, "src") || text_is(name, "env");
}

static bool is_text(const struct value *value, const char *text) {
    struct value other = {0};
    struct value_piece piece = {.text = text_from(text)};
    void *items[] = {&piece};
    other.pieces = (struct list){.items = items, .count = text[0] != '\0', .capacity = 1};
    return value_equal(value, &other);
}

/* False when the entry is not known, or was refused. */
static bool read_entry_pair(struct bake_attribute *attribute, enum bake_entry_kind kind, const struct hcl_pair *pair,
                            struct bake_entry *out) {
    struct bake_scalar scalar;
    if (kind == BAKE_SSH && text_is(pair->name, "paths")) return read_paths(attribute, pair->value, out), true;
    if (!is_wanted(kind, pair->name)) return true;
    bool may_be_null = kind == BAKE_SECRET || kind == BAKE_SSH;
    if (may_be_null && pair->value->kind == HCL_NULL) return true;
    if (!read_item(attribute, pair->value, &scalar)) return false;
    const struct value *value = keep(attribute, &scalar);
    bool is_disabled = kind == BAKE_ATTEST && text_is(pair->name, "disabled");
    if (is_disabled && (is_text(value, "false") || is_text(value, "0"))) return true;
    if (is_disabled && is_text(value, "1"))
        value = keep(attribute, &(struct bake_scalar){.value = value_literal(attribute->scope->arena, TEXT("true"))});
    if (may_be_null && is_text(value, "")) return true;
    bake_entry_set_text(attribute->scope->arena, out, pair->name, value);
    return true;
}

/* An attestation that is an object may have no type: it is printed as empty. */
static void read_entry_object(struct bake_attribute *attribute, enum bake_entry_kind kind,
                              const struct hcl_expression *object, struct list *out) {
    static const struct value no_text;
    struct bake_entry *entry = arena_alloc(attribute->scope->arena, sizeof(*entry));
    bool is_known = object->items.count <= BAKE_FIELDS_LIMIT;
    if (!is_known) leave_open_as(attribute, object->place, TEXT("a very long object"));
    for (size_t i = 0; is_known && i < object->items.count; i++)
        is_known = read_entry_pair(attribute, kind, object->items.items[i], entry);
    bool has_type = kind != BAKE_ATTEST || bake_entry_find(entry, "type") != NULL;
    if (is_known && !has_type) bake_entry_set(attribute->scope->arena, entry, "type", &no_text);
    const char *problem = is_known ? bake_entry_problem(kind, entry) : NULL;
    if (problem != NULL)
        bake_refuse(attribute->scope->diagnostics, object->place, "one of %s %s", attribute->quoted, problem);
    if (is_known) list_add(attribute->scope->arena, out, entry);
}

static void read_entry_text(struct bake_attribute *attribute, enum bake_entry_kind kind,
                            const struct hcl_expression *item, struct list *out) {
    struct arena *arena = attribute->scope->arena;
    struct bake_scalar scalar;
    const char *problem = "";
    if (!read_item(attribute, item, &scalar)) return;
    switch (bake_entry_parse(arena, kind, keep(attribute, &scalar), out, &problem)) {
    case BAKE_ENTRY_OK:
        break;
    case BAKE_ENTRY_OPEN:
        leave_open_as(attribute, scalar.place, TEXT("a variable"));
        break;
    case BAKE_ENTRY_WRONG:
        bake_refuse(attribute->scope->diagnostics, scalar.place, "one of %s %s", attribute->quoted, problem);
        break;
    }
}

static void read_entries(struct bake_attribute *attribute, enum bake_entry_kind kind, struct list *out) {
    const struct list *items = items_of(attribute, BAKE_ENTRIES_LIMIT);
    struct list entries = {0};
    for (size_t i = 0; items != NULL && i < items->count; i++) {
        const struct hcl_expression *item = bake_scope_follow(attribute->scope, items->items[i]);
        if (item != NULL && item->kind == HCL_OBJECT) {
            read_entry_object(attribute, kind, item, &entries);
        } else if (item != NULL) {
            read_entry_text(attribute, kind, item, &entries);
        }
    }
    if (items == NULL) return;
    bake_entries_merge(attribute->scope->arena, kind, out, &entries);
    if (out->count == 0) begin_list(attribute, out);
}

void bake_read_attest(struct bake_attribute *attribute, void *out) {
    read_entries(attribute, BAKE_ATTEST, out);
}
void bake_read_cache(struct bake_attribute *attribute, void *out) {
    read_entries(attribute, BAKE_CACHE, out);
}
void bake_read_secrets(struct bake_attribute *attribute, void *out) {
    read_entries(attribute, BAKE_SECRET, out);
}
void bake_read_ssh(struct bake_attribute *attribute, void *out) {
    read_entries(attribute, BAKE_SSH, out);
}
void bake_read_output(struct bake_attribute *attribute, void *out) {
    read_entries(attribute, BAKE_OUTPUT, out);
}
