/* help: the program on one screen; `help COMMAND` and `help RULE` say more. */
#include "base/typo.h"
#include "commands.h"
#include "help_pages.h"
#include "output.h"
#include "report/rules.h"

static const char *const introduction =
    "depot-pipeline finds the container images that a repository builds and prints a\n"
    "Buildkite pipeline that builds them on Depot.\n"
    "\n"
    "  depot-pipeline upload      in CI: generate, check, upload\n"
    "  depot-pipeline             on a terminal: preview, nothing is uploaded\n"
    "  depot-pipeline | buildkite-agent pipeline upload\n"
    "\n"
    "Commands\n"
    "  generate   print the pipeline (what the bare program does in a pipe)\n"
    "  upload     generate it, keep it as an artifact, upload it from a Buildkite job\n"
    "  preview    show images, contexts, destinations and steps, and why\n"
    "  explain    why an image is built, or is not (help explain)\n"
    "  test       hold the settings' 'tests' against what changes build\n"
    "  check      say what is wrong or looks so, exit 1 on errors\n"
    "  settings   the settings that count, and where each comes from (help settings)\n"
    "  inspect    show what is read in a Dockerfile, a compose file … (help inspect)\n"
    "  k8s        print Helm values, secrets, an agent image … (help k8s)\n"
    "  schema     print the JSON Schema of .buildkite/depot-pipeline.yml\n"
    "  help       this; 'help RULE' explains a message, 'help rules' lists them\n"
    "  version\n"
    "\n"
    "Options (each has a variable: --key-prefix is DEPOT_PIPELINE_KEY_PREFIX)\n";

static const char *const statuses = "\n"
                                    "Exit status\n"
                                    "  0 a pipeline was produced, also when an image became a red step or none exists\n"
                                    "  1 the settings are wrong, or check or test found so  2 usage\n"
                                    "  3 reading, writing, git or the agent failed          4 a bug of this program\n";

static void add_program(struct buffer *buffer) {
    buffer_add_string(buffer, introduction);
    options_write_help(buffer, COMMAND_NONE);
    buffer_add_string(buffer, statuses);
}

static bool add_topic(struct session *session, struct text topic, struct buffer *buffer) {
    enum command command;
    const struct rule *rule = rules_find(topic);
    if (commands_find(topic, &command)) {
        if (!help_page_add(buffer, command, session->terminal.width)) add_program(buffer);
        if (rule != NULL) buffer_add_byte(buffer, '\n'); /* `settings` is a rule, too */
        if (rule != NULL) rules_write(buffer, rule, session->terminal.width);
    } else if (rule != NULL) {
        rules_write(buffer, rule, session->terminal.width);
    } else if (text_is(topic, "rules")) {
        rules_write_list(buffer, session->terminal.width);
    } else {
        return false;
    }
    return true;
}

static enum status complain(struct session *session, struct text topic) {
    struct texts topics = commands_names(session->arena);
    rules_add_names(session->arena, &topics);
    struct text nearest = typo_nearest(topic, &topics);
    if (text_is_given(nearest)) {
        diag_add(&session->diagnostics, DIAG_ERROR, "usage", (struct place){0},
                 "there is no help on '%.*s'; did you mean '%.*s'?", TEXT_ARG(topic), TEXT_ARG(nearest));
    } else {
        diag_add(&session->diagnostics, DIAG_ERROR, "usage", (struct place){0},
                 "there is no help on '%.*s'; 'help rules' lists the rules", TEXT_ARG(topic));
    }
    session_report(session);
    return STATUS_USAGE;
}

int cmd_help(struct session *session) {
    const struct options *options = &session->options;
    struct buffer buffer = buffer_in(session->arena);
    struct text topic = {0};
    if (options->wants_help && options->command != COMMAND_NONE) topic = text_from(commands_name(options->command));
    if (options->command == COMMAND_HELP && options->words.count > 0) topic = options->words.items[0];
    if (!text_is_given(topic)) {
        add_program(&buffer);
    } else if (!add_topic(session, topic, &buffer)) {
        return complain(session, topic);
    }
    return output_write_text(session, buffer_text(&buffer)) ? STATUS_OK : STATUS_SYSTEM;
}
