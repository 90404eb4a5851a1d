#include "docker/compose_loader.h"

#include "base/path.h"
#include "docker/compose_build.h"
#include "docker/compose_interpolate.h"
#include "docker/compose_scalar.h"
#include "docker/compose_scan.h"
#include "docker/dotenv.h"
#include "format/yaml_read.h"

/* ---- origins ---- */

static struct text origin_key(const struct source *const *source) {
    return text_of((const char *)source, sizeof(*source));
}

static void set_origin(struct compose_loader *loader, const struct source *source,
                       const struct compose_origin *origin) {
    const struct source **key = arena_alloc(loader->arena, sizeof(struct source *));
    *key = source;
    map_set(loader->arena, &loader->origins, origin_key(key), (void *)origin);
}

const struct compose_origin *compose_origin_of(const struct map *origins, const struct source *source,
                                               const struct compose_origin *usual) {
    const struct compose_origin *origin = source == NULL ? NULL : map_find(origins, origin_key(&source));
    return origin == NULL ? usual : origin;
}

/* ---- one file ---- */

/* `by` is who names the file; NULL: it was asked for. */
static bool refuse_file(struct compose_loader *loader, const char *rule, struct text path, const struct node *by,
                        struct text words) {
    struct text shown = text_printable(loader->arena, path);
    struct place place = by == NULL ? source_whole(source_create(loader->arena, path, TEXT(""))) : node_place(by);
    diag_add(loader->diagnostics, DIAG_ERROR, rule, place, "'%.*s' %.*s", TEXT_ARG(shown), TEXT_ARG(words));
    return false;
}

/* One that is there twice is read twice: what its texts mean may differ. */
static bool read_source(struct compose_loader *loader, struct text path, const struct node *by,
                        const struct source **out) {
    const struct source *read;
    enum files_status status = files_read(loader->files, loader->arena, path, COMPOSE_SIZE_LIMIT, &read);
    if (status != FILES_OK) {
        struct text reason = files_reason(loader->arena, status, COMPOSE_SIZE_LIMIT);
        return refuse_file(loader, "compose-unreadable", path, by, reason);
    }
    loader->file_count++;
    loader->bytes += read->bytes.len;
    if (loader->file_count > COMPOSE_FILE_LIMIT || loader->bytes > COMPOSE_BYTES_LIMIT) {
        struct text words =
            text_format(loader->arena, "is one too many: the files of a model are %d and %zu MiB at most",
                        COMPOSE_FILE_LIMIT, COMPOSE_BYTES_LIMIT >> 20);
        return refuse_file(loader, "compose-limit", path, by, words);
    }
    *out = source_create(loader->arena, read->path, read->bytes);
    return true;
}

/* One without content is the empty mapping where it is alone. */
static const struct node *mapping_of(struct compose_loader *loader, const struct node *document, bool is_alone) {
    if (document->kind == NODE_NULL && is_alone) return node_mapping(loader->tree);
    if (document->kind == NODE_MAPPING) return document;
    diag_add(loader->diagnostics, DIAG_ERROR, "compose-schema", node_place(document),
             "top-level object must be a mapping, not %s", node_kind_name(document));
    return NULL;
}

bool compose_file_documents(struct compose_loader *loader, struct text path, const struct node *by,
                            const struct compose_origin *origin, struct list *out) {
    const struct source *source = NULL;
    struct list documents = {0};
    if (!read_source(loader, path, by, &source)) return false;
    set_origin(loader, source, origin);
    if (!yaml_read_apart(loader->tree, loader->arena, source, loader->diagnostics, &documents)) return false;
    struct compose_scan scan = {.arena = loader->arena, .diagnostics = loader->diagnostics};
    bool ok = true;
    if (loader->is_local) scan.variables = origin->variables;
    for (size_t i = 0; i < documents.count; i++) {
        const struct node *document = mapping_of(loader, documents.items[i], documents.count == 1);
        ok &= document != NULL && compose_scan(&scan, document);
        list_add(loader->tree, out, (void *)document);
    }
    loader->has_tags |= scan.has_tags;
    if (loader->first == NULL) loader->first = source;
    return ok;
}

/* ---- a text of a document ---- */

