/* preview: what would be built, where, and why, for a person or (--format json) for a machine. */
#include "commands.h"
#include "output.h"
#include "report/preview.h"
#include "report/preview_json.h"

int cmd_preview(struct session *session) {
    enum status status = session_plan(session);
    bool is_json = session->options.is_json;
    session->options.is_json = false; /* of the preview, not of the pipeline that is tried here */
    if (status == STATUS_OK) status = session_make_pipeline(session);
    session_report(session);
    if (status != STATUS_OK) return status;
    struct buffer buffer = buffer_in(session->arena);
    struct preview preview = {.plan = &session->plan,
                              .pipeline = &session->pipeline,
                              .keys = &session->keys,
                              .diagnostics = &session->diagnostics,
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
