#include "commands.h"

static const struct {
    const char *name;
    enum command command;
    int (*run)(struct session *session);
    bool feeds_a_pipe;
} table[] = {
    {"generate", COMMAND_GENERATE, cmd_generate, true}, {"upload", COMMAND_UPLOAD, cmd_upload, false},
    {"preview", COMMAND_PREVIEW, cmd_preview, false},   {"check", COMMAND_CHECK, cmd_check, false},
    {"schema", COMMAND_SCHEMA, cmd_schema, false},      {"help", COMMAND_HELP, cmd_help, false},
    {"version", COMMAND_VERSION, cmd_version, false},
};
#define COMMAND_COUNT (sizeof(table) / sizeof(*table))

bool commands_find(struct text word, enum command *out) {
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (text_is(word, table[i].name)) {
            *out = table[i].command;
            return true;
        }
    return false;
}

struct texts commands_names(struct arena *arena) {
    struct texts names = {0};
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        texts_add(arena, &names, text_from(table[i].name));
    return names;
}

int commands_run(enum command command, struct session *session) {
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (table[i].command == command) return table[i].run(session);
    return session->is_interactive ? cmd_preview(session) : cmd_generate(session);
}

bool commands_feeds_a_pipe(enum command command) {
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (table[i].command == command) return table[i].feeds_a_pipe;
    return true; /* the bare program */
}
