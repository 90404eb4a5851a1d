#include "base/path.h"
#include "docker/compose.h"
#include "docker/compose_build.h"
#include "docker/compose_interpolate.h"
#include "docker/compose_merge.h"
#include "docker/compose_scalar.h"
#include "docker/compose_scan.h"
#include "docker/dotenv.h"
#include "format/yaml_read.h"

const char *const compose_file_names[] = {"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml",
                                          NULL};
const char *const compose_override_names[] = {"compose.override.yml", "compose.override.yaml",
                                              "docker-compose.override.yml", "docker-compose.override.yaml", NULL};

/* The passes over one model share this. */
struct loader {
    struct arena *arena;
    struct arena *tree; /* of nodes, which the model does not refer to: they are half of a large file's memory */
    struct files *files;
    struct diagnostics *diagnostics;
    struct compose_doubts doubts;
    struct variables *variables;
};

/* ---- files ---- */

static struct place place_of_path(struct loader *loader, struct text path) {
    return source_whole(source_create(loader->arena, path, TEXT("")));
}

static bool read_source(struct loader *loader, struct text path, const struct source **out) {
    enum files_status status = files_read(loader->files, loader->arena, path, COMPOSE_SIZE_LIMIT, out);
    if (status == FILES_OK) return true;
    struct text reason = files_reason(loader->arena, status, COMPOSE_SIZE_LIMIT);
    struct text shown = text_printable(loader->arena, path);
    diag_add(loader->diagnostics, DIAG_ERROR, "compose-unreadable", place_of_path(loader, path), "'%.*s' %.*s",
             TEXT_ARG(shown), TEXT_ARG(reason));
    return false;
}

/* compose merges the documents of a file; what the later ones add or reset is not known here. */
static void report_documents(struct loader *loader, const struct list *documents) {
    if (documents->count < 2) return;
    diag_add(loader->diagnostics, DIAG_WARNING, "compose-not-understood", node_place(documents->items[1]),
             "a second document ('---') is not followed, so no build of this file is read");
    loader->doubts.all = true;
}

/* The first document as a mapping; one without content is the empty mapping. */
static const struct node *document_of(struct loader *loader, const struct list *documents) {
    if (documents->count == 0) return node_mapping(loader->arena);
    const struct node *document = documents->items[0];
    if (document->kind == NODE_NULL) return node_mapping(loader->arena);
    if (document->kind == NODE_MAPPING) return document;
    diag_add(loader->diagnostics, DIAG_ERROR, "compose-schema", node_place(document),
             "top-level object must be a mapping, not %s", node_kind_name(document));
    return NULL;
}

static void add_include(struct loader *loader, struct text directory, const struct node *path, struct texts *out) {
    if (path == NULL || path->kind != NODE_STRING || text_has(path->text, '$')) return;
    texts_add(loader->arena, out, path_join(loader->arena, directory, path->text));
}

/* A list of paths, or of mappings whose `path` is one or a list. */
static void read_include(struct loader *loader, struct text directory, const struct node *include, struct texts *out) {
    for (size_t i = 0; include->kind == NODE_SEQUENCE && i < include->count; i++) {
        const struct node *item = include->items[i];
        const struct node *path = item->kind == NODE_MAPPING ? node_find(item, "path") : item;
        bool is_list = path != NULL && path->kind == NODE_SEQUENCE;
        for (size_t j = 0; is_list && j < path->count; j++)
            add_include(loader, directory, path->items[j], out);
        if (!is_list) add_include(loader, directory, path, out);
    }
}

static void report_include(struct loader *loader, const struct node *document, struct compose_model *model) {
    const struct node *include = node_find(document, "include");
    if (include == NULL || include->kind == NODE_NULL) return;
    read_include(loader, model->directory, include, &model->parts);
    diag_add(loader->diagnostics, DIAG_WARNING, "compose-not-understood", node_place(include),
             "'include' is not followed, so the services of the included files are not read");
}

