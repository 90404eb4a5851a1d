/* generate: the pipeline on standard output or in a file, all of it or nothing. */
#include "commands.h"
#include "output.h"

int cmd_generate(struct session *session) {
    enum status status = session_plan(session);
    if (status == STATUS_OK) status = session_make_pipeline(session);
    if (status == STATUS_OK && session->pipeline.documents.count > 1)
        diag_add(&session->diagnostics, DIAG_WARNING, "documents", (struct place){0},
                 "%zu documents in one stream: agents before 3.99 upload the first one only; 'upload' uploads each",
                 session->pipeline.documents.count);
    session_report(session);
    if (status != STATUS_OK) return status;
    struct text summary = session_summary(session);
    if (!session->options.quiet)
        terminal_write_error(text_format(session->arena, "depot-pipeline: %.*s\n", TEXT_ARG(summary)));
    return output_write_documents(session) ? STATUS_OK : STATUS_SYSTEM;
}
