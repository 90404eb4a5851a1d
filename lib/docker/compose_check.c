#include "docker/compose_check.h"

#include "base/path.h"
#include "docker/compose_scalar.h"
#include "docker/dotenv.h"

struct checking {
    struct compose_loader *loader;
    const struct compose_origin *usual; /* of what is from no file */
    struct text name;                   /* of the service or secret */
    bool is_valid;
};

/* "services.web.environment must be a mapping" */
static void complain(struct checking *checking, const struct node *node, const char *section, struct text rest) {
    struct text name = text_printable(checking->loader->arena, checking->name);
    struct text shown = text_printable(checking->loader->arena, rest);
    diag_add(checking->loader->diagnostics, DIAG_ERROR, "compose-schema", node_place(node), "%s.%.*s%.*s", section,
             TEXT_ARG(name), TEXT_ARG(shown));
    checking->is_valid = false;
}

static bool is_given(const struct node *node) {
    return node != NULL && node->kind != NODE_NULL;
}

/* ---- secrets ---- */

static bool is_secret_key(struct text key) {
    static const char *const keys[] = {"name",   "environment", "file",        "external",
                                       "labels", "driver",      "driver_opts", "template_driver"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (text_is(key, keys[i])) return true;
    return text_starts(key, "x-");
}

static bool is_empty_text(const struct node *node) {
    return node_is_scalar(node) && node->text.len == 0;
}

static void check_secret(struct checking *checking, const struct node *key, const struct node *secret) {
    struct arena *arena = checking->loader->arena;
    const struct node *file = node_find(secret, "file"), *environment = node_find(secret, "environment");
    const struct node *external = node_find(secret, "external");
    bool is_external = is_given(external) && !(node_is_scalar(external) && text_is(external->text, "false"));
    const struct node *source = is_given(environment) ? environment : file;
    bool has_known_keys = true;
    if (secret->kind != NODE_MAPPING) {
        complain(checking, key, "secrets", TEXT(" must be a mapping"));
        return;
    }
    for (size_t i = 0; i < secret->count; i++) {
        const struct node *name = node_key(secret, i);
        if (is_secret_key(name->text)) continue;
        complain(checking, name, "secrets",
                 text_format(arena, " additional properties '%.*s' not allowed", TEXT_ARG(name->text)));
        has_known_keys = false;
    }
    bool is_nowhere = !is_given(source) || (checking->loader->is_local && is_empty_text(source));
    if (is_nowhere && !is_external && has_known_keys)
        complain(checking, key, "secrets", TEXT(": one of file|environment must be set"));
}

/* ---- the environment of services ---- */

static void check_variable(struct checking *checking, const struct node *key, const struct node *value) {
    struct arena *arena = checking->loader->arena;
    if (node_is_scalar(value) && compose_scalar_of(arena, value).kind != COMPOSE_TIMESTAMP) return;
    complain(checking, value, "services",
             text_format(arena, ".environment.%.*s must be a boolean, null, number or string", TEXT_ARG(key->text)));
}

static bool is_string(struct arena *arena, const struct node *node) {
    return node_is_scalar(node) && compose_scalar_of(arena, node).kind == COMPOSE_STRING;
}

/* A mapping, a list of strings, or the list of both that a merge makes. */
static void check_environment(struct checking *checking, const struct node *node) {
    struct arena *arena = checking->loader->arena;
    bool is_merged = text_is(node_tag(node), COMPOSE_PAIRS_TAG);
    if (node_is_scalar(node)) complain(checking, node, "services", TEXT(".environment must be a mapping"));
    for (size_t i = 0; !node_is_scalar(node) && i < node->count; i++) {
        const struct node *item = node->kind == NODE_MAPPING ? node : node->items[i];
        if (node->kind == NODE_MAPPING) {
            check_variable(checking, node_key(node, i), node_value(node, i));
        } else if (is_merged && item->kind == NODE_MAPPING) {
            check_variable(checking, node_key(item, 0), node_value(item, 0));
        } else if (!is_string(arena, item)) {
            complain(checking, item, "services", text_format(arena, ".environment.[%zu] must be a string", i));
        }
    }
}

/* Bake knows one format. It looks at this only where there is a file. */
static void check_env_file(struct checking *checking, const struct node *item) {
    struct compose_loader *loader = checking->loader;
    const struct node *path = node_find(item, "path"), *format = node_find(item, "format");
    const struct source *source;
    struct text written;
    if (path == NULL || format == NULL || !node_is_scalar(format) || format->text.len == 0) return;
    const struct compose_origin *origin = compose_origin_of(&loader->origins, path->source, checking->usual);
    if (!is_string(loader->arena, path) || !compose_text(loader, path, "env_file", origin, &written)) return;
    struct text file = path_is_absolute(written) ? written : path_join(loader->arena, origin->directory, written);
    if (files_read(loader->files, loader->arena, file, DOTENV_SIZE_LIMIT, &source) == FILES_MISSING) return;
    complain(checking, format, "services",
             text_format(loader->arena, ": unsupported env_file format \"%.*s\"", TEXT_ARG(format->text)));
}

static void check_service(struct checking *checking, const struct node *service) {
    const struct node *environment = node_find(service, "environment"), *files = node_find(service, "env_file");
    if (environment != NULL) check_environment(checking, environment);
    if (files == NULL || files->kind != NODE_SEQUENCE) return;
    for (size_t i = 0; i < files->count; i++)
        if (files->items[i]->kind == NODE_MAPPING) check_env_file(checking, files->items[i]);
}

/* ---- overlays ---- */

/* Also what extends something that cannot be read: nobody knows what that has. */
static bool has_source(const struct compose_loader *loader, const struct node *name, const struct node *service) {
    const struct node *image = node_find(service, "image");
    if (is_given(image) && !is_empty_text(image)) return true;
    return node_find(service, "build") != NULL || node_find(service, "provider") != NULL ||
           map_has(&loader->doubtful, name->text);
}

/* Said once, of the first one: an overlay seldom has a single service. */
static void warn_of_overlay(struct compose_loader *loader, const struct node *services) {
    const struct node *first = NULL;
    size_t more = 0;
    for (size_t i = 0; i < services->count; i++) {
        const struct node *name = node_key(services, i), *service = node_value(services, i);
        if (service->kind != NODE_MAPPING || has_source(loader, name, service)) continue;
        if (first != NULL) more++;
        if (first == NULL) first = name;
    }
    if (first == NULL) return;
    struct text shown = text_printable(loader->arena, first->text);
    struct text others = more == 0 ? TEXT("") : text_format(loader->arena, " (and %zu more)", more);
    diag_add(loader->diagnostics, DIAG_WARNING, "compose-overlay", node_place(first),
             "an overlay: the service '%.*s'%.*s has neither image nor build, so the tools refuse the file alone",
             TEXT_ARG(shown), TEXT_ARG(others));
}

bool compose_check(struct compose_loader *loader, const struct compose_origin *usual, const struct node *document) {
    struct checking checking = {.loader = loader, .usual = usual, .is_valid = true};
    const struct node *secrets = node_find(document, "secrets"), *services = node_find(document, "services");
    for (size_t i = 0; secrets != NULL && secrets->kind == NODE_MAPPING && i < secrets->count; i++) {
        checking.name = node_key(secrets, i)->text;
        check_secret(&checking, node_key(secrets, i), node_value(secrets, i));
    }
    if (!loader->is_local || services == NULL || services->kind != NODE_MAPPING) return checking.is_valid;
    for (size_t i = 0; i < services->count; i++) {
        checking.name = node_key(services, i)->text;
        check_service(&checking, node_value(services, i));
    }
    if (checking.is_valid) warn_of_overlay(loader, services);
    return checking.is_valid;
}
