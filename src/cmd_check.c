/* check: is everything in order? Says what is not, and uploads nothing. */
#include "commands.h"
#include "output.h"

int cmd_check(struct session *session) {
    enum status status = session_plan(session);
    if (status == STATUS_OK) status = session_make_pipeline(session);
    session_report(session);
    if (status != STATUS_OK) return status;
    size_t errors = diag_count(&session->diagnostics, DIAG_ERROR);
    size_t warnings = diag_count(&session->diagnostics, DIAG_WARNING);
    struct text line = text_format(session->arena, "%zu image%s, %zu job%s, %zu error%s, %zu warning%s\n",
                                   session->plan.images.count, session->plan.images.count == 1 ? "" : "s",
                                   session->pipeline.jobs, session->pipeline.jobs == 1 ? "" : "s", errors,
                                   errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
    if (!output_write_text(session, line)) return STATUS_SYSTEM;
    return errors == 0 ? STATUS_OK : STATUS_FINDINGS;
}
