#include "docker/compose_extras.h"

#include "base/path.h"
#include "docker/compose_loader.h"
#include "docker/compose_scalar.h"
#include "docker/dotenv.h"

struct compose_extras *compose_extras_of(const struct compose_field *field) {
    if (field->build->extras == NULL)
        field->build->extras = arena_alloc(field->reader->arena, sizeof(struct compose_extras));
    return field->build->extras;
}

static void note(const struct compose_field *field, const char *rule, const char *reason) {
    struct compose_reader *reader = field->reader;
    struct text service = text_printable(reader->arena, field->build->service);
    diag_add(reader->diagnostics, DIAG_NOTE, rule, node_place(field->node), "service '%.*s': '%s' %s",
             TEXT_ARG(service), field->path, reason);
}

/* ---- ulimits ---- */

/* A number, or a string that a variable makes one. */
static bool read_limit(const struct compose_field *field, struct value *out) {
    struct arena *arena = field->reader->arena;
    bool is_int = node_is_scalar(field->node) && compose_scalar_of(arena, field->node).kind == COMPOSE_INT;
    if (!is_int) return compose_field_value(field, out);
    *out = value_literal(arena, compose_scalar_of(arena, field->node).text);
    return true;
}

/* "soft:hard", or the one number that is both. */
static bool read_limits(const struct compose_field *field, struct value *out) {
    struct arena *arena = field->reader->arena;
    struct value soft = {0}, hard = {0};
    if (field->node->kind != NODE_MAPPING) return read_limit(field, out);
    const struct node *first = node_find(field->node, "soft"), *second = node_find(field->node, "hard");
    if (first == NULL || second == NULL) {
        compose_field_refuse(field, "must have 'soft' and 'hard'");
        return false;
    }
    struct compose_field low = compose_field_at(field, first, field->path);
    struct compose_field high = compose_field_at(field, second, field->path);
    if (!read_limit(&low, &soft) || !read_limit(&high, &hard)) return false;
    *out = soft;
    value_add_text(arena, out, TEXT(":"));
    value_add(arena, out, &hard);
    return true;
}

void compose_extras_ulimits(const struct compose_field *field) {
    if (field->node->kind != NODE_MAPPING) {
        compose_field_refuse(field, "must be a mapping");
        return;
    }
    for (size_t i = 0; i < field->node->count; i++) {
        struct compose_field limit = compose_field_at(field, node_value(field->node, i), field->path);
        struct value value = {0};
        if (read_limits(&limit, &value))
            compose_field_add_joined(field, &compose_extras_of(field)->ulimits, node_key(field->node, i)->text, '=',
                                     &value);
    }
}

/* ---- the others ---- */

static void add_entitlement(const struct compose_field *field, struct value *value) {
    struct list *entitlements = &compose_extras_of(field)->entitlements;
    for (size_t i = 0; i < entitlements->count; i++)
        if (value_equal(entitlements->items[i], value)) return;
    list_add(field->reader->arena, entitlements, value);
}

void compose_extras_entitlements(const struct compose_field *field) {
    struct list values = {0};
    compose_field_values(field, &values);
    for (size_t i = 0; i < values.count; i++)
        add_entitlement(field, values.items[i]);
}

/* The entitlement that it is short for. */
void compose_extras_privileged(const struct compose_field *field) {
    bool is_privileged = false;
    if (!compose_field_bool(field, &is_privileged) || !is_privileged) return;
    struct value *value = arena_alloc(field->reader->arena, sizeof(*value));
    *value = value_literal(field->reader->arena, TEXT("security.insecure"));
    add_entitlement(field, value);
}

void compose_extras_isolation(const struct compose_field *field) {
    if (compose_field_literal(field, &compose_extras_of(field)->isolation))
        note(field, "compose-key-ignored", "is for Windows, where Depot does not build, and is left out");
}

/* A list, or its only item. */
void compose_extras_no_cache_filter(const struct compose_field *field) {
    struct list *stages = &compose_extras_of(field)->no_cache_filter;
    struct value *only = arena_alloc(field->reader->arena, sizeof(*only));
    if (!node_is_scalar(field->node)) {
        compose_field_values(field, stages);
    } else if (compose_field_value(field, only)) {
        list_add(field->reader->arena, stages, only);
    }
}

/* "mode=max", or a boolean. */
static void read_attestation(const struct compose_field *field, struct value *out) {
    struct arena *arena = field->reader->arena;
    if (node_is_scalar(field->node) && compose_scalar_of(arena, field->node).kind == COMPOSE_BOOL) {
        *out = value_literal(arena, compose_scalar_of(arena, field->node).text);
    } else {
        compose_field_value(field, out);
    }
}

