/* help: the program on one screen; `help COMMAND` and `help RULE` say more. */
#include "base/typo.h"
#include "commands.h"
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

static const char *const inspection =
    "depot-pipeline inspect FILE...\n"
    "  What is read in Dockerfiles: stages, what they start from, what is copied into\n"
    "  them and from where. Names that a base image may set count as not set.\n"
    "  Exit status 1 when BuildKit would refuse the file; - is standard input.\n"
    "\n"
    "depot-pipeline inspect COMPOSE|BAKE...\n"
    "  The targets of compose files (.yml, .yaml) and bake files (.hcl, .json) as\n"
    "  'docker buildx bake --print' has them, each file over those before it. Paths\n"
    "  and .env are those of the first compose file's directory. Variables with the\n"
    "  name of a secret count as unset, and what needs evaluation is left to bake;\n"
    "  each is said.\n"
    "\n"
    "depot-pipeline inspect --ignore FILE <paths\n"
    "  Which of the paths of standard input a .dockerignore leaves out.\n"
    "\n"
    "depot-pipeline inspect --inputs DOCKERFILE [--context DIR]\n"
    "  Which tracked files a build reads from its context, after its ignore file,\n"
    "  as paths from the repository's root. With --context as docker build would\n"
    "  build it there; else as the compose file and the settings say. Other options\n"
    "  come on top. Never listed: .git, the Dockerfile itself, and what a base\n"
    "  image's own ONBUILD copies. With --format json also sizes, the largest\n"
    "  directories, and why; only -z is exact for odd names.\n"
    "\n"
    "Options\n";

static const char *const explanation =
    "depot-pipeline explain [IMAGE|DOCKERFILE]...\n"
    "  Why each image is built, from the changed file to the line that takes it; for\n"
    "  one that is not built, how near a change came. With --format json as data.\n"
    "\n"
    "depot-pipeline explain --path FILE\n"
    "  Which images a change of FILE would build, and why; of a directory: of all\n"
    "  its files.\n"
    "\n"
    "depot-pipeline explain --files IMAGE\n"
    "  The tracked files whose change builds it, as paths from the repository's root:\n"
    "  what it copies, its Dockerfile and ignore file, and the files that declare it.\n"
    "\n"
    "  A Dockerfile may be given where it is no image, too; with --context as docker\n"
    "  build would build it there.\n"
    "\n"
    "What is compared: --base, --changed-files or --event, else what the build's own\n"
    "variables and git tell ('depot-pipeline help').\n"
    "\n"
    "Options\n";

static const char *const kubernetes =
    "depot-pipeline k8s values\n"
    "  Helm values of Buildkite's Agent Stack for Kubernetes: queue, image, checkout\n"
    "  with history, small requests; with --auth token the token of every pod, by a\n"
    "  reference to its secret.\n"
    "\n"
    "depot-pipeline k8s secret\n"
    "  A script that makes the secrets which values and settings name. It asks for\n"
    "  their values, or reads them from standard input, never from arguments.\n"
    "\n"
    "depot-pipeline k8s image\n"
    "  The Dockerfile of an image for agents and commands: Buildkite's agent with the\n"
    "  Depot CLI, pinned and checked, and this program.\n"
    "\n"
    "depot-pipeline k8s bootstrap\n"
    "  The step that uploads the others, with the history it needs to see.\n"
    "\n"
    "depot-pipeline k8s trust\n"
    "  What to enter in the trust relationships of each Depot project, and the\n"
    "  subjects of the steps that publish, for policies of registries.\n"
    "\n"
    "What steps themselves are given is said by 'kubernetes:' in the settings: image,\n"
    "token, secrets, env, service_account, resources, docker, metadata, checkout,\n"
    "git_mirrors, pod_patch. 'plugin: never' is for controllers that prohibit the\n"
    "kubernetes plugin.\n"
    "\n"
    "Options\n";

static void add_k8s(struct buffer *buffer) {
    buffer_add_string(buffer, kubernetes);
    options_write_help(buffer, COMMAND_K8S);
    buffer_add_string(buffer, "\n  --auth and --queue, too; 'depot-pipeline help' has the others.\n");
}

static void add_explain(struct buffer *buffer) {
    buffer_add_string(buffer, explanation);
    options_write_help(buffer, COMMAND_EXPLAIN);
    buffer_add_string(buffer, "\n  --format, too; 'depot-pipeline help' has the others.\n");
}

static void add_inspect(struct buffer *buffer) {
    buffer_add_string(buffer, inspection);
    options_write_help(buffer, COMMAND_INSPECT);
    buffer_add_string(buffer, "\n  --platform and --format, too; 'depot-pipeline help' has the others.\n");
}

static void add_program(struct buffer *buffer) {
    buffer_add_string(buffer, introduction);
    options_write_help(buffer, COMMAND_NONE);
    buffer_add_string(buffer, statuses);
}

/* `help upload` is the same as `help`, but for what has a page of its own. */
static bool add_topic(struct session *session, struct text topic, struct buffer *buffer) {
    enum command command;
    const struct rule *rule = rules_find(topic);
    if (rule != NULL) {
        rules_write(buffer, rule, session->terminal.width);
    } else if (text_is(topic, "rules")) {
        rules_write_list(buffer, session->terminal.width);
    } else if (text_is(topic, "inspect")) {
        add_inspect(buffer);
    } else if (text_is(topic, "explain")) {
        add_explain(buffer);
    } else if (text_is(topic, "k8s")) {
        add_k8s(buffer);
    } else if (commands_find(topic, &command)) {
        add_program(buffer);
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
    if (options->command == COMMAND_INSPECT) topic = TEXT("inspect");
    if (options->command == COMMAND_EXPLAIN) topic = TEXT("explain");
    if (options->command == COMMAND_K8S) topic = TEXT("k8s");
    if (options->command == COMMAND_HELP && options->words.count > 0) topic = options->words.items[0];
    if (!text_is_given(topic)) {
        add_program(&buffer);
    } else if (!add_topic(session, topic, &buffer)) {
        return complain(session, topic);
    }
    return output_write_text(session, buffer_text(&buffer)) ? STATUS_OK : STATUS_SYSTEM;
}
