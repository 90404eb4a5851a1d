#include "docker/bake_x.h"

#include "docker/bake_attribute.h"
#include "docker/bake_fields.h"
#include "docker/compose_interpolate.h"
#include "docker/compose_scalar.h"
#include "format/node.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- small spellings ---- */

struct text bake_context_of(struct arena *arena, struct text context) {
    bool is_service = text_starts(context, "service:"), is_target = text_starts(context, "target:");
    if (!is_service && !is_target) return context;
    struct text name = bake_clean_name(arena, text_from_offset(context, is_service ? 8 : 7));
    return text_concat(arena, TEXT("target:"), name);
}

/* go-units RAMInBytes: a number, blanks, and b, k, m, g, t or p, with "b" or "ib" after it. Negative: no size. */
static double bytes_of(struct arena *arena, struct text size) {
    static const char letters[] = "bkmgtp";
    char *end = NULL;
    const char *string = text_string(arena, text_lower(arena, size));
    if (*string < '0' || *string > '9') return -1;
    double number = strtod(string, &end);
    while (*end == ' ')
        end++;
    const char *unit = *end == '\0' ? NULL : strchr(letters, *end);
    if (*end != '\0' && unit == NULL) return -1;
    for (const char *at = letters; unit != NULL && at < unit; at++)
        number *= 1024;
    if (unit != NULL) end++;
    bool is_whole = *end == '\0' || (unit != letters && (strcmp(end, "b") == 0 || strcmp(end, "ib") == 0));
    return is_whole ? number : -1;
}

struct text bake_size_of(struct arena *arena, struct text size) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double bytes = bytes_of(arena, size);
    size_t unit = 0;
    if (!(bytes >= 1)) return TEXT("");
    for (bytes = (double)(long long)(bytes < 9e18 ? bytes : 9e18); bytes >= 1024 && unit < 6; unit++)
        bytes /= 1024;
    return text_format(arena, "%.4g%s", bytes, units[unit]);
}

static struct text entry_text(struct arena *arena, const struct bake_entry *entry) {
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < entry->pairs.count; i++) {
        const struct bake_pair *pair = entry->pairs.items[i];
        buffer_add(&buffer, value_spelling(arena, pair->value));
        buffer_add_byte(&buffer, '\0');
    }
    return buffer_text(&buffer);
}

struct keyed {
    struct text text;
    struct bake_entry *entry;
};

static int compare_keyed(const void *a, const void *b) {
    const struct keyed *left = a, *right = b;
    return text_compare(left->text, right->text);
}

void bake_sort_ssh(struct arena *arena, struct list *ssh) {
    struct list keyed = {0}, sorted = {0};
    for (size_t i = 0; i < ssh->count; i++) {
        struct keyed *one = arena_alloc(arena, sizeof(*one));
        *one = (struct keyed){.text = entry_text(arena, ssh->items[i]), .entry = ssh->items[i]};
        list_add(arena, &keyed, one);
    }
    list_sort(arena, &keyed, compare_keyed);
    for (size_t i = 0; i < keyed.count; i++)
        list_add(arena, &sorted, ((struct keyed *)keyed.items[i])->entry);
    if (sorted.count > 0) *ssh = sorted;
}

/* ---- x-bake ---- */

struct extension {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct compose_build *build;
    struct bake_target *target;
    const char *key;
    bool is_valid;
};

static void refuse(struct extension *extension, const struct node *node, const char *problem) {
    bake_refuse(extension->diagnostics, node_place(node), "service '%.*s': 'x-bake.%s' %s",
                TEXT_ARG(extension->build->service), extension->key, problem);
    extension->is_valid = false;
}

/* compose interpolates everything under a service. NULL when it is no scalar. */
static const struct value *read_scalar(struct extension *extension, const struct node *node) {
    struct value *value = arena_alloc(extension->arena, sizeof(*value));
    struct text problem;
    if (!node_is_scalar(node)) {
        refuse(extension, node, "must be a text");
        return NULL;
    }
    struct compose_scalar scalar = compose_scalar_of(extension->arena, node);
    if (scalar.kind != COMPOSE_STRING) *value = value_literal(extension->arena, scalar.text);
    if (scalar.kind == COMPOSE_STRING && !compose_interpolate(extension->arena, scalar.text, value, &problem)) {
        refuse(extension, node, "has an invalid interpolation format");
        return NULL;
    }
    return value;
}

static bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Adds the words of a literal piece to those that were begun; a word goes on over a reference. */
static void split_piece(struct arena *arena, struct text text, struct value **word, struct list *out) {
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        while (at < text.len && !is_blank(text.ptr[at]))
            at++;
        if (at > start) {
            if (*word == NULL) *word = arena_alloc(arena, sizeof(**word));
            value_add_text(arena, *word, text_of(text.ptr + start, at - start));
        }
        if (at < text.len && *word != NULL) {
            list_add(arena, out, *word);
            *word = NULL;
        }
        at += at < text.len;
    }
}

static void split_words(struct arena *arena, const struct value *value, struct list *out) {
    struct value *word = NULL;
    for (size_t i = 0; i < value->pieces.count; i++) {
        const struct value_piece *piece = value->pieces.items[i];
        if (!piece->is_reference) {
            split_piece(arena, piece->text, &word, out);
            continue;
        }
        if (word == NULL) word = arena_alloc(arena, sizeof(*word));
        value_add_reference(arena, word, piece->text, piece->operator, piece->word);
    }
    if (word != NULL) list_add(arena, out, word);
}

/* A list of texts, or one text of words. */
static struct list read_texts(struct extension *extension, const struct node *node) {
    struct list texts = {0};
    if (node->kind == NODE_NULL) return texts;
    if (node->kind != NODE_SEQUENCE) {
        const struct value *value = read_scalar(extension, node);
        if (value != NULL) split_words(extension->arena, value, &texts);
        return texts;
    }
    for (size_t i = 0; i < node->count && i < BAKE_ITEMS_LIMIT; i++) {
        const struct value *value = read_scalar(extension, node->items[i]);
        if (value != NULL) list_add(extension->arena, &texts, (void *)value);
    }
    return texts;
}

/* Those that are not there yet. */
static void add_texts(struct extension *extension, const struct node *node, struct list *out) {
    struct list texts = read_texts(extension, node), fresh = {0};
    struct map seen = {0};
    for (size_t side = 0; side < 2; side++) {
        const struct list *from = side == 0 ? out : &texts;
        for (size_t i = 0; i < from->count; i++) {
            struct text spelling = value_spelling(extension->arena, from->items[i]);
            if (map_has(&seen, spelling)) continue;
            map_set(extension->arena, &seen, spelling, from->items[i]);
            list_add(extension->arena, &fresh, from->items[i]);
        }
    }
    if (texts.count > 0) *out = fresh;
}

static void add_entries(struct extension *extension, const struct node *node, const struct bake_field *field) {
    struct list texts = read_texts(extension, node), entries = {0};
    for (size_t i = 0; i < texts.count && i < BAKE_ENTRIES_LIMIT; i++) {
        const char *problem = "";
        enum bake_entry_status status =
            bake_entry_parse(extension->arena, field->entry, texts.items[i], &entries, &problem);
        if (status == BAKE_ENTRY_WRONG) refuse(extension, node, problem);
        if (status == BAKE_ENTRY_OPEN)
            bake_add_open(extension->arena, &extension->target->open, field->name, (struct text){0}, TEXT("a variable"),
                          node_place(node));
    }
    struct list *member = bake_member(extension->target, field);
    if (entries.count == 0) return;
    bake_entries_merge(extension->arena, field->entry, member, &entries);
    if (field->entry == BAKE_SSH) bake_sort_ssh(extension->arena, member);
}

static bool is_one_of(struct text text, const char *const *words) {
    for (; *words != NULL; words++)
        if (text_is(text, *words)) return true;
    return false;
}

