#include "docker/bake_entry.h"

#define FIELDS_LIMIT BAKE_FIELDS_LIMIT

/* ---- attributes ---- */

static const struct bake_pair *pair_at(const struct bake_entry *entry, size_t i) {
    return entry->pairs.items[i];
}

void bake_entry_set_text(struct arena *arena, struct bake_entry *entry, struct text name, const struct value *value) {
    struct bake_pair *pair = arena_alloc(arena, sizeof(*pair));
    *pair = (struct bake_pair){.name = name, .value = value};
    size_t at = 0;
    while (at < entry->pairs.count && text_compare(pair_at(entry, at)->name, name) < 0)
        at++;
    bool is_there = at < entry->pairs.count && text_equal(pair_at(entry, at)->name, name);
    if (is_there && !text_is(name, "paths")) {
        entry->pairs.items[at] = pair;
        return;
    }
    while (at < entry->pairs.count && text_equal(pair_at(entry, at)->name, name))
        at++;
    list_add(arena, &entry->pairs, pair);
    for (size_t i = entry->pairs.count - 1; i > at; i--)
        entry->pairs.items[i] = entry->pairs.items[i - 1];
    entry->pairs.items[at] = pair;
}

void bake_entry_set(struct arena *arena, struct bake_entry *entry, const char *name, const struct value *value) {
    bake_entry_set_text(arena, entry, text_from(name), value);
}

const struct value *bake_entry_find(const struct bake_entry *entry, const char *name) {
    for (size_t i = 0; i < entry->pairs.count; i++)
        if (text_is(pair_at(entry, i)->name, name)) return pair_at(entry, i)->value;
    return NULL;
}

static const struct value *literal(struct arena *arena, struct text text) {
    struct value *value = arena_alloc(arena, sizeof(*value));
    *value = value_literal(arena, text);
    return value;
}

/* ---- cutting ---- */

struct parsing {
    struct arena *arena;
    enum bake_entry_kind kind;
    const struct value *value;
    struct list fields; /* of const struct value */
    const char *problem;
    bool is_open;
};

static bool fail(struct parsing *parsing, const char *problem) {
    if (parsing->problem == NULL) parsing->problem = problem;
    return false;
}

/* A field in quotes, at the quote; a quote in it is doubled. */
static bool read_quoted(struct parsing *parsing, struct text *rest) {
    struct buffer buffer = buffer_in(parsing->arena);
    for (;;) {
        *rest = text_from_offset(*rest, 1);
        size_t quote = text_find(*rest, '"');
        if (quote == TEXT_NONE) return fail(parsing, "has a quote that is not closed");
        buffer_add(&buffer, text_first(*rest, quote));
        *rest = text_from_offset(*rest, quote + 1);
        if (rest->len == 0 || rest->ptr[0] != '"') break;
        buffer_add_byte(&buffer, '"');
    }
    if (rest->len > 0 && rest->ptr[0] != ',') return fail(parsing, "has something after a quote");
    struct text field = buffer.len == 0 ? TEXT("") : buffer_text(&buffer);
    list_add(parsing->arena, &parsing->fields, (void *)literal(parsing->arena, field));
    return true;
}

static bool read_field(struct parsing *parsing, struct text *rest) {
    if (rest->len > 0 && rest->ptr[0] == '"') return read_quoted(parsing, rest);
    size_t comma = text_find(*rest, ',');
    struct text field = text_first(*rest, comma == TEXT_NONE ? rest->len : comma);
    if (text_has(field, '"')) return fail(parsing, "has a quote in the middle of a field");
    list_add(parsing->arena, &parsing->fields, (void *)literal(parsing->arena, field));
    *rest = text_from_offset(*rest, field.len);
    return true;
}

static bool cut_literal(struct parsing *parsing) {
    struct text rest = value_text(parsing->arena, parsing->value);
    for (;;) {
        if (!read_field(parsing, &rest)) return false;
        if (parsing->fields.count > FIELDS_LIMIT) return fail(parsing, "has too many fields");
        if (rest.len == 0) return true;
        if (rest.len == 1) return fail(parsing, "ends in a comma");
        rest = text_from_offset(rest, 1);
    }
}

