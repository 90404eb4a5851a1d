/* settings: what counts in this build, of the run or of images, and where each value comes from. */
#include "base/typo.h"
#include "commands.h"
#include "format/json_write.h"
#include "format/yaml_write.h"
#include "output.h"
#include "plan/select.h"
#include "report/settings_text.h"

static bool find_images(struct session *session, struct text word, struct list *out) {
    const struct list *images = &session->workspace.images;
    struct texts names = {0};
    size_t before = out->count;
    for (size_t i = 0; i < images->count; i++) {
        const struct image *image = images->items[i];
        texts_add(session->arena, &names, image->name);
        bool is_meant = select_name_matches(session->arena, word, image->name) || text_equal(word, image->dockerfile);
        if (is_meant) list_add(session->arena, out, (void *)image);
    }
    if (out->count > before) return true;
    struct text nearest = typo_nearest(word, &names);
    if (text_is_given(nearest)) {
        session_complain(session, "usage", "no image is called '%.*s'; did you mean '%.*s'?", TEXT_ARG(word),
                         TEXT_ARG(nearest));
    } else {
        session_complain(session, "usage", "no image is called '%.*s'; the preview lists them", TEXT_ARG(word));
    }
    return false;
}

/* "- match: {name: …}", as an entry of `images` would be; a name that settings give is no name to match by. */
static bool write_image(struct session *session, const struct image *image, struct buffer *buffer) {
    bool by_path = image->settings->name.node != NULL && text_is_given(image->dockerfile);
    struct node *match = node_mapping(session->arena), *inner = node_mapping(session->arena);
    struct buffer line = buffer_in(session->arena);
    node_set(session->arena, inner, by_path ? "path" : "name",
             node_string(session->arena, by_path ? image->dockerfile : image->name));
    node_set(session->arena, match, "match", inner);
    bool ok = yaml_write(&line, match, false);
    struct text first = buffer_text(&line), rest = first;
    text_next(&rest, '\n', &first);
    buffer_format(buffer, "  - %.*s\n    %.*s", TEXT_ARG(first), TEXT_ARG(rest));
    struct settings_view view = settings_view_image(session->arena, &session->workspace.layers, image);
    return settings_text_yaml(buffer, &view, 4, session->options.shows_origin) && ok;
}

static bool write_yaml(struct session *session, const struct list *images, struct buffer *buffer) {
    bool ok = true;
    if (images->count == 0) {
        struct settings_view view = settings_view_run(session->arena, &session->workspace.layers);
        return settings_text_yaml(buffer, &view, 0, session->options.shows_origin);
    }
    buffer_add_string(buffer, "images:\n");
    for (size_t i = 0; i < images->count; i++)
        ok &= write_image(session, images->items[i], buffer);
    return ok;
}

static bool write_json(struct session *session, const struct list *images, struct buffer *buffer) {
    struct arena *arena = session->arena;
    const struct settings_layers *layers = &session->workspace.layers;
    bool shows_origin = session->options.shows_origin;
    if (images->count == 0) {
        struct settings_view view = settings_view_run(arena, layers);
        return json_write(buffer, settings_text_json(arena, &view, shows_origin));
    }
    struct node *all = node_mapping(arena);
    for (size_t i = 0; i < images->count; i++) {
        const struct image *image = images->items[i];
        struct settings_view view = settings_view_image(arena, layers, image);
        node_set_pair(arena, all, node_string(arena, image->name), settings_text_json(arena, &view, shows_origin));
    }
    return json_write(buffer, all);
}

int cmd_settings(struct session *session) {
    session->options.all = true; /* nothing is compared */
    enum status status = session_plan(session);
    session_report(session);
    if (status != STATUS_OK) return status;
    struct list images = {0};
    for (size_t i = 0; i < session->options.words.count; i++)
        if (!find_images(session, session->options.words.items[i], &images)) return STATUS_USAGE;
    struct buffer buffer = buffer_in(session->arena);
    bool ok = session->options.is_json ? write_json(session, &images, &buffer) : write_yaml(session, &images, &buffer);
    return ok && output_write_text(session, buffer_text(&buffer)) ? STATUS_OK : STATUS_SYSTEM;
}
