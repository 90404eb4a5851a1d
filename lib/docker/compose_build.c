#include "docker/compose_build.h"

#include "base/path.h"
#include "base/typo.h"
#include "docker/compose_extras.h"
#include "docker/compose_keys.h"
#include "docker/compose_loader.h"
#include "docker/compose_scalar.h"

/* ---- contexts and paths ---- */

bool compose_is_remote_context(struct text context) {
    static const char *const prefixes[] = {"service:", "https://", "http://",    "git://",
                                           "ssh://",   "git@",     "github.com/"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (text_starts(context, prefixes[i])) return true;
    return text_contains(context, TEXT("://"));
}

static void add_context(const struct compose_field *field, const struct compose_argument *pair) {
    struct arena *arena = field->reader->arena;
    struct compose_pair *context = arena_alloc(arena, sizeof(*context));
    struct text text;
    if (pair->from_environment) {
        compose_field_doubt(field, DIAG_ERROR, "compose-invalid", "'%s': invalid value %.*s, expected key=value",
                            field->path, TEXT_ARG(pair->name));
        return;
    }
    if (!compose_field_evaluate(field, &pair->value, &text)) return;
    *context =
        (struct compose_pair){.name = pair->name, .place = pair->place, .is_path = !compose_is_remote_context(text)};
    const struct compose_origin *origin =
        compose_origin_of(field->reader->origins, pair->place.source, field->reader->usual);
    if (context->is_path && !compose_field_path(field, origin->directory, text, &text)) return;
    if (text_starts(text, "service:") && !map_has(field->reader->services, text_from_offset(text, 8)))
        compose_field_doubt(field, DIAG_ERROR, "compose-invalid", "'%s' names '%.*s', which is not defined",
                            field->path, TEXT_ARG(text));
    context->value = value_literal(arena, text);
    list_add(arena, &field->build->contexts, context);
}

/* ---- one function a shape of value ---- */

static void read_arguments(const struct compose_field *field) {
    struct compose_build *build = field->build;
    compose_field_pairs(field, &build->arguments);
    list_sort(field->reader->arena, &build->arguments, compose_field_pair_order);
}

static void read_contexts(const struct compose_field *field) {
    struct list pairs = {0};
    compose_field_pairs(field, &pairs);
    list_sort(field->reader->arena, &pairs, compose_field_pair_order);
    for (size_t i = 0; i < pairs.count; i++)
        add_context(field, pairs.items[i]);
}

/* A label without a value is empty. */
static void read_labels(const struct compose_field *field) {
    struct arena *arena = field->reader->arena;
    struct list pairs = {0};
    compose_field_pairs(field, &pairs);
    list_sort(arena, &pairs, compose_field_pair_order);
    for (size_t i = 0; i < pairs.count; i++) {
        const struct compose_argument *pair = pairs.items[i];
        struct compose_pair *label = arena_alloc(arena, sizeof(*label));
        *label = (struct compose_pair){.name = pair->name, .value = pair->value, .place = pair->place};
        list_add(arena, &field->build->labels, label);
    }
}

/* "[::1]" is "::1". */
static struct value without_brackets(struct arena *arena, const struct value *address) {
    if (!value_is_literal(address)) return *address;
    struct text text = value_text(arena, address);
    bool bracketed = text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']';
    return bracketed ? value_literal(arena, text_of(text.ptr + 1, text.len - 2)) : *address;
}

struct hosts {
    struct map known; /* by their spelling */
    bool is_list;     /* as written: then a repeat is a mistake */
};

/* Each pair once: both of two files may have it. */
static void add_host(const struct compose_field *field, struct hosts *hosts, struct text name,
                     const struct value *address) {
    struct list host = {0};
    compose_field_add_joined(field, &host, name, '=', address);
    struct text spelling = value_spelling(field->reader->arena, host.items[0]);
    bool is_known = map_has(&hosts->known, spelling);
    if (is_known && hosts->is_list) compose_field_refuse(field, "must be a mapping, or a list without repeats");
    if (is_known) return;
    map_set(field->reader->arena, &hosts->known, spelling, host.items[0]);
    list_add(field->reader->arena, &field->build->extra_hosts, host.items[0]);
}

/* "host=address" or "host:address". */
static void read_listed_host(const struct compose_field *field, struct hosts *hosts) {
    struct arena *arena = field->reader->arena;
    struct value whole = {0}, host = {0}, address = {0};
    struct text name;
    if (!compose_field_value(field, &whole)) return;
    if (!value_cut(arena, &whole, '=', &host, &address) && !value_cut(arena, &whole, ':', &host, &address)) {
        struct text shown = value_spelling(arena, &whole);
        compose_field_doubt(field, DIAG_ERROR, "compose-invalid", "invalid additional host, missing IP: %.*s",
                            TEXT_ARG(shown));
        return;
    }
    if (!compose_field_evaluate(field, &host, &name)) return;
    address = without_brackets(arena, &address);
    add_host(field, hosts, name, &address);
}

static void read_mapped_host(const struct compose_field *field, struct hosts *hosts, struct text name) {
    struct list addresses = {0};
    struct value *one = arena_alloc(field->reader->arena, sizeof(*one));
    if (field->node->kind == NODE_SEQUENCE) {
        compose_field_values(field, &addresses);
    } else if (compose_field_value(field, one)) {
        list_add(field->reader->arena, &addresses, one);
    }
    for (size_t i = 0; i < addresses.count; i++) {
        struct value address = without_brackets(field->reader->arena, addresses.items[i]);
        add_host(field, hosts, name, &address);
    }
}

/* A mapping, a list, or the list of both that a merge makes. */
static void read_hosts(const struct compose_field *field) {
    const struct node *node = field->node;
    struct hosts hosts = {.is_list = node->kind == NODE_SEQUENCE && !text_is(node_tag(node), COMPOSE_PAIRS_TAG)};
    if (node_is_scalar(node)) compose_field_refuse(field, "must be a mapping or an array");
    for (size_t i = 0; !node_is_scalar(node) && i < node->count; i++) {
        struct compose_field item = *field;
        const struct node *pair = node->kind == NODE_MAPPING ? node : node->items[i];
        size_t at = node->kind == NODE_MAPPING ? i : 0;
        item.node = pair->kind == NODE_MAPPING ? node_value(pair, at) : pair;
        if (pair->kind == NODE_MAPPING) {
            read_mapped_host(&item, &hosts, node_key(pair, at)->text);
        } else {
            read_listed_host(&item, &hosts);
        }
    }
}

/* Which of two equal ones bake drops can be seen in what it prints, so here a tool gets them all. */
static void read_caches(const struct compose_field *field, struct list *out) {
    if (!field->reader->is_local || field->node->kind != NODE_SEQUENCE) {
        compose_field_values(field, out);
        return;
    }
    for (size_t i = 0; i < field->node->count; i++) {
        struct compose_field item = compose_field_at(field, field->node->items[i], field->path);
        struct value *value = arena_alloc(field->reader->arena, sizeof(*value));
        if (compose_field_value(&item, value)) list_add(field->reader->arena, out, value);
    }
}

static void read_size(const struct compose_field *field) {
    struct compose_scalar scalar = {0};
    if (node_is_scalar(field->node)) scalar = compose_scalar_of(field->reader->arena, field->node);
    if (node_is_scalar(field->node) && scalar.kind == COMPOSE_INT) {
        field->build->shm_size = scalar.text;
    } else {
        compose_field_literal(field, &field->build->shm_size);
    }
}

/* ---- x-depot ---- */

/* Depot's own: a number is as good as a string, and printed as Go does. compose_depot warns of what has no effect. */
static void read_depot(const struct compose_field *field) {
    const struct node *id = node_find(field->node, "project-id");
    if (field->node->kind != NODE_MAPPING && field->node->kind != NODE_NULL) {
        compose_field_refuse(field, "must be a mapping");
        return;
    }
    if (id == NULL || id->kind == NODE_NULL) return;
    struct compose_field inner = compose_field_at(field, id, "build.x-depot.project-id");
    struct text text;
    if (!node_is_scalar(id)) {
        compose_field_refuse(&inner, "must be a string");
    } else if (compose_scalar_of(field->reader->arena, id).kind != COMPOSE_STRING) {
        field->build->project = compose_scalar_of(field->reader->arena, id).text;
    } else if (compose_field_literal(&inner, &text) && text.len > 0) {
        field->build->project = text;
    }
}

/* ---- the table ---- */

static void read_context(const struct compose_field *field) {
    compose_field_literal(field, &field->build->context);
}
static void read_dockerfile(const struct compose_field *field) {
    compose_field_literal(field, &field->build->dockerfile);
}
static void read_inline(const struct compose_field *field) {
    compose_field_literal(field, &field->build->dockerfile_inline);
}
static void read_target(const struct compose_field *field) {
    compose_field_literal(field, &field->build->target);
}
static void read_network(const struct compose_field *field) {
    compose_field_literal(field, &field->build->network);
}
static void read_tags(const struct compose_field *field) {
    compose_field_values(field, &field->build->tags);
}
static void read_platforms(const struct compose_field *field) {
    compose_field_literals(field, &field->build->platforms);
}
/* Depot leaves GitHub's caches out, with a warning in the log. */
static void warn_of_caches(const struct compose_field *field, const struct list *caches) {
    for (size_t i = 0; i < caches->count; i++) {
        const struct value *cache = caches->items[i];
        const struct value_piece *first = cache->pieces.count == 0 ? NULL : cache->pieces.items[0];
        if (first != NULL && !first->is_reference && text_contains(first->text, TEXT("type=gha")))
            diag_add(field->reader->diagnostics, DIAG_WARNING, "cache-dropped", node_place(field->node),
                     "caches of the type 'gha' are GitHub's: Depot leaves them out");
    }
}

static void read_cache_from(const struct compose_field *field) {
    read_caches(field, &field->build->cache_from);
    warn_of_caches(field, &field->build->cache_from);
}
static void read_cache_to(const struct compose_field *field) {
    read_caches(field, &field->build->cache_to);
    warn_of_caches(field, &field->build->cache_to);
}
static void read_no_cache(const struct compose_field *field) {
    compose_field_bool(field, &field->build->no_cache);
}
static void read_pull(const struct compose_field *field) {
    compose_field_bool(field, &field->build->pull);
}

struct key {
    const char *name;
    const char *path;
    void (*read)(const struct compose_field *field);
};

#define KEY(name, read)                                                                                                \
    { name, "build." name, read }

/* compose-spec.json, definition of a service's build. */
static const struct key keys[] = {
    KEY("context", read_context),
    KEY("dockerfile", read_dockerfile),
    KEY("dockerfile_inline", read_inline),
    KEY("args", read_arguments),
    KEY("target", read_target),
    KEY("tags", read_tags),
    KEY("platforms", read_platforms),
    KEY("additional_contexts", read_contexts),
    KEY("labels", read_labels),
    KEY("cache_from", read_cache_from),
    KEY("cache_to", read_cache_to),
    KEY("secrets", compose_keys_secrets),
    KEY("ssh", compose_keys_ssh),
    KEY("extra_hosts", read_hosts),
    KEY("network", read_network),
    KEY("shm_size", read_size),
    KEY("no_cache", read_no_cache),
    KEY("pull", read_pull),
    KEY("entitlements", compose_extras_entitlements),
    KEY("isolation", compose_extras_isolation),
    KEY("no_cache_filter", compose_extras_no_cache_filter),
    KEY("privileged", compose_extras_privileged),
    KEY("provenance", compose_extras_provenance),
    KEY("sbom", compose_extras_sbom),
    KEY("ulimits", compose_extras_ulimits),
    KEY("x-depot", read_depot),
    KEY("x-bake", compose_extras_x_bake),
};

struct texts compose_build_keys(struct arena *arena) {
    struct texts names = {0};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        texts_add(arena, &names, text_from(keys[i].name));
    return names;
}

static void refuse_key(struct compose_reader *reader, struct compose_build *build, const struct node *key) {
    struct text service = text_printable(reader->arena, build->service);
    struct text shown = text_printable(reader->arena, key->text);
    struct text near = typo_nearest(key->text, reader->known_keys);
    bool has_near = text_is_given(near);
    diag_add(reader->diagnostics, DIAG_ERROR, "unknown-key", node_place(key),
             "services.%.*s.build additional properties '%.*s' not allowed%s%.*s%s", TEXT_ARG(service), TEXT_ARG(shown),
             has_near ? "; did you mean '" : "", TEXT_ARG(near), has_near ? "'?" : "");
    reader->is_valid = false;
    build->is_understood = false;
}

static void read_key(struct compose_reader *reader, struct compose_build *build, const struct node *key,
                     const struct node *value) {
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (!text_is(key->text, keys[i].name)) continue;
        struct compose_field field = {.reader = reader, .build = build, .path = keys[i].path, .node = value};
        keys[i].read(&field);
        return;
    }
    if (!text_starts(key->text, "x-")) refuse_key(reader, build, key);
}