static bool has_quote(const struct value *value) {
    for (size_t i = 0; i < value->pieces.count; i++) {
        const struct value_piece *piece = value->pieces.items[i];
        if (!piece->is_reference && text_has(piece->text, '"')) return true;
    }
    return false;
}

/* Values with references are cut at their literal commas. */
static bool cut_value(struct parsing *parsing) {
    const struct value *rest = parsing->value;
    parsing->is_open = has_quote(rest);
    while (!parsing->is_open && parsing->fields.count <= FIELDS_LIMIT) {
        struct value *before = arena_alloc(parsing->arena, sizeof(*before));
        struct value *after = arena_alloc(parsing->arena, sizeof(*after));
        bool is_cut = value_cut(parsing->arena, rest, ',', before, after);
        list_add(parsing->arena, &parsing->fields, is_cut ? before : (void *)rest);
        if (!is_cut) return true;
        rest = after;
    }
    parsing->is_open = true;
    return false;
}

static bool cut(struct parsing *parsing) {
    return value_is_literal(parsing->value) ? cut_literal(parsing) : cut_value(parsing);
}

/* "key=value"; keys with references are open. */
static bool cut_field(struct parsing *parsing, const struct value *field, struct text *key, struct value *out) {
    struct value before = {0};
    if (!value_cut(parsing->arena, field, '=', &before, out)) {
        parsing->is_open = parsing->is_open || !value_is_literal(field);
        return fail(parsing, "has a field that is no key=value");
    }
    if (!value_is_literal(&before)) {
        parsing->is_open = true;
        return false;
    }
    *key = value_text(parsing->arena, &before);
    return true;
}

static const struct value *kept(struct parsing *parsing, const struct value *value) {
    struct value *copy = arena_alloc(parsing->arena, sizeof(*copy));
    *copy = *value;
    return copy;
}

static bool is_literal_text(const struct value *value, const char *text) {
    struct value_piece *first = value->pieces.count == 1 ? value->pieces.items[0] : NULL;
    if (value->pieces.count == 0) return text[0] == '\0';
    return first != NULL && !first->is_reference && text_is(first->text, text);
}

/* ---- one field of each kind ---- */

/* strconv.ParseBool. `out` is NULL for one that is not literal. */
static bool read_bool(struct parsing *parsing, const struct value *value, bool *out) {
    static const char *const yes[] = {"1", "t", "T", "TRUE", "true", "True", NULL};
    static const char *const no[] = {"0", "f", "F", "FALSE", "false", "False", NULL};
    for (size_t i = 0; yes[i] != NULL; i++)
        if (is_literal_text(value, yes[i])) return *out = true;
    for (size_t i = 0; no[i] != NULL; i++)
        if (is_literal_text(value, no[i])) return *out = false, true;
    parsing->is_open = parsing->is_open || !value_is_literal(value);
    return fail(parsing, "has a 'disabled' that is neither true nor false");
}

static bool set_attest(struct parsing *parsing, struct bake_entry *entry, struct text key, const struct value *value) {
    struct text lower = text_trim(text_lower(parsing->arena, key));
    bool is_disabled = false;
    if (text_is(lower, "type")) {
        bake_entry_set(parsing->arena, entry, "type", kept(parsing, value));
    } else if (!text_is(lower, "disabled")) {
        bake_entry_set_text(parsing->arena, entry, key, kept(parsing, value));
    } else if (!read_bool(parsing, value, &is_disabled)) {
        return false;
    } else if (is_disabled) {
        bake_entry_set(parsing->arena, entry, "disabled", literal(parsing->arena, TEXT("true")));
    }
    return true;
}

