/*
 * An entry of `include` is a project of its own: a directory, variables, files that are merged. What it defines is put beside what the
 * document defines.
 */
#include "docker/compose_loader.h"

#include "base/path.h"

/* What the entries of one document bring in; the parts of a document that builds need. */
struct imported {
    struct map services; /* name → struct import */
    struct map secrets;
};

struct import {
    const struct node *name, *value;
    bool is_placed; /* in the document */
};

/* ---- one entry ---- */

struct entry {
    struct compose_scope scope;
    const struct node *node;
    bool is_followed; /* false: it leads out of the repository; reported */
};

static bool refuse(struct compose_loader *loader, const struct node *node, const char *rule, struct text words) {
    diag_add(loader->diagnostics, DIAG_ERROR, rule, node_place(node), "%.*s", TEXT_ARG(words));
    return false;
}

static void warn_of_outside(struct compose_scope *scope, const struct node *node, struct text path) {
    struct text shown = text_printable(scope->loader->arena, path);
    diag_add(scope->loader->diagnostics, DIAG_WARNING, "compose-not-understood", node_place(node),
             "'%.*s' is not in the repository, so the services it includes are not read", TEXT_ARG(shown));
}

/* A path as written to one from the root. `is_followed` is cleared when it leads out. */
static bool read_path(struct compose_scope *scope, struct entry *entry, const struct node *node, const char *what,
                      struct text *out) {
    struct text written;
    if (!compose_text(scope->loader, node, what, &scope->origin, &written)) return false;
    *out = path_join(scope->loader->arena, scope->origin.directory, written);
    if (scope->loader->is_local && path_is_absolute(written)) *out = path_clean(scope->loader->arena, written);
    if (!compose_is_outside(scope->loader->is_local, written, *out)) return true;
    warn_of_outside(scope, node, written);
    entry->is_followed = false;
    return true;
}

/* A path, or a list of them. */
static bool read_paths(struct compose_scope *scope, struct entry *entry, const struct node *node, const char *what,
                       struct texts *out) {
    bool is_list = node != NULL && node->kind == NODE_SEQUENCE;
    for (size_t i = 0; node != NULL && i < (is_list ? node->count : 1); i++) {
        struct text path;
        if (!read_path(scope, entry, is_list ? node->items[i] : node, what, &path)) return false;
        texts_add(scope->loader->arena, out, path);
    }
    return true;
}

/* The variables of the project: those of the including one beat its own. */
static bool read_variables(struct compose_scope *scope, struct entry *entry) {
    struct compose_loader *loader = scope->loader;
    struct variables *variables = arena_alloc(loader->arena, sizeof(*variables));
    const struct node *env_file = entry->node->kind == NODE_MAPPING ? node_find(entry->node, "env_file") : NULL;
    struct texts paths = {0};
    variables->above = scope->origin.variables;
    entry->scope.origin.variables = variables;
    if (env_file == NULL || env_file->kind == NODE_NULL)
        return compose_file_variables(loader, path_join(loader->arena, entry->scope.origin.directory, TEXT(".env")),
                                      false, NULL, variables);
    if (env_file->kind == NODE_STRING && text_is(env_file->text, "/dev/null")) return true;
    if (!read_paths(scope, entry, env_file, "include.env_file", &paths)) return false;
    for (size_t i = 0; entry->is_followed && i < paths.count; i++)
        if (!compose_file_variables(loader, paths.items[i], true, env_file, variables)) return false;
    return true;
}

static bool read_entry(struct compose_scope *scope, struct entry *entry) {
    bool is_mapping = entry->node->kind == NODE_MAPPING;
    const struct node *path = is_mapping ? node_find(entry->node, "path") : entry->node;
    const struct node *directory = is_mapping ? node_find(entry->node, "project_directory") : NULL;
    struct compose_scope *inner = &entry->scope;
    *inner = (struct compose_scope){.loader = scope->loader, .includer = scope, .by = path, .depth = scope->depth + 1};
    entry->is_followed = true;
    if (path == NULL) {
        diag_add(scope->loader->diagnostics, DIAG_WARNING, "compose-include", node_place(entry->node),
                 "an entry of 'include' without a 'path' includes nothing");
        entry->is_followed = false;
        return true;
    }
    if (!read_paths(scope, entry, path, "include.path", &inner->paths)) return false;
    if (inner->paths.count == 0)
        return refuse(scope->loader, entry->node, "compose-schema", TEXT("include.path names no file"));
    inner->origin.directory = path_parent(inner->paths.items[0]);
    if (directory != NULL && directory->kind != NODE_NULL &&
        !read_path(scope, entry, directory, "include.project_directory", &inner->origin.directory))
        return false;
    return !entry->is_followed || read_variables(scope, entry);
}

static bool is_cycle(const struct compose_scope *scope) {
    for (const struct compose_scope *up = scope->includer; up != NULL; up = up->includer)
        for (size_t i = 0; i < scope->paths.count; i++)
            if (texts_has(&up->paths, scope->paths.items[i])) return true;
    return false;
}

static bool check_depth(const struct entry *entry) {
    struct compose_loader *loader = entry->scope.loader;
    if (is_cycle(&entry->scope)) {
        struct text shown = text_printable(loader->arena, entry->scope.paths.items[0]);
        return refuse(
            loader, entry->node, "compose-include",
            text_format(loader->arena, "include cycle detected: '%.*s' is being read already", TEXT_ARG(shown)));
    }
    if (entry->scope.depth <= COMPOSE_INCLUDE_DEPTH) return true;
    return refuse(loader, entry->node, "compose-limit",
                  text_format(loader->arena, "includes are followed %d levels deep", COMPOSE_INCLUDE_DEPTH));
}

