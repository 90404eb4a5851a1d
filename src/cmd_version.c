/* version: of this program. */
#include "commands.h"
#include "output.h"

int cmd_version(struct session *session) {
    return output_write_text(session, TEXT("depot-pipeline " DEPOT_PIPELINE_VERSION "\n")) ? STATUS_OK : STATUS_SYSTEM;
}
