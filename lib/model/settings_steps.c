#include "model/settings_steps.h"

#include "repo/event.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const char *const after_words[] = {"build", "publish", NULL};
static const char *const before_words[] = {"build", "publish", NULL};

static const struct record_field step_fields[] = {
    {"name", &record_text, offsetof(struct step_settings, name),
     "What it does, in letters, digits, '_' and '-': its key is <name>-<image>.", NULL, NULL, "^[A-Za-z0-9_-]{1,40}$"},
    {"match", &record_record, offsetof(struct step_settings, match), "Which images it is for; by default all.", NULL,
     &settings_match_table, NULL},
    {"after", &record_choice, offsetof(struct step_settings, after),
     "build: when the image is built; publish: when it is published, and only then.", after_words, NULL, NULL},
    {"before", &record_choice, offsetof(struct step_settings, before),
     "publish: between build and publish, with 'output: promote'.", before_words, NULL, NULL},
    {NULL, &record_rest, 0, NULL, NULL, NULL, NULL},
};
const struct record_table settings_step_table = {.name = "step",
                                                 .title = "A step for each image, with the attributes that Buildkite "
                                                          "gives it: command, trigger, block, input, plugins …",
                                                 .fields = step_fields,
                                                 .count = COUNT(step_fields),
                                                 .size = sizeof(struct step_settings),
                                                 .has_node = true};

static const struct record_field gate_fields[] = {
    {"label", &record_text, offsetof(struct gate_settings, label), "What the button says.", NULL, NULL, NULL},
    {"when", &record_choices, offsetof(struct gate_settings, when),
     "The kinds of builds that it stands in, one or a list; by default all.", event_words, NULL, NULL},
    {"before", &record_choice, offsetof(struct gate_settings, before),
     "What waits for it: build (by default), or publish.", before_words, NULL, NULL},
    {NULL, &record_rest, 0, NULL, NULL, NULL, NULL},
};
const struct record_table settings_gate_table = {.name = "gate",
                                                 .title = "A block step that builds wait for, with its attributes: "
                                                          "prompt, fields, allowed_teams, blocked_state …",
                                                 .fields = gate_fields,
                                                 .count = COUNT(gate_fields),
                                                 .size = sizeof(struct gate_settings),
                                                 .has_node = true};

static bool has_field(const struct record_table *table, struct text key) {
    for (size_t i = 0; i < table->count; i++)
        if (table->fields[i].key != NULL && text_is(key, table->fields[i].key)) return true;
    return false;
}

bool settings_step_owns(struct text key) {
    return has_field(&settings_step_table, key);
}

bool settings_gate_owns(struct text key) {
    return has_field(&settings_gate_table, key);
}
