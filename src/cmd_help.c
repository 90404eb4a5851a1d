/* help: the program on one screen. */
#include "commands.h"
#include "output.h"

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
    "  check      say what is wrong, exit 1 if anything is\n"
    "  schema     print the JSON Schema of .buildkite/depot-pipeline.yml\n"
    "  help, version\n"
    "\n"
    "Options (each has a variable: --key-prefix is DEPOT_PIPELINE_KEY_PREFIX)\n";

static const char *const statuses = "\n"
                                    "Exit status\n"
                                    "  0 a pipeline was produced, also when an image became a red step or none exists\n"
                                    "  1 the settings are wrong, or check found something   2 usage\n"
                                    "  3 reading, writing, git or the agent failed          4 a bug of this program\n";

int cmd_help(struct session *session) {
    struct buffer buffer = buffer_in(session->arena);
    buffer_add_string(&buffer, introduction);
    options_write_help(&buffer);
    buffer_add_string(&buffer, statuses);
    return output_write_text(session, buffer_text(&buffer)) ? STATUS_OK : STATUS_SYSTEM;
}