/* go-yaml, once more: of a text it takes the old words for a truth value, but not `true` and `false`. */
static bool read_boolean(struct text text, enum compose_scalar_kind kind, enum bake_switch *out) {
    static const char *const yes[] = {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON", NULL};
    static const char *const no[] = {"n", "N", "no", "No", "NO", "off", "Off", "OFF", NULL};
    bool is_yes = kind == COMPOSE_BOOL ? text_is(text, "true") : is_one_of(text, yes);
    bool is_no = kind == COMPOSE_BOOL ? !is_yes : is_one_of(text, no);
    if (is_yes || is_no) *out = is_yes ? BAKE_TRUE : BAKE_FALSE;
    return (is_yes || is_no) && (kind == COMPOSE_BOOL || kind == COMPOSE_STRING);
}

static void read_switch(struct extension *extension, const struct node *node, enum bake_switch *out) {
    const struct value *value = node->kind == NODE_NULL ? NULL : read_scalar(extension, node);
    if (value == NULL) return;
    if (!value_is_literal(value)) {
        bake_add_open(extension->arena, &extension->target->open, extension->key, (struct text){0}, TEXT("a variable"),
                      node_place(node));
        return;
    }
    enum compose_scalar_kind kind = compose_scalar_of(extension->arena, node).kind;
    if (!read_boolean(value_text(extension->arena, value), kind, out)) refuse(extension, node, "must be true or false");
}

/* The build's own win. */
static void add_contexts(struct extension *extension, const struct node *node) {
    struct list pairs = {0};
    if (node->kind == NODE_NULL) return;
    if (node->kind != NODE_MAPPING) refuse(extension, node, "must be a mapping");
    for (size_t i = 0; node->kind == NODE_MAPPING && i < node->count && i < BAKE_ITEMS_LIMIT; i++) {
        struct bake_pair *pair = arena_alloc(extension->arena, sizeof(*pair));
        const struct value *value = read_scalar(extension, node_value(node, i));
        if (value == NULL) return;
        if (value_is_literal(value)) {
            struct value *context = arena_alloc(extension->arena, sizeof(*context));
            struct text text = value_text(extension->arena, value);
            *context = value_literal(extension->arena, bake_context_of(extension->arena, text));
            value = context;
        }
        *pair = (struct bake_pair){.name = node_key(node, i)->text, .value = value};
        bake_set_pair(extension->arena, &pairs, pair);
    }
    for (size_t i = 0; i < extension->target->contexts.count; i++)
        bake_set_pair(extension->arena, &pairs, extension->target->contexts.items[i]);
    extension->target->contexts = pairs;
}

/* The keys that composeExtTarget knows; any other is dropped without a word. */
static void read_key(struct extension *extension, struct text key, const struct node *node) {
    for (const struct bake_field *field = bake_fields; field->name != NULL; field++) {
        if (!text_is(key, field->name)) continue;
        struct text name = text_from(field->name);
        extension->key = field->name;
        bool is_list = text_is(name, "tags") || text_is(name, "platforms") || text_is(name, "no-cache-filter");
        if (is_list) add_texts(extension, node, bake_member(extension->target, field));
        bool is_entry = field->kind == BAKE_ENTRIES_ADDED || field->kind == BAKE_ENTRIES_REPLACED;
        if (is_entry && !text_is(name, "attest")) add_entries(extension, node, field);
        if (field->kind == BAKE_SWITCH) read_switch(extension, node, bake_member(extension->target, field));
        if (field->kind == BAKE_CONTEXTS) add_contexts(extension, node);
    }
}

bool bake_read_x(struct arena *arena, struct diagnostics *diagnostics, const struct compose_build *build,
                 struct bake_target *target) {
    const struct node *node = build->extras->x_bake;
    struct extension extension = {.arena = arena, .diagnostics = diagnostics, .build = build, .target = target};
    extension.is_valid = true;
    extension.key = "";
    if (node->kind == NODE_NULL) return true;
    if (node->kind != NODE_MAPPING) refuse(&extension, node, "must be a mapping");
    for (size_t i = 0; node->kind == NODE_MAPPING && i < node->count; i++)
        read_key(&extension, node_key(node, i)->text, node_value(node, i));
    return extension.is_valid;
}
