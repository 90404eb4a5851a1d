/*
 * A service that extends another one is that one with itself merged over it. Services of one file are resolved once each, whoever asks,
 * those it extends first; `extending` is what finds circles.
 *
 * A file that is extended is read by itself: its own `include` is not followed, its paths are seen from its directory, and its references
 * see the variables of the project that extends it.
 */
#include "docker/compose_loader.h"

#include "base/path.h"
#include "format/yaml_read.h"

/* The services of one file, or of one document of the project. */
struct extends_file {
    struct compose_scope *scope;
    struct text path;
    const struct node *by; /* who names it first */
    struct compose_origin origin;
    struct map services;  /* name → const struct node *, as written */
    struct map resolved;  /* name → const struct node * */
    struct map extending; /* names that are being resolved, to the file itself; NULL: no more */
};

enum extends_result { EXTENDS_OK, EXTENDS_REFUSED, EXTENDS_UNKNOWN /* it leads out of the repository; reported */ };

static enum extends_result resolve(struct extends_file *file, const struct node *name, unsigned depth,
                                   const struct node **out);

static enum extends_result refuse(struct extends_file *file, const struct node *node, const char *rule,
                                  struct text words) {
    diag_add(file->scope->loader->diagnostics, DIAG_ERROR, rule, node_place(node), "%.*s", TEXT_ARG(words));
    return EXTENDS_REFUSED;
}

static void index_services(struct compose_loader *loader, const struct node *services, struct map *out) {
    for (size_t i = 0; services != NULL && services->kind == NODE_MAPPING && i < services->count; i++)
        map_set(loader->tree, out, node_key(services, i)->text, (void *)node_value(services, i));
}

/* ---- the file that is named ---- */

/* Its documents are merged before anything is extended. */
static bool read_file(struct extends_file *file) {
    struct compose_loader *loader = file->scope->loader;
    struct list documents = {0};
    if (!compose_file_documents(loader, file->path, file->by, &file->origin, &documents)) return false;
    const struct node *merged = documents.count == 0 ? node_mapping(loader->tree) : documents.items[0];
    for (size_t i = 1; i < documents.count; i++)
        if (!compose_merge(&loader->merger, merged, documents.items[i], &merged)) return false;
    index_services(loader, node_find(merged, "services"), &file->services);
    return true;
}

static enum extends_result open_file(struct extends_file *from, const struct node *node, struct extends_file **out) {
    struct compose_loader *loader = from->scope->loader;
    struct text written;
    if (!compose_text(loader, node, "extends.file", &from->origin, &written)) return EXTENDS_REFUSED;
    struct text path = path_join(loader->arena, from->origin.directory, written);
    if (loader->is_local && path_is_absolute(written)) path = path_clean(loader->arena, written);
    if (compose_is_outside(loader->is_local, written, path)) {
        struct text shown = text_printable(loader->arena, written);
        diag_add(loader->diagnostics, DIAG_WARNING, "compose-not-understood", node_place(node),
                 "'%.*s' is not in the repository, so what is extended from it is not read", TEXT_ARG(shown));
        return EXTENDS_UNKNOWN;
    }
    *out = map_find(&from->scope->extended, path);
    if (*out != NULL) return EXTENDS_OK;
    struct extends_file *file = arena_alloc(loader->arena, sizeof(*file));
    *file = (struct extends_file){.scope = from->scope, .path = path, .by = node};
    file->origin = (struct compose_origin){.directory = path_parent(path), .variables = from->scope->origin.variables};
    file->origin.project = &from->scope->origin;
    if (!read_file(file)) return EXTENDS_REFUSED;
    map_set(loader->arena, &from->scope->extended, path, file);
    bool is_own = texts_has(&from->scope->paths, path);
    if (!is_own && !texts_has(&loader->parts, path)) texts_add(loader->arena, &loader->parts, path);
    *out = file;
    return EXTENDS_OK;
}

/* ---- one service ---- */

static enum extends_result find_base(struct extends_file *file, const struct node *name, const struct node *extends,
                                     unsigned depth, const struct node **out) {
    struct compose_loader *loader = file->scope->loader;
    bool is_mapping = extends->kind == NODE_MAPPING;
    const struct node *from = is_mapping ? node_find(extends, "file") : NULL;
    const struct node *service = is_mapping ? node_find(extends, "service") : extends;
    struct extends_file *base_file = file;
    struct text base;
    if (service == NULL) return refuse(file, extends, "compose-schema", TEXT("extends.service is required"));
    if (!compose_text(loader, service, "extends.service", &file->origin, &base)) return EXTENDS_REFUSED;
    if (from != NULL && from->kind != NODE_NULL) {
        enum extends_result opened = open_file(file, from, &base_file);
        if (opened != EXTENDS_OK) return opened;
    }
    if (map_has(&base_file->services, base)) {
        struct node *wanted = node_string(loader->tree, base);
        wanted->source = service->source, wanted->line = service->line, wanted->column = service->column;
        return resolve(base_file, wanted, depth + 1, out);
    }
    struct text shown = text_printable(loader->arena, name->text), missing = text_printable(loader->arena, base),
                path = text_printable(loader->arena, base_file->path);
    return refuse(file, service, "compose-extends",
                  text_format(loader->arena, "cannot extend service '%.*s' in '%.*s': service '%.*s' not found",
                              TEXT_ARG(shown), TEXT_ARG(path), TEXT_ARG(missing)));
}

