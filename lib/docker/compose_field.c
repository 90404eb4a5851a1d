#include "docker/compose_field.h"

#include "base/path.h"
#include "docker/compose_interpolate.h"
#include "docker/compose_loader.h"
#include "docker/compose_scalar.h"

#include <stdarg.h>
#include <stdio.h>

#define SHOWN_LIMIT 200 /* bytes of a value in a message */

void compose_field_refuse(const struct compose_field *field, const char *problem) {
    struct compose_reader *reader = field->reader;
    struct text service = text_printable(reader->arena, field->build->service);
    diag_add(reader->diagnostics, DIAG_ERROR, "compose-schema", node_place(field->node), "services.%.*s.%s %s",
             TEXT_ARG(service), field->path, problem);
    reader->is_valid = false;
    field->build->is_understood = false;
}

void compose_field_doubt(const struct compose_field *field, enum severity severity, const char *rule,
                         const char *format, ...) {
    char problem[512]; /* longer ones are cut: names and paths of a message, not of an output */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem, sizeof(problem), format, arguments);
    va_end(arguments);
    struct arena *arena = field->reader->arena;
    struct text service = text_printable(arena, field->build->service);
    struct text shown = text_printable(arena, text_from(problem));
    diag_add(field->reader->diagnostics, severity, rule, node_place(field->node), "service '%.*s': %.*s",
             TEXT_ARG(service), TEXT_ARG(shown));
    if (!text_is_given(field->build->doubt)) field->build->doubt = shown;
    field->build->is_understood = false;
}

const struct compose_origin *compose_field_origin(const struct compose_field *field) {
    return compose_origin_of(field->reader->origins, field->node->source, field->reader->usual);
}

/* ---- one value ---- */

static void note_assumptions(const struct compose_field *field, const struct compose_evaluation *evaluation) {
    struct compose_reader *reader = field->reader;
    struct text service = text_printable(reader->arena, field->build->service);
    struct text shown = text_printable(reader->arena, text_first(evaluation->text, SHOWN_LIMIT));
    for (size_t i = 0; i < evaluation->unset.count; i++)
        diag_add(reader->diagnostics, DIAG_NOTE, "compose-variable", node_place(field->node),
                 "service '%.*s': '%s' is taken as '%.*s', for '%.*s' is not set in '.env'", TEXT_ARG(service),
                 field->path, TEXT_ARG(shown), TEXT_ARG(evaluation->unset.items[i]));
}

bool compose_field_evaluate(const struct compose_field *field, const struct value *value, struct text *out) {
    struct compose_reader *reader = field->reader;
    struct compose_evaluation evaluation;
    if (!compose_evaluate(reader->arena, value, compose_field_origin(field)->variables, &evaluation)) {
        compose_field_doubt(field, reader->is_local ? DIAG_ERROR : DIAG_WARNING, "compose-not-understood",
                            "'%s' must be known now, but %.*s", field->path, TEXT_ARG(evaluation.problem));
        return false;
    }
    if (evaluation.unset.count > 0) note_assumptions(field, &evaluation);
    *out = evaluation.text;
    return true;
}

/* compose_scan has been over the file, so a bad template is only met where a merge made it. */
static bool interpolate(const struct compose_field *field, struct text text, struct value *out) {
    struct text problem;
    if (compose_interpolate(field->reader->arena, text, out, &problem)) return true;
    compose_field_refuse(field, "has an invalid interpolation format");
    return false;
}

static bool read_string(const struct compose_field *field, struct text *out) {
    struct compose_scalar scalar = {0};
    if (node_is_scalar(field->node)) scalar = compose_scalar_of(field->reader->arena, field->node);
    bool is_string = scalar.kind == COMPOSE_STRING;
    if (!is_string) compose_field_refuse(field, "must be a string");
    if (is_string) *out = scalar.text;
    return is_string;
}

bool compose_field_value(const struct compose_field *field, struct value *out) {
    struct text text;
    return read_string(field, &text) && interpolate(field, text, out);
}

