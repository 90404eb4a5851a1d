#include "model/image.h"

#include "base/buffer.h"
#include "base/path.h"

bool image_is_broken(const struct image *image) {
    return diag_has_errors(&image->problems);
}

static void set_known(struct arena *arena, struct build_choice *choice, struct text name, bool is_known,
                      struct text value) {
    struct text *kept = NULL;
    if (is_known) {
        kept = arena_alloc(arena, sizeof(*kept));
        *kept = value;
    }
    map_set(arena, &choice->arguments, name, kept);
}

static void add_compose(struct arena *arena, const struct compose_build *build, struct build_choice *choice) {
    for (size_t i = 0; i < build->arguments.count; i++) {
        const struct compose_argument *argument = build->arguments.items[i];
        bool is_known = !argument->from_environment && value_is_literal(&argument->value);
        struct text value = is_known ? value_text(arena, &argument->value) : TEXT("");
        set_known(arena, choice, argument->name, is_known, value);
    }
    for (size_t i = 0; i < build->contexts.count; i++) {
        struct compose_pair *pair = build->contexts.items[i];
        map_set(arena, &choice->contexts, pair->name, pair);
    }
}

/* A template has a value for each build, and so none here. */
static void add_settings(struct arena *arena, const struct list *pairs, struct build_choice *choice) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct record_pair *pair = pairs->items[i];
        bool is_known = text_is_given(pair->value) && !text_has(pair->value, '{');
        set_known(arena, choice, pair->name, is_known, pair->value);
    }
}

struct build_choice image_choice(struct arena *arena, const struct image *image) {
    struct build_choice choice = {.target = image->target};
    struct buffer platforms = buffer_in(arena);
    for (size_t i = 0; !image->platforms_are_default && i < image->platforms.count; i++) {
        if (i > 0) buffer_add_byte(&platforms, ',');
        buffer_add(&platforms, *(const struct text *)image->platforms.items[i]);
    }
    if (platforms.len > 0) choice.platform = buffer_text(&platforms);
    if (image->build != NULL) add_compose(arena, image->build, &choice);
    add_settings(arena, &image->settings->build.build_args, &choice);
    return choice;
}

bool image_needs_link(const struct image *image) {
    bool is_remote = image->build != NULL && image->build->context_is_remote;
    struct text name = path_name(image->context);
    for (size_t i = 0; !is_remote && i < name.len; i++)
        if (name.ptr[i] < ' ' || name.ptr[i] > '~') return true;
    return false;
}

bool image_has_local_context(const struct image *image) {
    bool is_remote = image->build != NULL && image->build->context_is_remote;
    return !is_remote && text_is_given(image->context) && !text_contains(image->context, TEXT("://")) &&
           !path_escapes(image->context);
}