bool compose_is_outside(bool is_local, struct text written, struct text joined) {
    if (compose_is_remote_context(written) || text_starts(written, "oci:")) return true;
    return !is_local && (path_is_absolute(written) || text_starts(written, "~") || path_escapes(joined));
}

bool compose_text(struct compose_loader *loader, const struct node *node, const char *what,
                  const struct compose_origin *origin, struct text *out) {
    struct value value = {0};
    struct text problem;
    struct compose_evaluation evaluation;
    if (node == NULL || !node_is_scalar(node) || compose_scalar_of(loader->arena, node).kind != COMPOSE_STRING) {
        if (node != NULL)
            diag_add(loader->diagnostics, DIAG_ERROR, "compose-schema", node_place(node), "%s must be a string", what);
        return false;
    }
    if (!compose_interpolate(loader->arena, node->text, &value, &problem)) return false; /* compose_scan reported it */
    if (!compose_evaluate(loader->arena, &value, origin->variables, &evaluation)) {
        struct text shown = text_printable(loader->arena, evaluation.problem);
        diag_add(loader->diagnostics, DIAG_WARNING, "compose-not-understood", node_place(node),
                 "'%s' must be known now, but %.*s", what, TEXT_ARG(shown));
        return false;
    }
    struct text shown = text_printable(loader->arena, text_first(evaluation.text, 200));
    for (size_t i = 0; i < evaluation.unset.count; i++)
        diag_add(loader->diagnostics, DIAG_NOTE, "compose-variable", node_place(node),
                 "'%s' is taken as '%.*s', for '%.*s' is not set in '.env'", what, TEXT_ARG(shown),
                 TEXT_ARG(evaluation.unset.items[i]));
    *out = evaluation.text;
    return true;
}

/* ---- all files of a project ---- */

static bool add_document(struct compose_scope *scope, struct text path, const struct node *document,
                         const struct node **merged) {
    const struct node *include = node_find(document, "include"), *services = node_find(document, "services");
    if (scope->loader->is_local && services != NULL && services->kind == NODE_NULL) {
        diag_add(scope->loader->diagnostics, DIAG_ERROR, "compose-schema", node_place(services),
                 "services must be a mapping");
        return false;
    }
    bool includes = include != NULL && include->kind != NODE_NULL;
    if (includes && !compose_include(scope, document, &document)) return false;
    if (!compose_extends(scope, path, document, &document)) return false;
    if (*merged != NULL) return compose_merge(&scope->loader->merger, *merged, document, merged);
    *merged = document;
    return true;
}

bool compose_file_read_all(struct compose_scope *scope, const struct node **out) {
    struct compose_loader *loader = scope->loader;
    const struct node *merged = NULL;
    for (size_t i = 0; i < scope->paths.count; i++) {
        struct list documents = {0};
        if (!compose_file_documents(loader, scope->paths.items[i], scope->by, &scope->origin, &documents)) return false;
        for (size_t j = 0; j < documents.count; j++)
            if (!add_document(scope, scope->paths.items[i], documents.items[j], &merged)) return false;
    }
    *out = merged == NULL ? node_mapping(loader->tree) : merged;
    return !loader->has_tags || compose_merge_finish(&loader->merger, *out, out);
}

/* ---- variables ---- */

/* A `.env` that cannot be read is none, with a warning; one that compose would refuse refuses the model. */
bool compose_file_variables(struct compose_loader *loader, struct text path, bool must_exist, const struct node *by,
                            struct variables *out) {
    const struct source *source = NULL;
    enum files_status status = files_read(loader->files, loader->arena, path, DOTENV_SIZE_LIMIT, &source);
    if (status == FILES_OK) return dotenv_parse(loader->arena, source, loader->diagnostics, out);
    if (status == FILES_MISSING && !must_exist) return true;
    struct text reason = files_reason(loader->arena, status, DOTENV_SIZE_LIMIT);
    if (status == FILES_MISSING) return refuse_file(loader, "compose-unreadable", path, by, reason);
    struct text shown = text_printable(loader->arena, path);
    diag_add(loader->diagnostics, DIAG_WARNING, "dotenv-unreadable",
             source_whole(source_create(loader->arena, path, TEXT(""))), "'%.*s' %.*s, so its variables are not known",
             TEXT_ARG(shown), TEXT_ARG(reason));
    return true;
}
