#include "commands.h"

static const struct {
    const char *name;
    enum command command;
    int (*run)(struct session *session);
    bool feeds_a_pipe;
    size_t most_words;
} table[] = {
    {"generate", COMMAND_GENERATE, cmd_generate, true, 0},
    {"upload", COMMAND_UPLOAD, cmd_upload, false, 0},
    {"preview", COMMAND_PREVIEW, cmd_preview, false, 0},
    {"check", COMMAND_CHECK, cmd_check, false, 0},
    {"explain", COMMAND_EXPLAIN, cmd_explain, false, SIZE_MAX},
    {"test", COMMAND_TEST, cmd_test, false, 0},
    {"inspect", COMMAND_INSPECT, cmd_inspect, false, SIZE_MAX},
    {"settings", COMMAND_SETTINGS, cmd_settings, false, SIZE_MAX},
    {"k8s", COMMAND_K8S, cmd_k8s, false, 1},
    {"schema", COMMAND_SCHEMA, cmd_schema, false, 0},
    {"help", COMMAND_HELP, cmd_help, false, 1},
    {"version", COMMAND_VERSION, cmd_version, false, 0},
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

const char *commands_name(enum command command) {
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (table[i].command == command) return table[i].name;
    return "";
}

size_t commands_most_words(enum command command) {
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (table[i].command == command) return table[i].most_words;
    return 0;
}

bool commands_feeds_a_pipe(enum command command) {
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (table[i].command == command) return table[i].feeds_a_pipe;
    return true; /* the bare program */
}