bool compose_field_literal(const struct compose_field *field, struct text *out) {
    struct value value = {0};
    struct text text;
    if (!read_string(field, &text)) return false;
    if (text_has(text, '$')) return interpolate(field, text, &value) && compose_field_evaluate(field, &value, out);
    *out = text;
    return true;
}

/* loader/interpolate.go toBoolean. */
static bool is_one_of(struct text text, const char *const *words) {
    for (; *words != NULL; words++)
        if (text_equal_ignoring_case(text, text_from(*words))) return true;
    return false;
}

bool compose_field_bool(const struct compose_field *field, bool *out) {
    static const char *const yes[] = {"true", "y", "yes", "on", NULL};
    static const char *const no[] = {"false", "n", "no", "off", NULL};
    if (!node_is_scalar(field->node)) {
        compose_field_refuse(field, "must be a boolean or a string");
        return false;
    }
    struct compose_scalar scalar = compose_scalar_of(field->reader->arena, field->node);
    struct value value = {0};
    struct text text = scalar.text;
    if (scalar.kind == COMPOSE_STRING &&
        !(interpolate(field, text, &value) && compose_field_evaluate(field, &value, &text)))
        return false;
    if (scalar.kind != COMPOSE_STRING && scalar.kind != COMPOSE_BOOL) {
        compose_field_refuse(field, "must be a boolean or a string");
        return false;
    }
    bool is_yes = is_one_of(text, yes);
    if (!is_yes && !is_one_of(text, no)) {
        compose_field_doubt(field, DIAG_ERROR, "compose-invalid", "'%s': invalid boolean: %.*s", field->path,
                            TEXT_ARG(text));
        return false;
    }
    *out = is_yes;
    return true;
}

/* ---- paths and pieces ---- */

struct compose_field compose_field_at(const struct compose_field *field, const struct node *node, const char *path) {
    struct compose_field inner = *field;
    inner.node = node;
    inner.path = path;
    return inner;
}

/* "~" and "~/x", where the home directory is known. */
static struct text expand_home(const struct compose_field *field, struct text path) {
    bool is_home = text_is(path, "~") || text_starts(path, "~/");
    const struct text *home = is_home ? variables_find(compose_field_origin(field)->variables, TEXT("HOME")) : NULL;
    return home == NULL ? path : text_concat(field->reader->arena, *home, text_from_offset(path, 1));
}

bool compose_field_path(const struct compose_field *field, struct text dir, struct text path, struct text *out) {
    if (field->reader->is_local) path = expand_home(field, path);
    bool is_local = field->reader->is_local, is_absolute = path_is_absolute(path);
    struct text resolved =
        is_absolute && is_local ? path_clean(field->reader->arena, path) : path_join(field->reader->arena, dir, path);
    if (!is_local && (is_absolute || text_starts(path, "~") || path_escapes(resolved))) {
        compose_field_doubt(field, DIAG_WARNING, "context-outside", "'%s' is '%.*s', which is outside the repository",
                            field->path, TEXT_ARG(path));
        return false;
    }
    *out = resolved;
    return true;
}

void compose_field_add_joined(const struct compose_field *field, struct list *out, struct text name, char byte,
                              const struct value *value) {
    struct arena *arena = field->reader->arena;
    struct value *joined = arena_alloc(arena, sizeof(*joined));
    *joined = value_literal(arena, name);
    value_add_text(arena, joined, text_copy(arena, text_of(&byte, 1)));
    value_add(arena, joined, value);
    list_add(arena, out, joined);
}

/* ---- lists ---- */

static bool is_list(const struct compose_field *field) {
    bool list = field->node->kind == NODE_SEQUENCE;
    if (!list) compose_field_refuse(field, "must be an array");
    return list;
}

static struct compose_field item_of(const struct compose_field *field, const struct node *node) {
    struct compose_field item = *field;
    item.node = node;
    return item;
}

