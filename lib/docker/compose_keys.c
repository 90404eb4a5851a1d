#include "docker/compose_keys.h"

#include "base/path.h"
#include "docker/compose_extras.h"
#include "docker/compose_loader.h"

/* ---- ssh ---- */

/* "~/key", and "~key", which compose takes for the same. */
static struct value key_at_home(struct arena *arena, const struct value *path) {
    struct value before = {0}, rest = {0}, home = {0};
    bool is_cut = value_cut(arena, path, '~', &before, &rest);
    const struct value_piece *first = !is_cut || rest.pieces.count == 0 ? NULL : rest.pieces.items[0];
    bool has_slash = first != NULL && !first->is_reference && text_starts(first->text, "/");
    value_add_reference(arena, &home, TEXT("HOME"), VALUE_PLAIN, (struct value){0});
    if (!has_slash) value_add_text(arena, &home, TEXT("/"));
    value_add(arena, &home, &rest);
    return home;
}

struct value compose_keys_ssh_path(struct arena *arena, struct text directory, const struct value *path) {
    const struct value_piece *first = path->pieces.count == 0 ? NULL : path->pieces.items[0];
    if (first == NULL || first->is_reference || path_is_absolute(first->text)) return *path;
    if (text_starts(first->text, "~")) return key_at_home(arena, path);
    if (value_is_literal(path)) return value_literal(arena, path_join(arena, directory, value_text(arena, path)));
    if (text_is(directory, ".")) return *path;
    struct value joined = value_literal(arena, text_concat(arena, directory, TEXT("/")));
    value_add(arena, &joined, path);
    return joined;
}

/* A key's file is seen from the file that names it. A tool that runs here leaves the home to bake. */
static void add_key(const struct compose_field *field, const struct compose_argument *pair) {
    const struct compose_reader *reader = field->reader;
    struct text directory = compose_origin_of(reader->origins, pair->place.source, reader->usual)->directory;
    const struct value_piece *first = pair->value.pieces.items[0];
    bool is_at_home = !first->is_reference && text_starts(first->text, "~");
    struct value path = pair->value;
    if (!reader->is_local || !is_at_home) path = compose_keys_ssh_path(reader->arena, directory, &pair->value);
    compose_field_add_joined(field, &field->build->ssh, pair->name, '=', &path);
}

void compose_keys_ssh(const struct compose_field *field) {
    struct arena *arena = field->reader->arena;
    struct list pairs = {0};
    compose_field_pairs(field, &pairs);
    for (size_t i = 0; i < pairs.count; i++) {
        const struct compose_argument *pair = pairs.items[i];
        if (!pair->from_environment && pair->value.pieces.count > 0) {
            add_key(field, pair);
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
