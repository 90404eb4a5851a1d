#include "base/path.h"
#include "docker/compose_build.h"
#include "docker/compose_check.h"
#include "docker/compose_depot.h"
#include "docker/compose_loader.h"

const char *const compose_file_names[] = {"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml",
                                          NULL};
const char *const compose_override_names[] = {"compose.override.yml", "compose.override.yaml",
                                              "docker-compose.override.yml", "docker-compose.override.yaml", NULL};

/* ---- the project's name ---- */

/* loader.go NormalizeProjectName: lower case, [a-z0-9_-] only, not beginning with one of "_-". */
struct text compose_project_name(struct arena *arena, struct text name) {
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

/* False when it is no string: compose refuses that. A name that is not known now is none. */
static bool read_name(struct compose_loader *loader, const struct node *document, const struct compose_origin *usual,
                      struct text *out) {
    const struct node *node = node_find(document, "name");
    struct text name;
    *out = (struct text){0};
    if (node == NULL) return true;
    size_t errors = diag_count(loader->diagnostics, DIAG_ERROR);
    bool is_known = compose_text(loader, node, "name", compose_origin_of(&loader->origins, node->source, usual), &name);
    if (is_known) *out = compose_project_name(loader->arena, name);
    return diag_count(loader->diagnostics, DIAG_ERROR) == errors;
}

/* ---- services ---- */

static void read_service(struct compose_loader *loader, struct compose_reader *reader, const struct node *name,
                         const struct node *service, struct list *out) {
    const struct node *build = node_find(service, "build");
    bool is_doubtful = map_has(&loader->doubtful, name->text);
    if (build == NULL) return;
    const struct compose_build *read =
        is_doubtful ? compose_build_doubtful(reader, name, build) : compose_build_read(reader, name, service, build);
    list_add(loader->arena, out, (void *)read);
}

static bool index_services(struct compose_loader *loader, const struct node *services, struct map *out) {
    bool ok = true;
    for (size_t i = 0; i < services->count; i++) {
        const struct node *name = node_key(services, i), *service = node_value(services, i);
        map_set(loader->arena, out, name->text, (void *)service);
        if (service->kind == NODE_MAPPING) continue;
        struct text shown = text_printable(loader->arena, name->text);
        diag_add(loader->diagnostics, DIAG_ERROR, "compose-schema", node_place(service),
                 "services.%.*s must be a mapping", TEXT_ARG(shown));
        ok = false;
    }
    return ok;
}

static bool read_services(struct compose_scope *scope, const struct node *document, struct compose_model *model) {
    struct compose_loader *loader = scope->loader;
    const struct node *services = node_find(document, "services");
    struct map index = {0};
    if (services == NULL || services->kind == NODE_NULL)
        return true; /* a whole file of them is refused with its document */
    if (services->kind != NODE_MAPPING) {
        diag_add(loader->diagnostics, DIAG_ERROR, "compose-schema", node_place(services), "services must be a mapping");
        return false;
    }
    if (!index_services(loader, services, &index)) return false;
    struct texts known_keys = compose_build_keys(loader->arena);
    struct compose_reader reader = {
        .arena = loader->arena,
        .diagnostics = loader->diagnostics,
        .origins = &loader->origins,
        .usual = &scope->origin,
        .files = loader->files,
        .is_local = loader->is_local,
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

/* ---- the model ---- */

static bool read_variables(struct compose_loader *loader, const struct compose_request *request, struct text directory,
                           struct variables **out) {
    struct variables *variables = arena_alloc(loader->arena, sizeof(*variables));
    variables->above = request->variables;
    *out = variables;
    if (request->env_files.count == 0)
        return compose_file_variables(loader, path_join(loader->arena, directory, TEXT(".env")), false, NULL,
                                      variables);
    for (size_t i = 0; i < request->env_files.count; i++)
        if (!compose_file_variables(loader, request->env_files.items[i], true, NULL, variables)) return false;
    return true;
}

static bool load(struct compose_loader *loader, const struct compose_request *request, struct compose_model *model) {
    struct compose_scope *scope = arena_alloc(loader->arena, sizeof(*scope)); /* origins refer to it */
    const struct node *document = NULL;
    const struct text project = TEXT("COMPOSE_PROJECT_NAME");
    struct variables *variables;
    *scope = (struct compose_scope){.loader = loader, .paths = request->paths};
    scope->origin.directory = model->directory;
    scope->origin.project = &scope->origin;
    if (!read_variables(loader, request, model->directory, &variables)) return false;
    scope->origin.variables = variables;
    bool is_named = variables_find(variables, project) != NULL;
    if (!is_named && text_is_given(request->project))
        variables_set(loader->arena, variables, project, request->project);
    if (!compose_file_read_all(scope, &document)) return false;
    if (!compose_check(loader, &scope->origin, document)) return false;
    compose_depot_check(loader->arena, loader->diagnostics, document);
    model->source = loader->first;
    model->variables = scope->origin.variables;
    model->parts = loader->parts;
    if (!read_name(loader, document, &scope->origin, &model->name)) return false;
    if (!is_named && text_is_given(model->name)) variables_set(loader->arena, variables, project, model->name);
    return read_services(scope, document, model);
}

bool compose_load(struct arena *arena, struct files *files, const struct compose_request *request,
                  struct diagnostics *diagnostics, struct compose_model *out) {
    struct arena tree;
    arena_init(&tree);
    struct compose_loader loader = {
        .arena = arena, .tree = &tree, .files = files, .diagnostics = diagnostics, .is_local = request->is_local};
    struct compose_model model = {.paths = request->paths, .directory = request->directory};
    if (!text_is_given(model.directory)) model.directory = path_parent(request->paths.items[0]);
    loader.merger = (struct compose_merger){.arena = &tree, .diagnostics = diagnostics};
    bool ok = load(&loader, request, &model);
    arena_finish(&tree);
    model.includes = loader.includes;
    *out = ok ? model : (struct compose_model){.paths = model.paths, .includes = model.includes};
    return ok;
}