void compose_field_values(const struct compose_field *field, struct list *out) {
    struct arena *arena = field->reader->arena;
    struct map seen = {0};
    if (!is_list(field)) return;
    for (size_t i = 0; i < field->node->count; i++) {
        struct compose_field item = item_of(field, field->node->items[i]);
        struct value *value = arena_alloc(arena, sizeof(*value));
        if (!compose_field_value(&item, value)) continue;
        struct text spelling = value_spelling(arena, value);
        if (map_has(&seen, spelling)) continue;
        map_set(arena, &seen, spelling, value);
        list_add(arena, out, value);
    }
}

void compose_field_literals(const struct compose_field *field, struct list *out) {
    struct arena *arena = field->reader->arena;
    struct map seen = {0};
    if (!is_list(field)) return;
    for (size_t i = 0; i < field->node->count; i++) {
        struct compose_field item = item_of(field, field->node->items[i]);
        struct text *text = arena_alloc(arena, sizeof(*text));
        if (!compose_field_literal(&item, text) || map_has(&seen, *text)) continue;
        map_set(arena, &seen, *text, text);
        list_add(arena, out, text);
    }
}

/* ---- pairs ---- */

struct pairs {
    struct list *out;
    struct map names; /* to the struct compose_argument in `out` */
};

static void add_pair(const struct compose_field *field, struct pairs *pairs, const struct compose_argument *pair) {
    struct arena *arena = field->reader->arena;
    struct compose_argument *known = map_find(&pairs->names, pair->name);
    if (known == NULL) {
        known = arena_alloc(arena, sizeof(*known));
        map_set(arena, &pairs->names, pair->name, known);
        list_add(arena, pairs->out, known);
    }
    *known = *pair;
}

/* `name: value`; the value may be a string, a number, a boolean or nothing. Names are not interpolated. */
static void read_mapped(const struct compose_field *field, struct pairs *pairs, const struct node *key) {
    if (!node_is_scalar(field->node)) {
        compose_field_refuse(field, "must hold strings, numbers, booleans or nothing");
        return;
    }
    struct arena *arena = field->reader->arena;
    struct compose_scalar scalar = compose_scalar_of(arena, field->node);
    struct compose_argument pair = {.name = key->text, .place = node_place(key)};
    if (scalar.kind == COMPOSE_TIMESTAMP) {
        compose_field_refuse(field, "holds a date, which must be quoted");
        return;
    }
    if (scalar.kind == COMPOSE_STRING && !interpolate(field, scalar.text, &pair.value)) return;
    if (scalar.kind != COMPOSE_STRING) pair.value = value_literal(arena, scalar.text);
    pair.from_environment = scalar.kind == COMPOSE_NULL;
    add_pair(field, pairs, &pair);
}

/* "name=value" or "name"; interpolated as one string, so a name may come out of a variable. */
static void read_listed(const struct compose_field *field, struct pairs *pairs) {
    struct value whole = {0}, name = {0};
    if (!compose_field_value(field, &whole)) return;
    struct compose_argument pair = {.place = node_place(field->node)};
    bool has_value = value_cut(field->reader->arena, &whole, '=', &name, &pair.value);
    if (!compose_field_evaluate(field, has_value ? &name : &whole, &pair.name)) return;
    pair.from_environment = !has_value;
    add_pair(field, pairs, &pair);
}

int compose_field_pair_order(const void *a, const void *b) {
    const struct compose_argument *left = a, *right = b;
    return text_compare(left->name, right->name);
}

void compose_field_pairs(const struct compose_field *field, struct list *out) {
    const struct node *node = field->node;
    struct pairs pairs = {.out = out};
    bool is_merged = text_is(node_tag(node), COMPOSE_PAIRS_TAG);
    if (node_is_scalar(node)) {
        compose_field_refuse(field, "must be a mapping or an array");
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct node *item = node->kind == NODE_MAPPING ? node : node->items[i];
        bool is_pair = node->kind == NODE_MAPPING || (is_merged && item->kind == NODE_MAPPING);
        size_t at = node->kind == NODE_MAPPING ? i : 0;
        struct compose_field inner = item_of(field, is_pair ? node_value(item, at) : item);
        if (is_pair) {
            read_mapped(&inner, &pairs, node_key(item, at));
        } else {
            read_listed(&inner, &pairs);
        }
    }
}
