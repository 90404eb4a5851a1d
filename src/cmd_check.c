/* check: is everything in order? Says what is not, and uploads nothing. */
#include "commands.h"
#include "model/review.h"
#include "output.h"

/* What a build would not stumble over, or not at once. */
static bool look_closer(struct session *session) {
    struct review_request request = {.paths = &session->paths,
                                     .files = &session->checkout.files,
                                     .regexes = &session->regexes,
                                     .images = &session->workspace.images};
    return review(session->arena, &request, &session->diagnostics);
}

int cmd_check(struct session *session) {
    session->options.all = true; /* what is wrong is wrong whatever changed */
    enum status status = session_plan(session);
    if (status == STATUS_OK) status = session_make_pipeline(session);
    if (status == STATUS_OK && !look_closer(session)) status = STATUS_SYSTEM;
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
