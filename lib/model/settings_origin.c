#include "model/settings_origin.h"

#include "format/yaml_read.h"
#include "recipe/versions.h"

#define DEFAULT "default"

/* What holds where nobody says anything; what has no default is not here (a test demands one of the two of each key). */
static const char defaults[] = "version: 1\n"
                               "install: pinned\n"
                               "cli:\n  version: \"%s\"\n"
                               "auth: auto\n"
                               "key_prefix: \"\"\n"
                               "bundle: 1\n"
                               "platforms: [linux/amd64]\n"
                               "tags: [\"{sha}\"]\n"
                               "push: auto\n"
                               "output: push\n"
                               "builder: depot\n"
                               "context_limit: 100MB\n"
                               "unaffected: omit\n"
                               "latest: never\n"
                               "floating: push\n"
                               "oci_labels: false\n"
                               "cache:\n  mode: max\n  write: auto\n"
                               "sbom_artifacts: false\n"
                               "lint: false\n"
                               "no_cache: false\n"
                               "report:\n  annotation: true\n  meta_data: true\n  images: false\n"
                               "kubernetes:\n  plugin: auto\n  namespace: buildkite\n  docker: none\n"
                               "  docker_image: " KUBERNETES_DOCKER_IMAGE "\n"
                               "  token:\n    key: token\n"
                               "  git_mirrors:\n    path: " KUBERNETES_MIRRORS_PATH "\n"
                               "verify: false\n"
                               "base:\n  default_branch: push\n  merge_queue: group\n";

/* Mappings that turn something on by being there: their defaults are shown only in those that are given. */
static const char *const switches[] = {"cache", "kubernetes", "token", "git_mirrors"};

const struct node *settings_defaults(struct arena *arena) {
    struct diagnostics unheard = diag_in(arena);
    const struct node *node = NULL;
    const struct source *source = source_create(arena, TEXT(DEFAULT), text_format(arena, defaults, VERSIONS_DEFAULT));
    return yaml_read_one(arena, source, &unheard, &node) ? node : node_mapping(arena);
}

static bool is_switch(struct text key) {
    for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++)
        if (text_is(key, switches[i])) return true;
    return false;
}

static const struct node *defaults_beside(struct arena *arena, const struct node *usual, const struct node *given) {
    struct node *some = node_mapping(arena);
    for (size_t i = 0; i < usual->count; i++) {
        const struct node *key = node_key(usual, i), *value = node_value(usual, i);
        const struct node *own = given == NULL ? NULL : node_find_text(given, key->text);
        bool is_given = own != NULL && own->kind == NODE_MAPPING;
        if (value->kind == NODE_MAPPING && is_switch(key->text) && !is_given) continue;
        if (value->kind == NODE_MAPPING) value = defaults_beside(arena, value, is_given ? own : NULL);
        node_set_pair(arena, some, key, value);
    }
    return some;
}

static void add(struct arena *arena, struct list *layers, const char *kind, const struct node *node) {
    struct settings_layer *layer = arena_alloc(arena, sizeof(*layer));
    *layer = (struct settings_layer){.kind = kind, .node = node};
    if (node != NULL) list_add(arena, layers, layer);
}

static const char *profile_kind(struct arena *arena, const struct settings_layers *layers) {
    return layers->profile == NULL ? NULL : text_string(arena, text_format(arena, "profile %s", layers->profile));
}

/* Without what the layer above has already put into it, and without what is null. */
static const struct node *without(struct arena *arena, const struct node *mapping, const char *key) {
    struct node *rest = node_mapping(arena);
    for (size_t i = 0; mapping != NULL && i < mapping->count; i++) {
        bool stays =
            (key == NULL || !text_is(node_key(mapping, i)->text, key)) && node_value(mapping, i)->kind != NODE_NULL;
        if (stays) node_set_pair(arena, rest, node_key(mapping, i), node_value(mapping, i));
    }
    return rest;
}

static const struct node *pick(struct arena *arena, const struct node *mapping, const struct record_table *table) {
    struct texts keys = {0};
    struct node *picked = node_mapping(arena);
    record_keys(arena, table, &keys);
    for (size_t i = 0; mapping != NULL && i < mapping->count; i++)
        if (texts_has(&keys, node_key(mapping, i)->text))
            node_set_pair(arena, picked, node_key(mapping, i), node_value(mapping, i));
    return picked;
}