/* ---- a whole service ---- */

static struct text given(struct text text) {
    return text.len > 0 ? text : (struct text){0};
}

/* Where to point at: the key's value, else the whole `build`. */
static const struct node *at_key(const struct node *build, const char *key) {
    const struct node *value = node_find(build, key);
    return value == NULL ? build : value;
}

/* Where the context is seen from: an empty one is the model's own directory, one that nobody says the project's. */
static struct text context_directory(const struct compose_field *context) {
    const struct compose_origin *origin = compose_field_origin(context);
    if (!text_is_given(context->build->context)) return origin->project->directory;
    return context->build->context.len == 0 ? context->reader->usual->directory : origin->directory;
}

/* An empty string is as good as none. */
static void finish_paths(const struct compose_field *field) {
    struct compose_build *build = field->build;
    struct text dockerfile = given(build->dockerfile);
    build->dockerfile = (struct text){0};
    build->dockerfile_inline = given(build->dockerfile_inline);
    build->target = given(build->target);
    build->network = given(build->network);
    build->shm_size = given(build->shm_size);
    build->dockerfile_written = dockerfile;
    bool has_inline = text_is_given(build->dockerfile_inline);
    if (has_inline && text_is_given(dockerfile))
        compose_field_doubt(field, DIAG_ERROR, "compose-invalid",
                            "declares mutually exclusive dockerfile and dockerfile_inline");
    build->context_is_remote = compose_is_remote_context(build->context);
    if (build->context_is_remote) {
        build->remote_dockerfile = dockerfile;
        return;
    }
    struct compose_field context = compose_field_at(field, at_key(field->node, "context"), "build.context");
    if (!compose_field_path(&context, context_directory(&context), build->context, &build->context) || has_inline)
        return;
    struct compose_field named = compose_field_at(field, at_key(field->node, "dockerfile"), "build.dockerfile");
    if (!text_is_given(dockerfile)) dockerfile = TEXT("Dockerfile");
    compose_field_path(&named, build->context, dockerfile, &build->dockerfile);
}

