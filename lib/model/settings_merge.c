#include "model/settings_merge.h"

#include "format/glob.h"
#include "format/yaml_read.h"
#include "model/settings_check.h"

/* A settings file to a mapping; NULL for an empty one. False when it cannot be used: reported. */
static bool read_mapping(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                         const struct node **out) {
    const struct node *node;
    if (!yaml_read_one(arena, source, diagnostics, &node)) return false;
    if (node->kind != NODE_MAPPING && node->kind != NODE_NULL) {
        diag_add(diagnostics, DIAG_ERROR, "settings-type", node_place(node), "settings are a mapping, not %s",
                 node_kind_name(node));
        return false;
    }
    *out = node->kind == NODE_MAPPING ? node : NULL;
    return true;
}

static bool read_file(struct arena *arena, struct files *files, struct text path, struct diagnostics *diagnostics,
                      const struct node **out) {
    struct text place = text_is_given(path) ? path : TEXT(SETTINGS_PATH);
    const struct source *source;
    enum files_status status = files_read(files, arena, place, SETTINGS_SIZE_LIMIT, &source);
    if (status == FILES_OK) return read_mapping(arena, source, diagnostics, out);
    *out = NULL;
    if (status == FILES_MISSING && !text_is_given(path)) return true;
    struct text reason = files_reason(arena, status, SETTINGS_SIZE_LIMIT);
    diag_add(diagnostics, DIAG_ERROR, "settings-file",
             source_whole(source_create(arena, text_copy(arena, place), TEXT(""))), "the settings file %.*s",
             TEXT_ARG(reason));
    return false;
}

/* Decodes the layers together; values from above are checked like any other. */
static bool decode(struct arena *arena, struct settings_layers *layers, struct diagnostics *diagnostics) {
    const struct node *merged = record_merge(arena, layers->file, layers->above);
    if (merged == NULL) return true;
    struct record_reader reader = {.arena = arena, .diagnostics = diagnostics};
    bool ok = record_read(&reader, &settings_table, merged, &layers->settings);
    return settings_check(arena, &layers->settings, layers->regexes, diagnostics) && ok; /* all mistakes at once */
}

bool settings_load(struct arena *arena, struct files *files, struct text path, const struct node *above,
                   struct regex_cache *regexes, struct diagnostics *diagnostics, struct settings_layers *out) {
    struct settings_layers layers = {.above = above, .regexes = regexes};
    if (!read_file(arena, files, path, diagnostics, &layers.file) || !decode(arena, &layers, diagnostics)) return false;
    /* what no file singles out shares this one struct */
    struct image_settings *common = arena_alloc(arena, sizeof(*common));
    common->build = layers.settings.build;
    layers.common = common;
    *out = layers;
    return true;
}

bool settings_read_beside(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                          const struct node **out) {
    const struct node *node = NULL;
    if (!read_mapping(arena, source, diagnostics, &node)) return false;
    struct image_settings checked = {0};
    struct record_reader reader = {.arena = arena, .diagnostics = diagnostics};
    if (node != NULL && (!record_read(&reader, &settings_image_table, node, &checked) ||
                         !settings_check_image(arena, &checked, diagnostics)))
        return false;
    *out = node;
    return true;
}

static bool matches_path(struct arena *arena, struct override_settings *override, struct text path) {
    const char *ignored;
    if (override->path == NULL) override->path = glob_compile(arena, override->match.path.text, &ignored);
    return glob_match(override->path, path);
}

static bool matches(struct arena *arena, struct settings_layers *layers, struct override_settings *override,
                    struct text name, struct text path, struct diagnostics *diagnostics) {
    const struct match_settings *match = &override->match;
    struct text problem;
    if (match->name.node != NULL && !text_equal(match->name.text, name)) return false;
    if (match->path.node != NULL && !matches_path(arena, override, path)) return false;
    if (match->regex.node == NULL) return true;
    enum regex_result result = regex_search(layers->regexes, match->regex.text, name, &problem);
    if (result == REGEX_LIMIT)
        diag_add(diagnostics, DIAG_WARNING, "regex-limit", node_place(match->regex.node),
                 "the regular expression needs too many steps for '%.*s'; it counts as not matching", TEXT_ARG(name));
    return result == REGEX_YES;
}

