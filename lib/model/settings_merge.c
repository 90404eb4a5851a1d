#include "model/settings_merge.h"

#include "format/yaml_read.h"
#include "model/settings_check.h"
#include "model/settings_match.h"
#include "model/settings_missing.h"
#include "repo/event.h"

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

/* The pairs of `node` whose key the table knows: of an entry without its `match`, of the file without what is not about images. */
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

/* A login that names no registry, with that of the images for which it was written. */
static const struct node *pin_one(struct arena *arena, const struct node *login, struct text host) {
    bool is_pinned =
        login->kind != NODE_MAPPING || node_find(login, "registry") != NULL || node_find(login, "account") != NULL;
    return is_pinned ? login : with_pair(arena, login, "registry", node_string(arena, host));
}

/* Says in the logins which registry they are for, before another layer says another one for the image. */
static const struct node *pin_logins(struct arena *arena, const struct node *lower) {
    const struct node *login = node_find(lower, "login"), *registry = node_find(lower, "registry");
    if (registry != NULL && registry->kind == NODE_SEQUENCE && registry->count == 1) registry = registry->items[0];
    if (login == NULL || registry == NULL || !node_is_scalar(registry)) return lower;
    struct text host = login_host(registry->text);
    if (login->kind != NODE_SEQUENCE) return with_pair(arena, lower, "login", pin_one(arena, login, host));
    struct node *pinned = node_sequence(arena);
    for (size_t i = 0; i < login->count; i++)
        node_append(arena, pinned, pin_one(arena, login->items[i], host));
    return with_pair(arena, lower, "login", pinned);
}

/*
 * One layer over another. A login is a whole: its user belongs to its password and to its registry, so a higher layer's
 * replaces it, and a lower one's stays with the registry it was written for.
 */
static const struct node *put_over(struct arena *arena, const struct node *lower, const struct node *higher) {
    if (lower == NULL || higher == NULL) return record_merge(arena, lower, higher);
    const struct node *login = node_find(higher, "login");
    bool goes_elsewhere = node_find(higher, "registry") != NULL || node_find(higher, "repository") != NULL;
    if (login == NULL && goes_elsewhere) lower = pin_logins(arena, lower);
    const struct node *merged = record_merge(arena, lower, higher);
    return login == NULL ? merged : with_pair(arena, merged, "login", login);
}

/* Decodes a layer with what is above it; values from there are checked like any other. */
static bool decode(struct arena *arena, const struct settings_layers *layers, const struct node *file,
                   struct diagnostics *diagnostics, struct settings *out) {
    const struct node *merged = record_merge(arena, file, layers->above);
    if (merged == NULL) return true;
    struct record_reader reader = {.arena = arena, .diagnostics = diagnostics};
    bool ok = record_read(&reader, &settings_table, merged, out);
    ok &= settings_check(arena, out, layers->regexes, diagnostics); /* all mistakes at once */
    if (!ok) settings_missing_drop(merged, diagnostics);
    return ok;
}

/* The entries of the profile come after those of the file. */
static const struct node *join_lists(struct arena *arena, const struct node *first, const struct node *second) {
    struct node *joined = node_sequence(arena);
    for (size_t i = 0; i < first->count; i++)
        node_append(arena, joined, first->items[i]);
    for (size_t i = 0; i < second->count; i++)
        node_append(arena, joined, second->items[i]);
    joined->source = second->source;
    joined->line = second->line;
    joined->column = second->column;
    return joined;
}

static const struct node *put_profile(struct arena *arena, const struct node *file, const struct node *profile) {
    const struct node *images = node_find(file, "images"), *more = node_find(profile, "images");
    const struct node *merged = put_over(arena, file, profile);
    bool both = images != NULL && more != NULL && images->kind == NODE_SEQUENCE && more->kind == NODE_SEQUENCE;
    return both ? with_pair(arena, merged, "images", join_lists(arena, images, more)) : merged;
}

/* Each is checked over the file as it would count; the one that counts stays. What is wrong in the file alone is said twice, and so once. */
static bool decode_profiles(struct arena *arena, struct settings_layers *layers, struct diagnostics *diagnostics) {
    const struct profiles_settings profiles = layers->settings.profiles;
    int chosen = settings_profile_choose(&profiles, layers->events);
    bool ok = true;
    for (int i = 0; i < PROFILE_COUNT; i++) {
        if (profiles.of[i] == NULL) continue;
        struct settings *settings = arena_alloc(arena, sizeof(*settings));
        const struct node *file = put_profile(arena, layers->written, profiles.of[i]);
        ok &= decode(arena, layers, file, diagnostics, settings);
        if (i != chosen) continue;
        layers->settings = *settings;
        layers->file = file;
        layers->profile = event_words[i];
        layers->profile_node = profiles.of[i];
    }
    return ok;
}

bool settings_load(struct arena *arena, const struct settings_request *request, struct diagnostics *diagnostics,
                   struct settings_layers *out) {
    struct settings_layers layers = {.above = request->above, .regexes = request->regexes, .events = request->events};
    if (!read_file(arena, request->files, request->path, diagnostics, &layers.written)) return false;
    layers.file = layers.written;
    if (!decode(arena, &layers, layers.written, diagnostics, &layers.settings)) return false;
    if (!decode_profiles(arena, &layers, diagnostics)) return false;
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

static void add_layer(struct arena *arena, struct list *layers, const char *kind, const struct node *node) {
    struct settings_layer *layer = arena_alloc(arena, sizeof(*layer));
    *layer = (struct settings_layer){.kind = kind, .node = node};
    list_add(arena, layers, layer);
}

const struct image_settings *settings_for_image(struct arena *arena, struct settings_layers *layers, struct text name,
                                                struct text path, const struct node *beside,
                                                struct diagnostics *diagnostics) {
    struct list own = {0};
    const struct node *node = NULL; /* of the file and what is over it; made only where something is */
    for (size_t i = 0; i < layers->settings.images.count; i++) {
        struct override_settings *override = layers->settings.images.items[i];
        if (!settings_match_event(&override->match, layers->events)) continue;
        if (!settings_match_image(arena, &override->match, layers->regexes, name, path, diagnostics)) continue;
        override->is_used = true;
        if (node == NULL) node = pick(arena, layers->file, &settings_build_table);
        node = put_over(arena, node, pick(arena, override->node, &settings_image_table));
        add_layer(arena, &own, "images", override->node);
    }
    if (node == NULL && beside == NULL) return layers->common;
    if (node == NULL) node = pick(arena, layers->file, &settings_build_table);
    node = put_over(arena, node, beside);
    node = put_over(arena, node, pick(arena, layers->above, &settings_build_table));
    if (beside != NULL) add_layer(arena, &own, "beside", beside);
    struct image_settings *settings = arena_alloc(arena, sizeof(*settings));
    settings->node = node;
    settings->own = own;
    struct record_reader reader = {.arena = arena, .diagnostics = diagnostics};
    record_read(&reader, &settings_image_table, node, settings); /* every part was checked when it was read */
    return settings;
}

void settings_report_unused(const struct settings_layers *layers, struct diagnostics *diagnostics) {
    for (size_t i = 0; i < layers->settings.images.count; i++) {
        const struct override_settings *override = layers->settings.images.items[i];
        if (!override->is_used && settings_match_event(&override->match, layers->events))
            diag_add(diagnostics, DIAG_WARNING, "settings-unused", node_place(override->node),
                     "no image matches this entry of 'images'");
    }
}
