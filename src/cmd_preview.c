/* preview: what would be built, where, and why, for a person or (--format json) for a machine. */
#include "commands.h"
#include "output.h"
#include "report/preview.h"
#include "report/preview_json.h"

/* Sizes take another pass over the paths, so they are left out where they would not be shown. */
static bool measure(struct session *session, bool is_json, struct list *out) {
    const struct list *images = &session->workspace.images;
    if (!is_json && !session->options.verbose && images->count > PREVIEW_WHOLE_UP_TO) return false;
    return context_size_measure(session->arena, &session->paths, &session->checkout.files, &session->regexes, images,
                                &session->diagnostics, out);
}

int cmd_preview(struct session *session) {
    enum status status = session_plan(session);
    bool is_json = session->options.is_json;
    session->options.is_json = false; /* of the preview, not of the pipeline that is tried here */
    if (status == STATUS_OK) status = session_make_pipeline(session);
    struct list contexts = {0};
    bool has_contexts = status == STATUS_OK && measure(session, is_json, &contexts);
    session_report(session);
    if (status != STATUS_OK) return status;
    struct buffer buffer = buffer_in(session->arena);
    struct preview preview = {.plan = &session->plan,
                              .pipeline = &session->pipeline,
                              .keys = &session->keys,
                              .diagnostics = &session->diagnostics,
                              .contexts = has_contexts ? &contexts : NULL,
                              .width = session->terminal.width,
                              .has_colour = session->terminal.out_has_colour,
                              .is_whole = session->options.verbose,
                              .has_untracked = session->paths.with_untracked};
    bool ok = true;
    if (is_json) {
        ok = preview_json_write(&buffer, &preview);
    } else {
        preview_write(&buffer, &preview);
    }
    return ok && output_write_text(session, buffer_text(&buffer)) ? STATUS_OK : STATUS_SYSTEM;
}