/* The pairs of `node` whose key the table knows: of an override without its `match`, of the file without what is not about images. */
static const struct node *pick(struct arena *arena, const struct node *node, const struct record_table *table) {
    struct texts keys = {0};
    record_keys(arena, table, &keys);
    struct node *picked = node_mapping(arena);
    for (size_t i = 0; node != NULL && i < node->count; i++)
        if (texts_has(&keys, node_key(node, i)->text))
            node_set_pair(arena, picked, node_key(node, i), node_value(node, i));
    return picked;
}

/* The mapping with one pair replaced. */
static const struct node *with_pair(struct arena *arena, const struct node *mapping, const char *key,
                                    const struct node *value) {
    struct node *copy = node_mapping(arena);
    for (size_t i = 0; i < mapping->count; i++)
        node_set_pair(arena, copy, node_key(mapping, i), node_value(mapping, i));
    node_set(arena, copy, key, value);
    return copy;
}

/* Says in a login which registry it is for, before another layer says another one for the image. */
static const struct node *pin_login(struct arena *arena, const struct node *lower) {
    const struct node *login = node_find(lower, "login"), *registry = node_find(lower, "registry");
    if (login == NULL || registry == NULL || node_find(login, "registry") != NULL) return lower;
    size_t slash = text_find(registry->text, '/');
    struct text host = slash == TEXT_NONE ? registry->text : text_first(registry->text, slash);
    return with_pair(arena, lower, "login", with_pair(arena, login, "registry", node_string(arena, host)));
}

/*
 * One layer over another. A login is a whole: its user belongs to its password and to its registry, so a higher layer's
 * replaces it, and a lower one's stays with the registry it was written for.
 */
static const struct node *put_over(struct arena *arena, const struct node *lower, const struct node *higher) {
    if (lower == NULL || higher == NULL) return record_merge(arena, lower, higher);
    const struct node *login = node_find(higher, "login");
    bool goes_elsewhere = node_find(higher, "registry") != NULL || node_find(higher, "repository") != NULL;
    if (login == NULL && goes_elsewhere) lower = pin_login(arena, lower);
    const struct node *merged = record_merge(arena, lower, higher);
    return login == NULL ? merged : with_pair(arena, merged, "login", login);
}

const struct image_settings *settings_for_image(struct arena *arena, struct settings_layers *layers, struct text name,
                                                struct text path, const struct node *beside,
                                                struct diagnostics *diagnostics) {
    const struct node *node = NULL; /* of the file and what is over it; made only where something is */
    for (size_t i = 0; i < layers->settings.images.count; i++) {
        struct override_settings *override = layers->settings.images.items[i];
        if (!matches(arena, layers, override, name, path, diagnostics)) continue;
        override->is_used = true;
        if (node == NULL) node = pick(arena, layers->file, &settings_build_table);
        node = put_over(arena, node, pick(arena, override->node, &settings_image_table));
    }
    if (node == NULL && beside == NULL) return layers->common;
    if (node == NULL) node = pick(arena, layers->file, &settings_build_table);
    node = put_over(arena, node, beside);
    node = put_over(arena, node, pick(arena, layers->above, &settings_build_table));
    struct image_settings *settings = arena_alloc(arena, sizeof(*settings));
    struct record_reader reader = {.arena = arena, .diagnostics = diagnostics};
    record_read(&reader, &settings_image_table, node, settings); /* every part was checked when it was read */
    return settings;
}

void settings_report_unused(const struct settings_layers *layers, struct diagnostics *diagnostics) {
    for (size_t i = 0; i < layers->settings.images.count; i++) {
        const struct override_settings *override = layers->settings.images.items[i];
        if (!override->is_used)
            diag_add(diagnostics, DIAG_WARNING, "settings-unused", node_place(override->node),
                     "no image matches this entry of 'images'");
    }
}
