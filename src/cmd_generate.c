/* generate: the pipeline on standard output or in a file, all of it or nothing. */
#include "commands.h"
#include "output.h"

int cmd_generate(struct session *session) {
    enum status status = session_plan(session);
    if (status == STATUS_OK) status = session_make_pipeline(session);
    session_report(session);
    if (status != STATUS_OK) return status;
    return output_write(session, &session->pipeline.documents) ? STATUS_OK : STATUS_SYSTEM;
}