/* As bake, which drops what is empty. */
static void drop_empty(struct list *texts) {
    size_t kept = 0;
    for (size_t i = 0; i < texts->count; i++)
        if (((const struct text *)texts->items[i])->len > 0) texts->items[kept++] = texts->items[i];
    texts->count = kept;
}

static bool has_platform(const struct list *platforms, struct text platform) {
    for (size_t i = 0; i < platforms->count; i++)
        if (text_equal(*(const struct text *)platforms->items[i], platform)) return true;
    return false;
}

/* The service's `platform` is the build's one, or must be among them. */
static void finish_platforms(const struct compose_field *field, const struct node *platform) {
    struct compose_build *build = field->build;
    struct compose_field named = compose_field_at(field, platform, "platform");
    struct text *text = arena_alloc(field->reader->arena, sizeof(*text));
    drop_empty(&build->platforms);
    if (platform == NULL || !compose_field_literal(&named, text) || text->len == 0) return;
    if (build->platforms.count == 0) {
        list_add(field->reader->arena, &build->platforms, text);
        build->platform_is_service = true;
    } else if (!has_platform(&build->platforms, *text)) {
        compose_field_doubt(&named, DIAG_ERROR, "compose-invalid",
                            "service.build.platforms MUST include service.platform '%.*s'", TEXT_ARG(*text));
    }
}