struct settings_view settings_view_run(struct arena *arena, const struct settings_layers *layers) {
    struct settings_view view = {0};
    const struct node *given = record_merge(arena, layers->file, layers->above),
                      *usual = defaults_beside(arena, settings_defaults(arena), given);
    /* given, they would say more: an agent must have that very CLI, and every compose file those platforms */
    usual = without(arena, without(arena, usual, "cli"), "platforms");
    view.node = without(arena, record_merge(arena, usual, given), "profiles");
    add(arena, &view.layers, DEFAULT, usual);
    add(arena, &view.layers, "file", layers->written);
    add(arena, &view.layers, profile_kind(arena, layers), layers->profile_node);
    add(arena, &view.layers, "above", layers->above);
    return view;
}

/* What else is known of the image without settings. */
static const struct node *inferred(struct arena *arena, const struct image *image, const struct node *given) {
    const struct node *all_usual = defaults_beside(arena, settings_defaults(arena), given);
    const struct node *usual = pick(arena, all_usual, &settings_image_table);
    if (!image->platforms_are_default) usual = without(arena, usual, "platforms");
    struct node *all = (struct node *)without(arena, usual, NULL);
    if (!text_is_given(image->project.id)) return all;
    struct node *project = node_string(arena, image->project.id);
    project->source = source_create(arena, image->project.origin, TEXT(""));
    node_set(arena, all, "project", project);
    return all;
}

struct settings_view settings_view_image(struct arena *arena, const struct settings_layers *layers,
                                         const struct image *image) {
    struct settings_view view = {0};
    const struct node *node = image->settings->node;
    if (node == NULL) node = record_merge(arena, pick(arena, layers->file, &settings_build_table), layers->above);
    const struct node *usual = inferred(arena, image, node);
    view.node = without(arena, record_merge(arena, usual, pick(arena, node, &settings_image_table)), NULL);
    add(arena, &view.layers, DEFAULT, usual);
    add(arena, &view.layers, "file", layers->written);
    add(arena, &view.layers, profile_kind(arena, layers), layers->profile_node);
    for (size_t i = 0; i < image->settings->own.count; i++) {
        const struct settings_layer *layer = image->settings->own.items[i];
        add(arena, &view.layers, layer->kind, layer->node);
    }
    add(arena, &view.layers, "above", layers->above);
    return view;
}

/* A list has the place of its first entry where it has none of its own: options make it so. */
static struct place place_of(const struct node *value) {
    if (value->source == NULL && value->kind == NODE_SEQUENCE && value->count > 0) return node_place(value->items[0]);
    return node_place(value);
}

static const struct settings_layer *layer_of(const struct settings_view *view, const struct texts *keys,
                                             const struct node *value) {
    for (size_t i = view->layers.count; i > 0; i--) {
        const struct settings_layer *layer = view->layers.items[i - 1];
        const struct node *node = layer->node;
        for (size_t j = 0; node != NULL && j < keys->count; j++)
            node = node_find_text(node, keys->items[j]);
        if (node == value) return layer;
    }
    return NULL;
}

struct text settings_view_origin(struct arena *arena, const struct settings_view *view, const struct texts *keys,
                                 const struct node *value) {
    const struct settings_layer *layer = layer_of(view, keys, value);
    struct place place = place_of(value);
    if (place.source == NULL) return TEXT("the layer below"); /* made when layers were joined */
    struct text path = text_printable(arena, place.source->path);
    if (place.line == 0 || text_is(path, DEFAULT) || text_starts(path, "--") || text_starts(path, "DEPOT_PIPELINE_"))
        return path;
    bool is_named =
        layer != NULL && (text_is(text_from(layer->kind), "images") || text_starts(text_from(layer->kind), "profile"));
    return text_format(arena, "%s%s%.*s:%u:%u", is_named ? layer->kind : "", is_named ? ", " : "", TEXT_ARG(path),
                       place.line, place.column);
}
