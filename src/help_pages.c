#include "help_pages.h"

#include "report/settings_keys.h"

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

static const char *const generation = "depot-pipeline generate\n"
                                      "  Prints the pipeline, all of it or nothing: when it cannot be made, what is\n"
                                      "  printed makes 'buildkite-agent pipeline upload' fail, too. The bare program\n"
                                      "  does the same where its output is no terminal.\n"
                                      "\n"
                                      "Options\n";

static const char *const uploading = "depot-pipeline upload\n"
                                     "  In a Buildkite job: generates the pipeline, checks it, keeps it as an\n"
                                     "  artifact, annotates the build with what is built and why, and uploads it.\n"
                                     "  Above 500 jobs in several uploads. Ends with the agent's status when the\n"
                                     "  agent refuses.\n"
                                     "\n"
                                     "Options\n";

static const char *const previewing = "depot-pipeline preview\n"
                                      "  Images, what each is built from, where it goes, why it is built or not, what\n"
                                      "  was left out, and the steps. Nothing is uploaded. What the bare program does\n"
                                      "  on a terminal. --event shows what another kind of build would do.\n"
                                      "\n"
                                      "Options\n";

static const char *const checking = "depot-pipeline check\n"
                                    "  Makes the whole pipeline as if everything were built, and says what is wrong\n"
                                    "  or looks so: settings, compose files, Dockerfiles and their sources,\n"
                                    "  contexts, what the agent would refuse. Exit status 1 on errors. 'help RULE'\n"
                                    "  explains a message.\n"
                                    "\n"
                                    "Options\n";

static const char *const testing = "depot-pipeline test\n"
                                   "  Holds the settings' 'tests' against what a change of the named files builds,\n"
                                   "  with the profile of this build; --event chooses another. Exit status 1 when\n"
                                   "  one fails.\n"
                                   "\n"
                                   "Options\n";

static const char *const setting = "depot-pipeline settings [IMAGE|DOCKERFILE]...\n"
                                   "  The settings that count in this build, of the run or of images, defaults\n"
                                   "  included, as YAML that could be a settings file. --event shows the profile\n"
                                   "  of another kind of build. The order is: default, file, profile, images, file\n"
                                   "  beside the Dockerfile, variable, option.\n"
                                   "\n"
                                   "Options\n";

static const char *const schema = "depot-pipeline schema\n"
                                  "  The JSON Schema of .buildkite/depot-pipeline.yml, for editors.\n";

static const char *const version = "depot-pipeline version\n"
                                   "  The version of the program.\n";

#define CHANGES "base", "changed-files", "all", "only", "exclude", "event", "branch", "tag", "pull-request"

static const struct {
    enum command command;
    const char *const *text;
    const char *const options[16]; /* of many commands, that concern this one first of all */
} pages[] = {
    {COMMAND_GENERATE, &generation, {"output", "format", "queue", "no-interpolation", CHANGES}},
    {COMMAND_UPLOAD, &uploading, {"dry-run", "queue", "no-interpolation", "fetch", "no-fetch", CHANGES}},
    {COMMAND_PREVIEW, &previewing, {"format", "verbose", "untracked", "worktree", CHANGES}},
    {COMMAND_CHECK, &checking, {"config", "verbose", "quiet", "event", "tag", "branch"}},
    {COMMAND_EXPLAIN, &explanation, {"format"}},
    {COMMAND_TEST, &testing, {"config", "event", "tag", "branch", "pull-request"}},
    {COMMAND_INSPECT, &inspection, {"platform", "format"}},
    {COMMAND_K8S, &kubernetes, {"auth", "queue"}},
    {COMMAND_SETTINGS, &setting, {"format", "config", "event", "tag", "branch", "pull-request"}},
    {COMMAND_SCHEMA, &schema, {NULL}},
    {COMMAND_VERSION, &version, {NULL}},
};

bool help_page_add(struct buffer *buffer, enum command command, size_t width) {
    size_t page = 0;
    while (page < sizeof(pages) / sizeof(*pages) && pages[page].command != command)
        page++;
    if (page == sizeof(pages) / sizeof(*pages)) return false;
    buffer_add_string(buffer, *pages[page].text);
    options_write_help(buffer, command);
    options_write_named(buffer, pages[page].options);
    if (pages[page].options[0] != NULL) buffer_add_string(buffer, "\n'depot-pipeline help' has the other options.\n");
    if (command != COMMAND_SETTINGS) return true;
    buffer_add_string(buffer, "\nKeys\n");
    settings_keys_write(buffer, width);
    return true;
}