/* ---- what it brings ---- */

static void import_section(struct compose_loader *loader, const struct node *section, const char *what,
                           struct map *out) {
    for (size_t i = 0; section != NULL && section->kind == NODE_MAPPING && i < section->count; i++) {
        const struct node *name = node_key(section, i), *value = node_value(section, i);
        struct import *known = map_find(out, name->text);
        if (known == NULL) {
            known = arena_alloc(loader->tree, sizeof(*known));
            *known = (struct import){.name = name, .value = value};
            map_set(loader->tree, out, name->text, known);
        } else if (!node_equal(known->value, value)) {
            struct text shown = text_printable(loader->arena, name->text);
            struct diagnostic *diagnostic =
                diag_add(loader->diagnostics, DIAG_WARNING, "compose-include", node_place(name),
                         "%s.%.*s conflicts with imported resource: older versions of docker compose refuse it", what,
                         TEXT_ARG(shown));
            diag_second(loader->diagnostics, diagnostic, node_place(known->name), "the first of the name");
        }
    }
}

static bool import_entry(struct compose_scope *scope, const struct node *node, struct imported *out) {
    struct compose_loader *loader = scope->loader;
    struct entry entry = {.node = node};
    const struct node *tree;
    if (!read_entry(scope, &entry)) return false;
    if (!entry.is_followed) return true;
    if (!check_depth(&entry)) return false;
    for (size_t i = 0; i < entry.scope.paths.count; i++)
        if (!texts_has(&loader->includes, entry.scope.paths.items[i])) {
            texts_add(loader->arena, &loader->includes, entry.scope.paths.items[i]);
            texts_add(loader->arena, &loader->parts, entry.scope.paths.items[i]);
        }
    /* origins refer to it to the end */
    struct compose_scope *inner = arena_alloc(loader->arena, sizeof(*inner));
    *inner = entry.scope;
    inner->origin.project = &inner->origin;
    if (!compose_file_read_all(inner, &tree)) return false;
    import_section(loader, node_find(tree, "services"), "services", &out->services);
    import_section(loader, node_find(tree, "secrets"), "secrets", &out->secrets);
    return true;
}

/* ---- beside what is there ---- */

/* What both define is merged, and what the document says counts, as newer versions of compose do. */
static bool join(struct compose_scope *scope, const struct import *import, const char *what, const struct node *own,
                 const struct node **out) {
    struct compose_loader *loader = scope->loader;
    *out = own;
    if (node_equal(import->value, own)) return true;
    struct text shown = text_printable(loader->arena, import->name->text);
    struct diagnostic *diagnostic = diag_add(
        loader->diagnostics, DIAG_WARNING, "compose-include", node_place(own),
        "%s.%.*s conflicts with imported resource: older versions of docker compose refuse it", what, TEXT_ARG(shown));
    diag_second(loader->diagnostics, diagnostic, node_place(import->name), "the imported one");
    if (strcmp(what, "services") != 0) return true;
    return compose_merge_service(&loader->merger, import->name->text, import->value, own, out);
}

static bool join_section(struct compose_scope *scope, const struct map *imports, const struct node *section,
                         const char *what, const struct node **out) {
    struct compose_loader *loader = scope->loader;
    struct node *joined = node_mapping(loader->tree);
    bool has_own = section != NULL && section->kind == NODE_MAPPING;
    *out = section;
    if (section != NULL && !has_own && section->kind != NODE_NULL) return true; /* who reads it complains */
    if (has_own) joined->source = section->source, joined->line = section->line, joined->column = section->column;
    for (size_t i = 0; has_own && i < section->count; i++) {
        const struct node *value = node_value(section, i);
        struct import *import = map_find(imports, node_key(section, i)->text);
        if (import != NULL) import->is_placed = true;
        if (import != NULL && !join(scope, import, what, value, &value)) return false;
        node_set_pair(loader->tree, joined, node_key(section, i), value);
    }
    for (size_t i = 0; i < imports->count; i++) {
        const struct import *import = imports->entries[i].value;
        if (!import->is_placed) node_set_pair(loader->tree, joined, import->name, import->value);
    }
    *out = joined;
    return true;
}

/* The document with other sections. */
static const struct node *replace(struct compose_loader *loader, const struct node *document,
                                  const struct node *services, const struct node *secrets) {
    struct node *copy = node_mapping(loader->tree);
    for (size_t i = 0; i < document->count; i++)
        node_set_pair(loader->tree, copy, node_key(document, i), node_value(document, i));
    node_set(loader->tree, copy, "services", services);
    if (secrets->count > 0) node_set(loader->tree, copy, "secrets", secrets);
    return copy;
}

bool compose_include(struct compose_scope *scope, const struct node *document, const struct node **out) {
    const struct node *include = node_find(document, "include"), *services, *secrets;
    struct imported imported = {0};
    if (include->kind != NODE_SEQUENCE)
        return refuse(scope->loader, include, "compose-schema", TEXT("include must be a list"));
    for (size_t i = 0; i < include->count; i++)
        if (!import_entry(scope, include->items[i], &imported)) return false;
    bool ok = join_section(scope, &imported.services, node_find(document, "services"), "services", &services) &&
              join_section(scope, &imported.secrets, node_find(document, "secrets"), "secrets", &secrets);
    if (ok) *out = replace(scope->loader, document, services, secrets);
    return ok;
}