static bool set_secret(struct parsing *parsing, struct bake_entry *entry, struct text key, const struct value *value) {
    struct text lower = text_lower(parsing->arena, key);
    bool is_type = text_is(lower, "type"), is_source = text_is(lower, "source") || text_is(lower, "src");
    if (is_type && !is_literal_text(value, "file") && !is_literal_text(value, "env"))
        return fail(parsing, "has an unsupported 'type'; it is 'file' or 'env'");
    if (!is_type && !is_source && !text_is(lower, "id") && !text_is(lower, "env"))
        return fail(parsing, "has a key that no secret has");
    bake_entry_set_text(parsing->arena, entry, is_source ? TEXT("src") : lower, kept(parsing, value));
    return true;
}

static bool set_any(struct parsing *parsing, struct bake_entry *entry, struct text key, const struct value *value) {
    struct text lower = text_lower(parsing->arena, key);
    if (parsing->kind == BAKE_OUTPUT) lower = text_trim(lower);
    bake_entry_set_text(parsing->arena, entry, lower, kept(parsing, value));
    return true;
}

static bool set_field(struct parsing *parsing, struct bake_entry *entry, const struct value *field) {
    struct value value = {0};
    struct text key = {0};
    if (!cut_field(parsing, field, &key, &value)) return false;
    if (parsing->kind == BAKE_ATTEST) return set_attest(parsing, entry, key, &value);
    if (parsing->kind == BAKE_SECRET) return set_secret(parsing, entry, key, &value);
    return set_any(parsing, entry, key, &value);
}

/* ---- whole entries ---- */

static void drop(struct bake_entry *entry, const char *name) {
    size_t kept_count = 0;
    for (size_t i = 0; i < entry->pairs.count; i++)
        if (!text_is(pair_at(entry, i)->name, name)) entry->pairs.items[kept_count++] = entry->pairs.items[i];
    entry->pairs.count = kept_count;
}

/* "type=env,id=a,src=B" is "id=a,env=B". */
static void finish_secret(struct parsing *parsing, struct bake_entry *entry) {
    const struct value *type = bake_entry_find(entry, "type"), *source = bake_entry_find(entry, "src");
    bool is_environment = type != NULL && is_literal_text(type, "env");
    drop(entry, "type");
    if (!is_environment || bake_entry_find(entry, "env") != NULL) return;
    drop(entry, "src");
    if (source != NULL) bake_entry_set(parsing->arena, entry, "env", source);
}

static struct bake_entry *add_entry(struct parsing *parsing, struct list *out) {
    struct bake_entry *entry = arena_alloc(parsing->arena, sizeof(*entry));
    list_add(parsing->arena, out, entry);
    return entry;
}

static bool parse_fields(struct parsing *parsing, struct list *out) {
    struct bake_entry *entry = arena_alloc(parsing->arena, sizeof(*entry));
    for (size_t i = 0; i < parsing->fields.count; i++)
        if (!set_field(parsing, entry, parsing->fields.items[i])) return false;
    if (parsing->kind == BAKE_SECRET) finish_secret(parsing, entry);
    const char *problem = bake_entry_problem(parsing->kind, entry);
    const struct value *type = bake_entry_find(entry, "type");
    if (parsing->kind == BAKE_ATTEST && (type == NULL || is_literal_text(type, ""))) problem = "has no 'type'";
    if (problem != NULL) return fail(parsing, problem);
    list_add(parsing->arena, out, entry);
    return true;
}

static bool has_literal(const struct value *value, char byte) {
    for (size_t i = 0; i < value->pieces.count; i++) {
        const struct value_piece *piece = value->pieces.items[i];
        if (!piece->is_reference && text_has(piece->text, byte)) return true;
    }
    return false;
}