static const struct node *without_extends(struct compose_loader *loader, const struct node *service) {
    struct node *copy = node_mapping(loader->tree);
    copy->source = service->source, copy->line = service->line, copy->column = service->column;
    copy->tag = service->tag;
    for (size_t i = 0; i < service->count; i++)
        if (!text_is(node_key(service, i)->text, "extends"))
            node_set_pair(loader->tree, copy, node_key(service, i), node_value(service, i));
    return copy;
}

/* What `!override` says of a service, it says of it with all that it extends. */
static const struct node *with_tag(struct compose_loader *loader, const struct node *service, const char *tag) {
    struct node *copy = arena_alloc(loader->tree, sizeof(*copy));
    *copy = *service;
    copy->tag = tag;
    return copy;
}

/* What is shared is read once for each service that has it. */
static bool count_copy(struct extends_file *file, const struct node *extends, const struct node *base) {
    struct compose_merger *merger = &file->scope->loader->merger;
    merger->items += node_size(base, YAML_NODE_LIMIT);
    if (merger->items <= YAML_NODE_LIMIT) return true;
    refuse(file, extends, "compose-limit",
           text_format(merger->arena, "services that are extended make more than %d values", YAML_NODE_LIMIT));
    return false;
}

static enum extends_result extend(struct extends_file *file, const struct node *name, const struct node *service,
                                  const struct node *extends, unsigned depth, const struct node **out) {
    struct compose_loader *loader = file->scope->loader;
    const struct node *base = NULL;
    if (map_find(&file->extending, name->text) != NULL)
        return refuse(file, name, "compose-extends",
                      text_format(loader->arena, "circular reference: '%.*s' extends itself", TEXT_ARG(name->text)));
    if (depth > COMPOSE_EXTENDS_DEPTH)
        return refuse(
            file, extends, "compose-limit",
            text_format(loader->arena, "services extend each other over more than %d steps", COMPOSE_EXTENDS_DEPTH));
    map_set(loader->tree, &file->extending, name->text, file);
    enum extends_result result = find_base(file, name, extends, depth, &base);
    map_set(loader->tree, &file->extending, name->text, NULL);
    const struct node *own = without_extends(loader, service);
    *out = own;
    if (result != EXTENDS_OK || base->kind != NODE_MAPPING) return result;
    if (!count_copy(file, extends, base)) return EXTENDS_REFUSED;
    if (!compose_merge_service(&loader->merger, name->text, base, own, out)) return EXTENDS_REFUSED;
    if (service->tag != NULL) *out = with_tag(loader, *out, service->tag);
    return EXTENDS_OK;
}

static enum extends_result resolve(struct extends_file *file, const struct node *name, unsigned depth,
                                   const struct node **out) {
    struct compose_loader *loader = file->scope->loader;
    const struct node *service = map_find(&file->services, name->text);
    const struct node *extends = node_find(service, "extends"), *known = map_find(&file->resolved, name->text);
    *out = known != NULL ? known : service;
    if (extends == NULL || known != NULL) return EXTENDS_OK;
    if (extends->kind == NODE_NULL)
        return refuse(file, extends, "compose-schema",
                      TEXT("extends must be a string or a mapping: service '' not found"));
    enum extends_result result = extend(file, name, service, extends, depth, out);
    if (result == EXTENDS_OK) map_set(loader->tree, &file->resolved, name->text, (void *)*out);
    return result;
}

/* ---- all services of a document ---- */

static bool any_extends(const struct node *services) {
    for (size_t i = 0; i < services->count; i++)
        if (node_find(node_value(services, i), "extends") != NULL) return true;
    return false;
}

static bool resolve_all(struct extends_file *file, const struct node *services, struct node *out) {
    struct compose_loader *loader = file->scope->loader;
    for (size_t i = 0; i < services->count; i++) {
        const struct node *name = node_key(services, i), *service = NULL;
        enum extends_result result = resolve(file, name, 0, &service);
        if (result == EXTENDS_REFUSED) return false;
        if (result == EXTENDS_UNKNOWN) map_set(loader->arena, &loader->doubtful, name->text, (void *)service);
        node_set_pair(loader->tree, out, name, service);
    }
    return true;
}

bool compose_extends(struct compose_scope *scope, struct text path, const struct node *document,
                     const struct node **out) {
    struct compose_loader *loader = scope->loader;
    const struct node *services = node_find(document, "services");
    *out = document;
    if (services == NULL || services->kind != NODE_MAPPING || !any_extends(services)) return true;
    struct extends_file file = {.scope = scope, .path = path, .origin = scope->origin};
    struct node *extended = node_mapping(loader->tree), *copy = node_mapping(loader->tree);
    extended->source = services->source, extended->line = services->line, extended->column = services->column;
    index_services(loader, services, &file.services);
    if (!resolve_all(&file, services, extended)) return false;
    for (size_t i = 0; i < document->count; i++) {
        bool is_it = node_value(document, i) == services;
        node_set_pair(loader->tree, copy, node_key(document, i), is_it ? extended : node_value(document, i));
    }
    *out = copy;
    return true;
}