void compose_extras_provenance(const struct compose_field *field) {
    read_attestation(field, &compose_extras_of(field)->provenance);
}

void compose_extras_sbom(const struct compose_field *field) {
    read_attestation(field, &compose_extras_of(field)->sbom);
}

void compose_extras_x_bake(const struct compose_field *field) {
    compose_extras_of(field)->x_bake = node_copy(field->reader->arena, field->node);
    note(field, "x-bake-ignored", "is read by bake only; docker compose leaves it out, and so does 'builder: depot'");
}

/* ---- the service's environment ---- */

/* Arguments without a value, by name. */
static struct map asked_names(const struct compose_field *field) {
    const struct list *arguments = &field->build->arguments;
    struct map asked = {0};
    for (size_t i = 0; i < arguments->count; i++) {
        struct compose_argument *argument = arguments->items[i];
        if (argument->from_environment) map_set(field->reader->arena, &asked, argument->name, argument);
    }
    return asked;
}

static const struct node *node_or(const struct node *node, const char *key) {
    return node->kind == NODE_MAPPING ? node_find(node, key) : node;
}

/* "path", or {path, required}. */
static void read_env_file(const struct compose_field *field) {
    const struct node *path = node_or(field->node, "path"), *required = NULL;
    struct text written, joined;
    if (path == NULL || path->kind != NODE_STRING) return; /* no build reads it, so nobody complains */
    if (field->node->kind == NODE_MAPPING) required = node_find(field->node, "required");
    struct compose_field at = compose_field_at(field, path, "env_file");
    bool is_optional = required != NULL && text_is(required->text, "false");
    if (is_optional || !compose_field_literal(&at, &written)) return;
    joined = path_join(field->reader->arena, compose_field_origin(&at)->directory, written);
    if (!path_is_absolute(written) && !path_escapes(joined))
        texts_add(field->reader->arena, &compose_extras_of(field)->env_files, joined);
}

/* What the files say, where `environment` does not. */
static void add_file_variables(const struct compose_field *field, struct list *out) {
    struct arena *arena = field->reader->arena;
    struct variables variables = {.above = field->build->variables};
    struct diagnostics unheard = diag_in(arena);
    struct map known = {0};
    const struct compose_extras *extras = field->build->extras;
    for (size_t i = 0; i < out->count; i++)
        map_set(arena, &known, ((const struct compose_argument *)out->items[i])->name, out);
    for (size_t i = 0; extras != NULL && i < extras->env_files.count; i++) {
        const struct source *source;
        if (files_read(field->reader->files, arena, extras->env_files.items[i], DOTENV_SIZE_LIMIT, &source) == FILES_OK)
            dotenv_parse(arena, source, &unheard, &variables);
    }
    for (size_t i = 0; i < variables.defaults.count; i++) {
        const struct map_entry *entry = &variables.defaults.entries[i];
        struct compose_argument *argument = arena_alloc(arena, sizeof(*argument));
        if (map_has(&known, entry->key)) continue;
        *argument = (struct compose_argument){.name = entry->key,
                                              .value = value_literal(arena, *(const struct text *)entry->value)};
        list_add(arena, out, argument);
    }
}

void compose_extras_service(const struct compose_field *field, const struct node *service) {
    const struct node *environment = node_find(service, "environment"), *files = node_find(service, "env_file");
    bool is_list = files != NULL && files->kind == NODE_SEQUENCE;
    for (size_t i = 0; files != NULL && i < (is_list ? files->count : 1); i++) {
        struct compose_field item = compose_field_at(field, is_list ? files->items[i] : files, "env_file");
        read_env_file(&item);
    }
    struct map asked = asked_names(field);
    if (asked.count == 0) return;
    struct list variables = {0}, kept = {0};
    if (environment != NULL && environment->kind != NODE_NULL) {
        struct compose_field named = compose_field_at(field, environment, "environment");
        compose_field_pairs(&named, &variables);
    }
    add_file_variables(field, &variables);
    for (size_t i = 0; i < variables.count; i++)
        if (map_has(&asked, ((const struct compose_argument *)variables.items[i])->name))
            list_add(field->reader->arena, &kept, variables.items[i]);
    list_sort(field->reader->arena, &kept, compose_field_pair_order);
    if (kept.count > 0) compose_extras_of(field)->environment = kept;
}
