#include "docker/compose_keys.h"

#include "base/path.h"
#include "docker/compose_extras.h"
#include "docker/compose_loader.h"

/* ---- ssh ---- */

/* A key's file is seen from the file that names it; one that a variable gives is taken to be a whole path. */
static struct value key_path(const struct compose_field *field, const struct compose_argument *pair) {
    const struct compose_origin *origin =
        compose_origin_of(field->reader->origins, pair->place.source, field->reader->usual);
    struct text path;
    if (!value_is_literal(&pair->value)) return pair->value;
    path = value_text(field->reader->arena, &pair->value);
    if (path_is_absolute(path) || text_starts(path, "~")) return pair->value;
    return value_literal(field->reader->arena, path_join(field->reader->arena, origin->directory, path));
}

void compose_keys_ssh(const struct compose_field *field) {
    struct arena *arena = field->reader->arena;
    struct list pairs = {0};
    compose_field_pairs(field, &pairs);
    for (size_t i = 0; i < pairs.count; i++) {
        const struct compose_argument *pair = pairs.items[i];
        if (!pair->from_environment && pair->value.pieces.count > 0) {
            struct value path = key_path(field, pair);
            compose_field_add_joined(field, &field->build->ssh, pair->name, '=', &path);
            continue;
        }
        if (!text_is(pair->name, "default") && field->node->kind == NODE_SEQUENCE)
            compose_field_doubt(field, DIAG_ERROR, "compose-invalid", "'%s': invalid ssh key '%.*s'", field->path,
                                TEXT_ARG(pair->name));
        struct value *id = arena_alloc(arena, sizeof(*id));
        *id = value_literal(arena, pair->name);
        list_add(arena, &field->build->ssh, id);
    }
}

/* ---- secrets ---- */

/* `file` or `environment` of a top-level secret; one that has neither gives the build nothing, as in compose. */
static void read_secret_source(const struct compose_field *field, const struct node *definition,
                               struct compose_secret *out) {
    const struct node *file = node_find(definition, "file"), *environment = node_find(definition, "environment");
    const struct node *external = node_find(definition, "external");
    if (external != NULL && !text_is(external->text, "false") && external->kind != NODE_NULL)
        texts_add(field->reader->arena, &compose_extras_of(field)->external_secrets, out->source);
    if (environment != NULL && environment->kind != NODE_NULL) {
        struct compose_field inner = compose_field_at(field, environment, "build.secrets");
        compose_field_literal(&inner, &out->environment);
    } else if (file != NULL && file->kind != NODE_NULL) {
        struct compose_field inner = compose_field_at(field, file, "build.secrets");
        struct text path;
        if (!compose_field_literal(&inner, &path)) return;
        if (path_is_absolute(path)) {
            out->file = path; /* of the agent: it may well be there */
        } else {
            compose_field_path(&inner, compose_field_origin(&inner)->directory, path, &out->file);
        }
    }
}

static const struct node *find_secret(struct compose_reader *reader, struct text name) {
    const struct node *secrets = reader->secrets;
    bool is_known = reader->secret_index.count > 0 || secrets == NULL || secrets->kind != NODE_MAPPING;
    for (size_t i = 0; !is_known && i < secrets->count; i++)
        map_set(reader->arena, &reader->secret_index, node_key(secrets, i)->text, (void *)node_value(secrets, i));
    return map_find(&reader->secret_index, name);
}

/* "name", or {source, target}. The id is the target, else the name. */
static void read_secret(const struct compose_field *field) {
    struct compose_reader *reader = field->reader;
    const struct node *source = field->node, *target = NULL;
    if (source->kind == NODE_MAPPING) {
        target = node_find(source, "target");
        source = node_find(source, "source");
    }
    struct text name = TEXT("");
    struct compose_secret secret = {0};
    struct compose_field named = compose_field_at(field, source == NULL ? field->node : source, field->path);
    if (!compose_field_literal(&named, &name)) return;
    secret.id = secret.source = name;
    if (target != NULL) {
        struct compose_field aimed = compose_field_at(field, target, field->path);
        if (!compose_field_literal(&aimed, &secret.id)) return;
        if (secret.id.len == 0) secret.id = name;
    }
    const struct node *definition = find_secret(reader, name);
    if (definition == NULL) {
        compose_field_doubt(field, DIAG_ERROR, "compose-invalid", "undefined build secret '%.*s'", TEXT_ARG(name));
        return;
    }
    read_secret_source(field, definition, &secret);
    if (!text_is_given(secret.file) && !text_is_given(secret.environment)) return;
    struct compose_secret *kept = arena_alloc(reader->arena, sizeof(*kept));
    *kept = secret;
    list_add(reader->arena, &field->build->secrets, kept);
}

void compose_keys_secrets(const struct compose_field *field) {
    if (field->node->kind != NODE_SEQUENCE) {
        compose_field_refuse(field, "must be an array");
        return;
    }
    for (size_t i = 0; i < field->node->count; i++) {
        struct compose_field item = compose_field_at(field, field->node->items[i], field->path);
        read_secret(&item);
    }
}
