#include "model/settings_docker_check.h"

#include "recipe/tools.h"
#include "recipe/versions.h"

/* What all images have, and what an entry of 'images' says over it; of the file itself `own` is `common`. */
struct layer {
    const struct settings *settings;
    const struct build_settings *common, *own;
    const struct node *node; /* of `own` */
};

static int first_given(int own, int common) {
    return own != 0 ? own : common;
}

/* --- test --- */

/* Does any layer load? A test that all images have is for those then. */
static bool loads_somewhere(const struct settings *settings) {
    bool loads = settings->build.output == OUTPUT_LOAD;
    for (size_t i = 0; i < settings->images.count; i++)
        loads |= ((const struct override_settings *)settings->images.items[i])->image.build.output == OUTPUT_LOAD;
    for (int i = 0; i < PROFILE_COUNT; i++) {
        const struct node *output = node_find(settings->profiles.of[i], "output");
        loads |= output != NULL && node_is_scalar(output) && text_is(output->text, "load");
    }
    return loads;
}

static bool check_test(const struct layer *layer, struct diagnostics *diagnostics) {
    const struct list *tests = &layer->own->test;
    bool ok = true;
    for (size_t i = 0; i < tests->count; i++) {
        const struct record_text_value *test = tests->items[i];
        if (test->node == NULL || text_trim_right(test->text, " \t\n").len > 0) continue;
        diag_add(diagnostics, DIAG_ERROR, "settings-value", node_place(test->node), "this test is empty");
        ok = false;
    }
    bool is_other = layer->own != layer->common && layer->own->output != 0 && layer->own->output != OUTPUT_LOAD;
    if (tests->count == 0 || (!is_other && loads_somewhere(layer->settings))) return ok;
    diag_add(diagnostics, DIAG_ERROR, "settings-value", node_place(((struct record_text_value *)tests->items[0])->node),
             "'test' needs 'output: load', which puts the image where the commands run; 'steps:' has tests in steps of "
             "their own, for images that are pushed or saved");
    return false;
}

/* --- platforms --- */

static bool check_platforms(const struct layer *layer, struct diagnostics *diagnostics) {
    const struct list *platforms = &layer->own->platforms;
    if (layer->own->output != OUTPUT_LOAD || platforms->count < 2) return true;
    diag_add(diagnostics, DIAG_ERROR, "settings-value",
             node_place(((const struct record_text_value *)platforms->items[1])->node),
             "'output: load' puts one platform into Docker: name one, or push or save the image");
    return false;
}

/* --- tools --- */

const struct node *settings_docker_image(struct arena *arena, const struct settings *settings,
                                         const struct build_settings *build) {
    const struct node *image = node_find(build->step, "image");
    if (image != NULL) return image;
    if (build->kubernetes.image.node != NULL) return build->kubernetes.image.node;
    if (settings == NULL || settings->install != INSTALL_IMAGE) return NULL;
    if (settings->cli.image.node != NULL) return settings->cli.image.node;
    const struct node *install = node_find(settings->node, "install");
    struct node *vendors = node_string(arena, TEXT(VERSIONS_IMAGE));
    if (install == NULL) return NULL;
    vendors->source = install->source;
    vendors->line = install->line;
    vendors->column = install->column;
    return vendors;
}

static bool needs_docker(int builder) {
    return builder == BUILDER_COMPOSE || builder == BUILDER_DOCKER || builder == BUILDER_BUILDX;
}

/* The key that makes the layer need Docker; NULL when nothing does. */
static const char *key_that_needs(const struct layer *layer) {
    if (needs_docker(first_given(layer->own->builder, layer->common->builder))) return "builder";
    return first_given(layer->own->output, layer->common->output) == OUTPUT_LOAD ? "output" : NULL;
}

static const struct node *image_of(struct arena *arena, const struct layer *layer) {
    const struct node *own = settings_docker_image(arena, NULL, layer->own);
    return own != NULL ? own : settings_docker_image(arena, layer->settings, layer->common);
}

/* An entry that says nothing of either was judged with the file. */
static bool check_tools(struct arena *arena, const struct layer *layer, struct diagnostics *diagnostics) {
    bool says = layer->own == layer->common || layer->own->builder != 0 || layer->own->output != 0 ||
                settings_docker_image(arena, NULL, layer->own) != NULL;
    const char *key = says ? key_that_needs(layer) : NULL;
    const struct node *image = key == NULL ? NULL : image_of(arena, layer), *word;
    const struct tools_image *known = image != NULL && node_is_scalar(image) ? tools_find_image(image->text) : NULL;
    const char *lacking = known == NULL ? NULL : tools_lacking(known, TOOLS_DOCKER);
    if (lacking == NULL) return true;
    word = node_find(layer->node, key) != NULL ? node_find(layer->node, key) : node_find(layer->settings->node, key);
    if (word == NULL) word = image;
    struct diagnostic *diagnostic =
        diag_add(diagnostics, DIAG_ERROR, "image-lacks-tool", node_place(word),
                 "'%s: %.*s' needs '%s', and the image of the step does not have it: take an image that does, or "
                 "'builder: depot' without 'output: load'",
                 key, TEXT_ARG(word->text), lacking);
    if (word != image) diag_second(diagnostics, diagnostic, node_place(image), "the step runs in this image");
    return false;
}

static bool check_layer(struct arena *arena, const struct layer *layer, struct diagnostics *diagnostics) {
    bool ok = check_test(layer, diagnostics);
    ok &= check_platforms(layer, diagnostics);
    return check_tools(arena, layer, diagnostics) && ok;
}

bool settings_docker_check(struct arena *arena, const struct settings *settings, struct diagnostics *diagnostics) {
    struct layer file = {
        .settings = settings, .common = &settings->build, .own = &settings->build, .node = settings->node};
    bool ok = check_layer(arena, &file, diagnostics);
    for (size_t i = 0; i < settings->images.count; i++) {
        const struct override_settings *override = settings->images.items[i];
        struct layer layer = file;
        layer.own = &override->image.build;
        layer.node = override->node;
        ok &= check_layer(arena, &layer, diagnostics);
    }
    return ok;
}
