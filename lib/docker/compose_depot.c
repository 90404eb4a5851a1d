#include "docker/compose_depot.h"

#include "base/map.h"
#include "docker/compose_scalar.h"

#define KEY "x-depot"

struct checking {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct node *services; /* a mapping */
    struct map read;             /* what the builds have: place → anything */
};

/* An alias is the same node again, but a file that is laid over another makes new ones: so nodes are known by their place. */
static struct text place_key(struct arena *arena, const struct node *node) {
    struct text path = node->source == NULL ? TEXT("") : node->source->path;
    return text_format(arena, "%u:%u:%.*s", node->line, node->column, TEXT_ARG(path));
}

static const struct node *build_of(const struct node *services, size_t i) {
    return node_find(node_value(services, i), "build");
}

static void warn(struct checking *checking, const struct node *node, struct text service, const char *what) {
    struct text shown = text_printable(checking->arena, service);
    struct text before =
        service.len == 0 ? TEXT("") : text_format(checking->arena, "service '%.*s': ", TEXT_ARG(shown));
    diag_add(checking->diagnostics, DIAG_WARNING, "x-depot-ignored", node_place(node), "%.*s%s", TEXT_ARG(before),
             what);
}

/* ---- what builds have ---- */

static void mark_read(struct checking *checking, const struct node *node) {
    if (node != NULL) map_set(checking->arena, &checking->read, place_key(checking->arena, node), checking);
}

static void mark_reads(struct checking *checking) {
    for (size_t i = 0; i < checking->services->count; i++) {
        const struct node *extension = node_find(build_of(checking->services, i), KEY);
        mark_read(checking, extension);
        mark_read(checking, node_find(extension, "project-id"));
    }
}

static bool is_read(struct checking *checking, const struct node *extension) {
    const struct node *id = node_find(extension, "project-id");
    return map_has(&checking->read, place_key(checking->arena, extension)) ||
           (id != NULL && map_has(&checking->read, place_key(checking->arena, id)));
}

static bool has_builds(const struct node *services) {
    for (size_t i = 0; i < services->count; i++)
        if (build_of(services, i) != NULL) return true;
    return false;
}

/* ---- the places ---- */

/* The key of the mapping of that name, for its place; NULL when there is none. */
static const struct node *find_key(const struct node *mapping, const char *key) {
    for (size_t i = 0; mapping->kind == NODE_MAPPING && i < mapping->count; i++)
        if (text_is(node_key(mapping, i)->text, key)) return node_key(mapping, i);
    return NULL;
}

static void check_level(struct checking *checking, const struct node *mapping, struct text service) {
    const struct node *extension = node_find(mapping, KEY);
    if (extension == NULL || is_read(checking, extension)) return;
    warn(checking, find_key(mapping, KEY), service,
         service.len == 0 ? "'" KEY "' is not read at the top of a file; it belongs under 'build' of a service"
                          : "'" KEY "' is not read beside 'build'; it belongs under it");
}

static bool is_misspelt_id(struct text key) {
    static const char *const spellings[] = {"project-id", "project_id", "projectid", "project", "id"};
    for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++)
        if (text_equal_ignoring_case(key, text_from(spellings[i]))) return true;
    return false;
}

/* Without quotes 0123456789 is a number, and as such 1.23456789e+08. */
static void check_number(struct checking *checking, const struct node *id) {
    struct compose_scalar read = compose_scalar_of(checking->arena, id);
    bool changes = read.kind != COMPOSE_STRING && read.kind != COMPOSE_TIMESTAMP && !text_equal(read.text, id->text);
    if (!changes) return;
    diag_add(checking->diagnostics, DIAG_WARNING, "project-id", node_place(id),
             "without quotes '%.*s' is read as '%.*s'", TEXT_ARG(id->text), TEXT_ARG(read.text));
}

static void check_id(struct checking *checking, const struct node *id, struct text service) {
    if (!node_is_scalar(id)) return; /* refused elsewhere */
    if (id->kind == NODE_NULL || id->text.len == 0) {
        warn(checking, id, service, "'project-id' is empty, so it names no project");
    } else {
        check_number(checking, id);
    }
}

/* The mapping under `build`: its one key. */
static void check_extension(struct checking *checking, const struct node *extension, struct text service) {
    const struct node *id = node_find(extension, "project-id");
    if (id != NULL) check_id(checking, id, service);
    if (id != NULL || extension->kind != NODE_MAPPING) return;
    for (size_t i = 0; i < extension->count; i++) {
        const struct node *key = node_key(extension, i);
        if (!is_misspelt_id(key->text)) continue;
        struct text shown = text_printable(checking->arena, key->text);
        struct text words =
            text_format(checking->arena, "the key of '" KEY "' is 'project-id', not '%.*s'", TEXT_ARG(shown));
        warn(checking, key, service, text_string(checking->arena, words));
        return;
    }
    warn(checking, extension, service, "'" KEY "' has no 'project-id', so it names no project");
}

/* "x-Depot" and "x-depot-project-id" are extensions of nobody. */
static bool is_misspelt(struct text key) {
    struct text front = text_first(key, sizeof(KEY) - 1);
    return !text_is(key, KEY) && text_starts(key, "x-") && text_equal_ignoring_case(front, TEXT(KEY));
}

static void check_build(struct checking *checking, const struct node *build, struct text service) {
    const struct node *extension = node_find(build, KEY);
    for (size_t i = 0; build->kind == NODE_MAPPING && extension == NULL && i < build->count; i++)
        if (is_misspelt(node_key(build, i)->text))
            warn(checking, node_key(build, i), service, "this key is not read; Depot's is '" KEY "'");
    if (extension != NULL) check_extension(checking, extension, service);
}

void compose_depot_check(struct arena *arena, struct diagnostics *diagnostics, const struct node *document) {
    struct checking checking = {.arena = arena, .diagnostics = diagnostics};
    checking.services = node_find(document, "services");
    if (checking.services == NULL || checking.services->kind != NODE_MAPPING || !has_builds(checking.services)) return;
    mark_reads(&checking);
    check_level(&checking, document, TEXT(""));
    for (size_t i = 0; i < checking.services->count; i++) {
        const struct node *build = build_of(checking.services, i);
        struct text service = node_key(checking.services, i)->text;
        if (build == NULL) continue;
        check_level(&checking, node_value(checking.services, i), service);
        check_build(&checking, build, service);
    }
}