/* Without any "=" each field is the reference of an image. */
static bool parse_cache(struct parsing *parsing, struct list *out) {
    if (has_literal(parsing->value, '=')) return parse_fields(parsing, out);
    for (size_t i = 0; i < parsing->fields.count; i++) {
        const struct value *field = parsing->fields.items[i];
        const struct value_piece *first = field->pieces.count == 1 ? field->pieces.items[0] : NULL;
        if (first != NULL && first->is_reference) parsing->is_open = true; /* it may hold "type=…" */
        if (parsing->is_open) return false;
        if (first == NULL && field->pieces.count == 0) return fail(parsing, "has an empty field");
        struct bake_entry *entry = add_entry(parsing, out);
        bake_entry_set(parsing->arena, entry, "type", literal(parsing->arena, TEXT("registry")));
        bake_entry_set(parsing->arena, entry, "ref", field);
    }
    return true;
}

/* "id" or "id=path,path". */
static bool parse_ssh(struct parsing *parsing, struct list *out) {
    struct bake_entry *entry = add_entry(parsing, out);
    struct value id = {0}, paths = {0};
    if (!value_cut(parsing->arena, parsing->value, '=', &id, &paths)) {
        bake_entry_set(parsing->arena, entry, "id", parsing->value);
        return true;
    }
    bake_entry_set(parsing->arena, entry, "id", kept(parsing, &id));
    for (;;) {
        struct value before = {0}, after = {0};
        bool is_cut = value_cut(parsing->arena, &paths, ',', &before, &after);
        bake_entry_set(parsing->arena, entry, "paths", kept(parsing, is_cut ? &before : &paths));
        if (!is_cut) return true;
        if (entry->pairs.count > FIELDS_LIMIT) return fail(parsing, "has too many fields");
        paths = after;
    }
}

/* One field that does not begin with "type=" is a directory, or with "-" a tar archive for the standard output. */
static bool parse_output(struct parsing *parsing, struct list *out) {
    const struct value_piece *first = parsing->value->pieces.items[0];
    bool is_short = parsing->fields.count == 1 && value_equal(parsing->fields.items[0], parsing->value);
    if (!is_short || (!first->is_reference && text_starts(first->text, "type="))) return parse_fields(parsing, out);
    bool may_be_type = first->is_reference || (parsing->value->pieces.count > 1 && first->text.len < 5);
    if (may_be_type) parsing->is_open = true;
    if (may_be_type) return false;
    struct bake_entry *entry = add_entry(parsing, out);
    struct text type = is_literal_text(parsing->value, "-") ? TEXT("tar") : TEXT("local");
    bake_entry_set(parsing->arena, entry, "type", literal(parsing->arena, type));
    bake_entry_set(parsing->arena, entry, "dest", parsing->value);
    return true;
}

static bool parse(struct parsing *parsing, struct list *out) {
    if (parsing->kind == BAKE_SSH) return parse_ssh(parsing, out);
    if (!cut(parsing)) return false;
    if (parsing->kind == BAKE_CACHE) return parse_cache(parsing, out);
    if (parsing->kind == BAKE_OUTPUT) return parse_output(parsing, out);
    return parse_fields(parsing, out);
}

enum bake_entry_status bake_entry_parse(struct arena *arena, enum bake_entry_kind kind, const struct value *value,
                                        struct list *out, const char **problem) {
    struct parsing parsing = {.arena = arena, .kind = kind, .value = value};
    struct list entries = {0};
    if (is_literal_text(value, "")) return BAKE_ENTRY_OK;
    bool ok = parse(&parsing, &entries);
    if (parsing.is_open) return BAKE_ENTRY_OPEN;
    if (!ok) *problem = parsing.problem;
    for (size_t i = 0; ok && i < entries.count; i++)
        list_add(arena, out, entries.items[i]);
    return ok ? BAKE_ENTRY_OK : BAKE_ENTRY_WRONG;
}

const char *bake_entry_problem(enum bake_entry_kind kind, const struct bake_entry *entry) {
    const struct value *type = bake_entry_find(entry, "type");
    bool needs_type = kind == BAKE_CACHE || kind == BAKE_OUTPUT;
    return needs_type && (type == NULL || is_literal_text(type, "")) ? "has no 'type'" : NULL;
}