static bool read_document(struct loader *loader, struct text path, struct compose_model *model,
                          const struct source **source, const struct node **out) {
    struct list documents = {0};
    if (!read_source(loader, path, source)) return false;
    if (!yaml_read_apart(loader->tree, loader->arena, *source, loader->diagnostics, &documents)) return false;
    report_documents(loader, &documents);
    const struct node *document = document_of(loader, &documents);
    if (document == NULL || !compose_scan(loader->arena, loader->diagnostics, document, &loader->doubts)) return false;
    report_include(loader, document, model);
    *out = document;
    return true;
}

/* A `.env` that cannot be read is none, with a warning; one that compose would refuse refuses the model. */
static bool read_variables(struct loader *loader, struct text directory) {
    const struct source *source = NULL;
    struct text path = path_join(loader->arena, directory, TEXT(".env"));
    loader->variables = arena_alloc(loader->arena, sizeof(*loader->variables));
    enum files_status status = files_read(loader->files, loader->arena, path, DOTENV_SIZE_LIMIT, &source);
    if (status == FILES_OK) return dotenv_parse(loader->arena, source, loader->diagnostics, loader->variables);
    if (status == FILES_MISSING) return true;
    struct text reason = files_reason(loader->arena, status, DOTENV_SIZE_LIMIT);
    struct text shown = text_printable(loader->arena, path);
    diag_add(loader->diagnostics, DIAG_WARNING, "dotenv-unreadable", place_of_path(loader, path),
             "'%.*s' %.*s, so its variables are not known", TEXT_ARG(shown), TEXT_ARG(reason));
    return true;
}

/* ---- the project's name ---- */

/* loader.go NormalizeProjectName: lower case, [a-z0-9_-] only, not beginning with one of "_-". */
static struct text normalize_name(struct arena *arena, struct text name) {
    char *copy = arena_alloc(arena, name.len);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        bool first = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (first || (len > 0 && (c == '_' || c == '-'))) copy[len++] = c;
    }
    return len == 0 ? (struct text){0} : text_of(copy, len);
}

static struct text evaluate_name(struct loader *loader, const struct node *node) {
    struct value value = {0};
    struct text problem;
    struct compose_evaluation evaluation;
    if (!compose_interpolate(loader->arena, node->text, &value, &problem)) return (struct text){0};
    if (!compose_evaluate(loader->arena, &value, loader->variables, &evaluation)) {
        struct text shown = text_printable(loader->arena, evaluation.problem);
        diag_add(loader->diagnostics, DIAG_WARNING, "compose-not-understood", node_place(node),
                 "'name' must be known now, but %.*s", TEXT_ARG(shown));
        return (struct text){0};
    }
    struct text name = normalize_name(loader->arena, evaluation.text);
    for (size_t i = 0; i < evaluation.unset.count; i++)
        diag_add(loader->diagnostics, DIAG_NOTE, "compose-variable", node_place(node),
                 "'name' is taken as '%.*s', for '%.*s' is not set in '.env'", TEXT_ARG(name),
                 TEXT_ARG(evaluation.unset.items[i]));
    return name;
}

static bool read_name(struct loader *loader, const struct node *document, struct text *out) {
    const struct node *node = node_find(document, "name");
    *out = (struct text){0};
    if (node == NULL) return true;
    if (!node_is_scalar(node) || compose_scalar_of(loader->arena, node).kind != COMPOSE_STRING) {
        diag_add(loader->diagnostics, DIAG_ERROR, "compose-schema", node_place(node), "name must be a string");
        return false;
    }
    *out = evaluate_name(loader, node);
    return true;
}

/* ---- services ---- */

/* True when what a service extends surely has no build: a service of this file without `build` and `extends`. */
static bool extends_no_build(const struct compose_reader *reader, const struct node *extends) {
    const struct node *name = extends->kind == NODE_MAPPING ? node_find(extends, "service") : extends;
    if (name == NULL || !node_is_scalar(name) || node_find(extends, "file") != NULL) return false;
    const struct node *service = map_find(reader->services, name->text);
    return service != NULL && node_find(service, "build") == NULL && node_find(service, "extends") == NULL;
}

