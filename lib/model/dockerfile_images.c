#include "model/dockerfile_images.h"

#include "base/path.h"
#include "model/context.h"
#include "model/exclude.h"
#include "model/names.h"

static enum name_origin origin_of(struct text path, struct text name) {
    bool is_plain = text_equal(name, path_parent(path)) || text_is(path, "Dockerfile");
    return is_plain ? NAME_DIRECTORY : NAME_SUFFIX;
}

/* A context that settings give needs no guess. */
static bool take_context(struct scanner *scanner, struct image *image) {
    if (image->settings->context.node == NULL) return false;
    image->context = path_clean(scanner->arena, image->settings->context.text);
    image->context_origin = CONTEXT_SETTINGS;
    image->context_reason = TEXT("the settings say so");
    return true;
}

/* What a broken compose file at or above it may declare otherwise: its name, its context, where it goes. */
static struct text find_doubt(struct scanner *scanner, struct text path) {
    for (size_t i = 0; i < scanner->unreadable.count; i++) {
        struct text compose = scanner->unreadable.items[i];
        if (path_is_inside(path_parent(compose), path))
            return text_format(scanner->arena, "%.*s may declare it and cannot be read", TEXT_ARG(compose));
    }
    return (struct text){0};
}

static void add_image(struct scanner *scanner, struct text path, struct list *guesses) {
    struct text name = names_of_dockerfile(scanner->arena, path, scanner->workspace->name);
    struct image *image = scanner_new_image(scanner, name, origin_of(path, name), path, NULL);
    image->dockerfile = path;
    image->context = path_parent(path);
    if (image->settings->target.node != NULL) image->target = image->settings->target.text;
    struct build_choice choice = {.target = image->target};
    struct context_guess *guess = arena_alloc(scanner->arena, sizeof(*guess));
    guess->reading.wants_hints = true;
    scanner_read_dockerfile(scanner, image, &choice, &guess->reading);
    if (guess->reading.is_template) {
        scanner_leave_out(scanner, exclude_because(scanner->arena, path, "template",
                                                   TEXT("it is not a Dockerfile yet: it has template marks")));
        return;
    }
    list_add(scanner->arena, &scanner->workspace->images, image);
    image->place = guess->reading.first;
    image->doubt = find_doubt(scanner, path);
    guess->image = image;
    if (!take_context(scanner, image)) list_add(scanner->arena, guesses, guess);
}

bool dockerfile_images_add(struct scanner *scanner) {
    struct list guesses = {0};
    for (size_t i = 0; i < scanner->found.dockerfiles.count; i++) {
        struct text path = scanner->found.dockerfiles.entries[i].key;
        if (map_has(&scanner->declared, path)) continue;
        const struct left_out *left_out = exclude_find(scanner->arena, &scanner->workspace->layers.settings, path);
        if (left_out != NULL) {
            scanner_leave_out(scanner, left_out);
        } else {
            add_image(scanner, path, &guesses);
        }
    }
    return context_infer(scanner->arena, scanner->request->paths, &guesses, scanner->diagnostics,
                         &scanner->workspace->context_evidence);
}
