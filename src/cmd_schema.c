/* schema: the JSON Schema of the settings file, written by the table that reads it. */
#include "commands.h"
#include "format/json_write.h"
#include "model/settings.h"
#include "output.h"

int cmd_schema(struct session *session) {
    struct buffer buffer = buffer_in(session->arena);
    if (!json_write(&buffer, settings_schema(session->arena))) return STATUS_BUG;
    return output_write_text(session, buffer_text(&buffer)) ? STATUS_OK : STATUS_SYSTEM;
}