/* `image` comes after the tags, unless it is one of them. */
static void finish_tags(const struct compose_field *field, const struct node *image) {
    struct arena *arena = field->reader->arena;
    struct compose_field named = compose_field_at(field, image, "image");
    struct value *value = arena_alloc(arena, sizeof(*value));
    if (image == NULL || !compose_field_value(&named, value) || value->pieces.count == 0) return;
    for (size_t i = 0; i < field->build->tags.count; i++)
        if (value_equal(field->build->tags.items[i], value)) return;
    list_add(arena, &field->build->tags, value);
    field->build->image_is_last_tag = true;
}

static void read_profiles(const struct compose_field *field, const struct node *profiles) {
    if (profiles == NULL) return;
    struct compose_field named = compose_field_at(field, profiles, "profiles");
    compose_field_literals(&named, &field->build->profiles);
}

static struct compose_build *create(struct compose_reader *reader, const struct node *name, const struct node *build) {
    struct compose_build *result = arena_alloc(reader->arena, sizeof(*result));
    result->service = name->text;
    result->place = node_place(build);
    result->variables = compose_origin_of(reader->origins, build->source, reader->usual)->variables;
    result->is_understood = true;
    return result;
}

const struct compose_build *compose_build_doubtful(struct compose_reader *reader, const struct node *name,
                                                   const struct node *build) {
    struct compose_build *result = create(reader, name, build);
    result->is_understood = false;
    return result;
}

const struct compose_build *compose_build_read(struct compose_reader *reader, const struct node *name,
                                               const struct node *service, const struct node *build) {
    struct compose_build *result = create(reader, name, build);
    struct compose_field field = {.reader = reader, .build = result, .path = "build", .node = build};
    if (build->kind == NODE_MAPPING) {
        for (size_t i = 0; i < build->count; i++)
            read_key(reader, result, node_key(build, i), node_value(build, i));
    } else {
        compose_field_literal(&field, &result->context);
    }
    finish_paths(&field);
    finish_platforms(&field, node_find(service, "platform"));
    finish_tags(&field, node_find(service, "image"));
    read_profiles(&field, node_find(service, "profiles"));
    compose_extras_service(&field, service);
    return result;
}
