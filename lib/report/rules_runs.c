#include "report/rules_pages.h"

const struct rule rules_of_runs[] = {
    {"agent", "buildkite-agent could not be used", "$ depot-pipeline upload", "$ depot-pipeline upload --dry-run",
     "'upload' works inside a Buildkite job only, where the agent is on PATH and knows its job. Elsewhere 'generate' "
     "and 'upload --dry-run' print what would be uploaded."},
    {"base", "it cannot be told what this build is compared with",
     "steps:\n  - command: depot-pipeline upload   # in a clone of depth 1",
     "steps:\n  - command: depot-pipeline upload\n    env: {BUILDKITE_GIT_CLONE_FLAGS: '--filter=blob:none'}",
     "Every image is built, because what changed could not be found out: the clone is shallow, a branch is not "
     "fetched, objects of a git mirror are not mounted, or git is missing. The message says which, and what helps. "
     "Builds are right, only more than they need be."},
    {"base-stale", "the branch to compare with could not be fetched", NULL, NULL,
     "In CI the branch is fetched before HEAD is compared with it, for a checkout that is used again may know an old "
     "one. That failed, so the known one was taken: what others have merged since may count as changed here, and more "
     "is built. Give the step what git needs to fetch, or say --no-fetch."},
    {"bundled", "several images share a step", NULL, NULL,
     "A Buildkite build may have 4,000 jobs. With more images than that neighbours share a step, which shows one "
     "result for all of them. 'bundle: file' or 'bundle: project' in the settings choose which share one; or leave "
     "images out with 'discovery: exclude:', or divide the repository among several pipelines."},
    {"changed-files", "the list of changed files cannot be read",
     "$ depot-pipeline generate --changed-files nowhere.txt", "$ depot-pipeline generate --changed-files changed.txt",
     "The list names paths from the repository's root, each ended by NUL, or by a line end where there is no NUL. "
     "Nothing was generated, for a pipeline without the change would build too little."},
    {"documents", "the pipeline is several documents in one stream",
     "$ depot-pipeline generate | buildkite-agent pipeline upload", "$ depot-pipeline upload",
     "An upload takes 500 jobs, so a large pipeline is several documents with '---' between them. Agents before 3.99 "
     "upload the first one and pass over the rest. 'upload' uploads each by itself."},
    {"fork-secret", "the build of a fork may not see a secret",
     "# compose.yaml\nbuild: {context: ., args: [NPM_TOKEN]}", "# compose.yaml\nbuild: {context: .}",
     "Whoever opens a pull request from a fork decides what its build does, and could print what it is given. So in "
     "such a build a variable with the name of a secret, build secrets and SSH keys are refused, and the image's step "
     "fails. Builds of branches of the repository itself are not affected."},
    {"fork-settings", "a fork is built without settings", NULL, "$ git fetch origin main",
     "The settings of a fork's build are read from the branch that it wants to go into, for its own could send the "
     "image and the login elsewhere. That branch is not in the checkout, so no settings apply and nothing is pushed. "
     "Fetch it before, in a hook of the agent."},
    {"index", "git's list of files cannot be read", NULL, "$ rm .git/index && git reset",
     "The program reads git's index itself and asks git where that is not enough. As a warning: the index is damaged, "
     "and git was asked instead. As an error: git could not tell either, and without the list of files nothing can be "
     "found. What was staged must then be staged again."},
    {"input", "standard input cannot be used", "$ depot-pipeline inspect --ignore .dockerignore",
     "$ git ls-files -z | depot-pipeline inspect -z --ignore .dockerignore",
     "The command takes paths from standard input, one a line or, with -z, with NULs between them. It could not be "
     "read, or one path in it is longer than 16 MiB: then something else was piped into it."},
    {"image-cycle", "images are built from each other",
     "# base/Dockerfile\nFROM acme/app\n# app/Dockerfile\nFROM acme/base",
     "# base/Dockerfile\nFROM alpine\n# app/Dockerfile\nFROM acme/base",
     "Each of these images starts from one that starts from it again, so none can be built first. They become red "
     "steps that show the way around. An image means another one of the repository when its FROM names what the "
     "settings or a compose file publish; a tag or digest that nobody here builds breaks the circle."},
    {"no-git", "the directory is in no git repository", NULL, "$ git init",
     "The files are found by walking the directory, so what is built by accident or downloaded counts as well, and "
     "there is no commit to name tags after. Fine for a look; in CI the checkout is missing."},
    {"no-such-image", "no image has this name", "$ depot-pipeline generate --only services/apii",
     "$ depot-pipeline generate --only services/api",
     "--only and --exclude take names of images as the preview shows them, or globs such as 'services/**'. A name that "
     "means nothing is more likely mistyped than meant, so nothing was generated."},
    {"no-tests", "the settings expect nothing", "$ depot-pipeline test",
     "tests:\n  - changed: libs/auth/token.go\n    builds: [services/api]\n    not: [services/web]",
     "'depot-pipeline test' asks, for each entry of 'tests' in the settings, which images a change of these files "
     "builds. An image under 'builds' must be among them, one under 'not' must not be. There are no entries."},
    {"output", "a result could not be written", "$ depot-pipeline generate -o /nowhere/pipeline.yml",
     "$ depot-pipeline generate -o pipeline.yml",
     "The disk is full, the directory is missing or not writable, or the reader of a pipe has gone. The exit status "
     "is 3, and a pipeline that is incomplete is never uploaded by 'upload'."},
    {"output-interpolation", "a '$' in the pipeline is not escaped", NULL, NULL,
     "The agent replaces variables in what it uploads, so every '$' that a step needs is doubled. The check of the "
     "finished pipeline found one that is not: a bug of this program (exit status 4). Nothing was uploaded. Please "
     "report it with the file that led to it."},
    {"output-jobs", "a document has too many jobs", NULL, NULL,
     "Buildkite takes 500 jobs in an upload, and the pipeline is divided accordingly. The check of the finished "
     "pipeline found a larger part: a bug of this program (exit status 4). Nothing was uploaded. Please report it."},
    {"output-key", "a key in the pipeline has a '$'", "step: {agents: {$QUEUE: x}}", "step: {agents: {queue: x}}",
     "The agent would replace the variable in the key, too, and no spelling keeps it from that. The pipeline is not "
     "written. If the key comes from 'step' in the settings, write it out."},
    {"output-secret", "the environment of a step names a secret", "step: {env: {NPM_TOKEN: abc123}}",
     "step: {secrets: [NPM_TOKEN]}",
     "Agents since version 4 refuse a pipeline whose 'env' has a name such as NPM_TOKEN, whatever the value. Use "
     "Buildkite secrets, or an agent hook that sets the variable."},
    {"output-secret-value", "the pipeline holds the value of a secret",
     "build_args: {NPM: abc123def} # in the environment: NPM_TOKEN=abc123def", "build_args: {NPM_TOKEN: }",
     "Agents since version 4 refuse a pipeline in which the value of a variable such as NPM_TOKEN or REGISTRY_PASSWORD "
     "stands "
     "anywhere; earlier ones store it, and show it. The pipeline is not written. Name the variable and not its value; "
     "where the value "
     "is no secret but a common word, take the variable from the job that uploads, or give it another name."},
    {"output-step", "a step has no label or no command", NULL, NULL,
     "The check of the finished pipeline found a step that could not be shown or run: a bug of this program (exit "
     "status 4). Nothing was uploaded. Please report it."},
    {"output-step-key", "a step has no usable key, or one that is taken", NULL, NULL,
     "Buildkite refuses a pipeline in which two steps have the same key, or one has characters that a key may not "
     "have. Keys are made unique before; that this failed is a bug of this program (exit status 4). Please report it. "
     "For several uploads in one build, 'key_prefix' keeps their keys apart."},
    {"output-steps", "a document has no steps", NULL, NULL,
     "The check of the finished pipeline found an empty document, which the agent would refuse: a bug of this program "
     "(exit status 4). A repository without images gives a step that says so. Please report it."},
    {"output-utf8", "a text of the pipeline is not UTF-8", NULL, NULL,
     "YAML and JSON are UTF-8. Names of files that are not are spelled in another way before they come into a "
     "command; that this one was not is a bug of this program (exit status 4). Please report it with the name."},
    {"output-write", "the pipeline could not be written", NULL, NULL,
     "The writer of YAML or JSON failed although its input had passed all checks: memory ran out, or it is a bug of "
     "this program (exit status 4). Nothing was uploaded."},
    {"outside-repository", "a path is not in the repository", "$ depot-pipeline inspect --inputs ../other/Dockerfile",
     "$ cd ../other && depot-pipeline inspect --inputs Dockerfile",
     "What a build reads is told from the files that git tracks, so the Dockerfile and its context must be in the "
     "repository of the current directory."},
    {"repository", "the repository is not a usual one", NULL, NULL,
     "There is a '.git' that is no git directory, a bare repository without files, or the directory cannot be opened. "
     "Where it can be, it is walked without git; files that git would ignore then count as well."},
    {"several-images", "several images are built from one Dockerfile", "$ depot-pipeline inspect --inputs Dockerfile",
     "$ depot-pipeline inspect --inputs Dockerfile --context services/api",
     "Services may build one Dockerfile in different contexts, or with other targets and arguments, and read other "
     "files. The answer is for the one that is named; --context, --target and --build-arg choose another."},
    {"unreadable-directory", "a directory could not be listed", NULL, NULL,
     "Outside git the files are found by walking. This directory could not be opened, so images in it are missing "
     "from the pipeline. Give the user who runs this the right to list it."},
    {"untracked", "git cannot list the files that it does not track", NULL, NULL,
     "On a terminal a Dockerfile that was just written is shown before it is added. Git failed to say which files are "
     "new, so only those that it tracks are seen. In CI nothing changes."},
    {"unused-glob", "a glob of the settings matches no file", "watch: [lib/**]   # the directory is called libs",
     "watch: [libs/**]",
     "A glob of 'watch', 'ignore' or 'always' that matches nothing does nothing: it is mistyped, or what it meant is "
     "gone. Globs are seen from the repository's root and match whole paths: 'libs' is a file of that name, 'libs/**' "
     "all that is in the directory."},
    {"usage", "the command line is wrong", "$ depot-pipeline uplaod --qeue builders",
     "$ depot-pipeline upload --queue builders",
     "A command or option does not exist, or lacks its value. Nothing was done, and the exit status is 2. "
     "'depot-pipeline help' lists them all; each option also has a variable (--queue is DEPOT_PIPELINE_QUEUE)."},
    {"walk-limit", "there is more in the directory than is read", NULL, "$ git init && git add .",
     "Outside git at most two million names and 100 levels of directories are walked, and what lies beyond is not "
     "seen. In a git repository the index is read, and has no such limit."},
    {0},
};