static void report_extends(struct compose_reader *reader, const struct node *name, const struct node *extends,
                           bool has_build) {
    if (!has_build && extends_no_build(reader, extends)) return;
    struct text service = text_printable(reader->arena, name->text);
    diag_add(reader->diagnostics, DIAG_WARNING, "compose-not-understood", node_place(extends),
             "service '%.*s': 'extends' is not followed, so %s", TEXT_ARG(service),
             has_build ? "its build is not read" : "a build that it inherits is not seen");
}

static void read_service(struct loader *loader, struct compose_reader *reader, const struct node *name,
                         const struct node *service, struct list *out) {
    const struct node *build = node_find(service, "build"), *extends = node_find(service, "extends");
    bool doubtful = loader->doubts.all || extends != NULL || map_has(&loader->doubts.services, name->text);
    if (extends != NULL) report_extends(reader, name, extends, build != NULL);
    if (build == NULL) return;
    const struct compose_build *read =
        doubtful ? compose_build_doubtful(reader, name, build) : compose_build_read(reader, name, service, build);
    list_add(loader->arena, out, (void *)read);
}

static bool index_services(struct loader *loader, const struct node *services, struct map *out) {
    bool ok = true;
    for (size_t i = 0; i < services->count; i++) {
        const struct node *name = node_key(services, i), *service = node_value(services, i);
        map_set(loader->arena, out, name->text, (void *)service);
        if (service->kind == NODE_MAPPING || map_has(&loader->doubts.services, name->text)) continue;
        struct text shown = text_printable(loader->arena, name->text);
        diag_add(loader->diagnostics, DIAG_ERROR, "compose-schema", node_place(service),
                 "services.%.*s must be a mapping", TEXT_ARG(shown));
        ok = false;
    }
    return ok;
}

static bool read_services(struct loader *loader, const struct node *document, struct compose_model *model) {
    const struct node *services = node_find(document, "services");
    struct map index = {0};
    if (services == NULL || services->kind == NODE_NULL) return true;
    if (services->kind != NODE_MAPPING) {
        diag_add(loader->diagnostics, DIAG_ERROR, "compose-schema", node_place(services), "services must be a mapping");
        return false;
    }
    if (!index_services(loader, services, &index)) return false;
    struct texts known_keys = compose_build_keys(loader->arena);
    struct compose_reader reader = {
        .arena = loader->arena,
        .diagnostics = loader->diagnostics,
        .variables = loader->variables,
        .directory = model->directory,
        .secrets = node_find(document, "secrets"),
        .services = &index,
        .known_keys = &known_keys,
        .is_valid = true,
    };
    model->service_count = services->count;
    for (size_t i = 0; i < services->count; i++)
        read_service(loader, &reader, node_key(services, i), node_value(services, i), &model->builds);
    return reader.is_valid;
}

static bool read_override(struct loader *loader, struct text path, struct compose_model *model,
                          const struct node **document) {
    const struct source *source = NULL;
    const struct node *over = NULL;
    return read_document(loader, path, model, &source, &over) &&
           compose_merge(loader->arena, loader->diagnostics, *document, over, document);
}

static bool load(struct loader *loader, const struct compose_request *request, struct compose_model *model) {
    const struct node *document = NULL;
    if (!read_document(loader, request->paths.items[0], model, &model->source, &document)) return false;
    for (size_t i = 1; i < request->paths.count; i++)
        if (!read_override(loader, request->paths.items[i], model, &document)) return false;
    if (!read_variables(loader, model->directory)) return false;
    model->variables = loader->variables;
    return read_name(loader, document, &model->name) && read_services(loader, document, model);
}

bool compose_load(struct arena *arena, struct files *files, const struct compose_request *request,
                  struct diagnostics *diagnostics, struct compose_model *out) {
    struct arena tree;
    arena_init(&tree);
    struct loader loader = {.arena = arena, .tree = &tree, .files = files, .diagnostics = diagnostics};
    struct compose_model model = {.paths = request->paths, .directory = path_parent(request->paths.items[0])};
    bool ok = load(&loader, request, &model);
    arena_finish(&tree);
    if (ok) *out = model;
    return ok;
}
