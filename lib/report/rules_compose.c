#include "report/rules_pages.h"

const struct rule rules_of_compose[] = {
    {"bake-invalid", "bake would refuse the file", "target \"api\" {\n  inherits = [\"base\"]\n}",
     "target \"base\" {}\ntarget \"api\" {\n  inherits = [\"base\"]\n}",
     "The syntax is right, but 'docker buildx bake' and 'depot bake' would not build from it: a target, a group or a "
     "variable that is not there, a text where a list must be, a name that is no name, targets that are contexts of "
     "one another in a circle."},
    {"bake-key-dropped", "'depot bake' does not read a key", "target \"api\" {\n  ulimits = [\"nofile=1024\"]\n}",
     "target \"api\" {}",
     "'docker buildx bake' knows it, the bake of the Depot CLI leaves it out without a word. So a build on Depot "
     "differs from one beside it. A note, shown with --verbose."},
    {"bake-key-unknown", "bake does not read a key", "target \"api\" {\n  project-id = \"abc\"\n}",
     "target \"api\" {\n  project_id = \"abc\"\n}",
     "Neither bake complains of a key or a block that it does not know: it is as if it were not there. Often it is a "
     "word of another file format, or 'args {' where 'args = {' is meant."},
    {"bake-limit", "a bake file makes too much", NULL, NULL,
     "What targets inherit and refer to is written out for each of them, and that grew beyond all that a repository "
     "needs: a million values, 64 MiB of text, a thousand targets of matrices, or chains of more than a hundred. It is "
     "not followed further."},
    {"bake-open", "part of a bake file needs evaluation",
     "target \"api\" {\n  context = trimsuffix(\"api/\", \"/\")\n}", "target \"api\" {\n  context = \"api\"\n}",
     "Texts, lists, objects, plain variables, a matrix of them and replace, sanitize, lower and upper are read; other "
     "functions, operators, conditions and 'for' are not. A target whose context, arguments or the like need that is "
     "built by 'depot bake' from the file itself, and when it is not known what it reads, any change builds it. Tags "
     "and caches that need it are left out. A note, shown with --verbose; with 'inspect' a warning. Where the axes of "
     "a matrix or its 'name' need it, nobody here knows the targets that it makes: that is an error and a red step. "
     "Write 'matrix' and 'name' out literally, or leave the file out with 'discovery: exclude:' and build it in a step "
     "of your own."},
    {"bake-syntax", "a bake file is malformed", "target \"api\" {\n  tags = [\"api:1\"\n}",
     "target \"api\" {\n  tags = [\"api:1\"]\n}",
     "The file ends in '.hcl' or '.json' and is not that. Nothing behind the place is read. A '${' in a text begins "
     "a template; one that is meant as it stands is written '$${'."},
    {"bake-target", "a target of a bake file is left out", NULL, NULL,
     "The reason why a target is among those left out: 'depot bake' without names builds the group 'default' alone, "
     "or a service of a compose file builds the same Dockerfile, and says better how."},
    {"bake-unreadable", "a bake file could not be read", NULL, NULL,
     "It was named, and it is missing, larger than 1 MiB, not a regular file, or a link that leaves the repository."},
    {"bake-variable", "a variable of a bake file has its default", "target \"api\" {\n  context = \"${DIR}\"\n}",
     "target \"api\" {\n  context = \"api\"\n}",
     "Context, Dockerfile, stage and platforms must be known now, so a variable in one of them has the default of its "
     "'variable' block, whatever the step's environment will say. A note, shown with --verbose."},
    {"cache-dropped", "a cache that Depot leaves out", "build: {context: ., cache_from: [type=gha]}",
     "build: {context: .}",
     "A cache of the type 'gha' lives at GitHub and can be reached from GitHub's runners alone. The Depot CLI leaves "
     "it out; each Depot project has a cache of its own, which needs no word."},
    {"compose-extends", "a service extends what it cannot", "services:\n  api:\n    extends: base",
     "services:\n  base: {build: .}\n  api:\n    extends: base",
     "The service that is named is not in the file, or the services extend each other in a circle. Compose refuses the "
     "file, and it becomes a step that fails and says so."},
    {"compose-include", "two compose files define one thing, or include each other", NULL, NULL,
     "A file that is being read already cannot be included: that is an error. Where a file defines a service that it "
     "also includes, newer versions of docker compose merge the two, and so does this program; older ones refuse, "
     "hence the warning."},
    {"builder-differs", "the compose file says more than 'depot bake' reads",
     "# with 'builder: bake' in the settings\nservices:\n  api:\n    build: {context: ., extra_hosts: "
     "[\"db=10.0.0.1\"]}",
     "# .buildkite/depot-pipeline.yml\nimages:\n  - match: {name: api}\n    builder: depot",
     "With 'builder: bake' the file is built as the Depot CLI reads it, and that is not in all things as compose "
     "means it: some keys are dropped, a secret keeps the name it has in the file, an argument without a value comes "
     "from the 'environment' of the service, and 'x-bake' counts. The image may be another one than 'docker compose "
     "build' makes. 'builder: depot' says all of it to the builder. With 'builder: docker' or 'buildx' it tells that "
     "an "
     "image is built by 'depot build' all the same, for what it is built from has to be built in the same call."},
    {"builder-refuses", "the compose file cannot be built as it is",
     "# with 'builder: bake' in the settings\nsecrets: {npm: {external: true}}",
     "# .buildkite/depot-pipeline.yml\nbuilder: depot",
     "'depot bake' and 'docker compose' read the whole file before they build one service of it, and something in it "
     "stops them: an external secret, a key that is not known, a service that is built from one of another Depot "
     "project. The step will fail. 'builder: depot' does without the file."},
    {"compose-interpolation", "a variable in the compose file is malformed",
     "services:\n  api:\n    command: echo ${NAME", "services:\n  api:\n    command: echo ${NAME}",
     "Compose expands all values of a file before it looks at any, so one mistake anywhere makes the file unusable. A "
     "'$' that is meant as it stands is written '$$'."},
    {"compose-invalid", "a build of the compose file is wrong",
     "services:\n  api:\n    build:\n      context: .\n      secrets: [npm]",
     "services:\n  api:\n    build:\n      context: .\n      secrets: [npm]\nsecrets:\n  npm: {environment: NPM_TOKEN}",
     "The shape is right, but compose would refuse what it says: a secret that is not defined, both 'dockerfile' and "
     "'dockerfile_inline', a value that is no boolean. The service becomes a step that fails and says so."},
    {"compose-key-ignored", "a key of 'build' has no effect",
     "services:\n  api:\n    build: {context: ., isolation: process}", "services:\n  api:\n    build: {context: .}",
     "It is not passed on to the builder, so the step builds without it. A note, shown with --verbose: remove the "
     "key, or keep it for those who build with compose."},
    {"compose-limit", "a compose file grows beyond all bounds", NULL, NULL,
     "Includes and extends are followed 50 and 500 levels deep, over 4096 files and 64 MiB, and what merging makes has "
     "two million values at most. A file that needs more is taken for a mistake, or for malice."},
    {"compose-merge", "an override file changes the shape of a value",
     "# compose.override.yaml\nservices:\n  api:\n    build: [.]",
     "# compose.override.yaml\nservices:\n  api:\n    build: {target: dev}",
     "A file is laid over another key by key: a list cannot replace a mapping, nor a mapping a text. Compose refuses "
     "both files together, and so does this program. The second place in the message is the value that was to be "
     "overridden."},
    {"compose-not-understood", "part of the compose file cannot be known here",
     "services:\n  api:\n    build: ${DIR:?}", "services:\n  api:\n    build: ./api",
     "What is built must be known now, and nothing is guessed: a variable that only the step knows cannot say where "
     "the context is, and a file of another repository is not read. Such a service becomes a step that says so. Write "
     "its build out, or leave the file out with 'discovery: exclude:' in the settings and build it in a step of your "
     "own."},
    {"compose-overlay", "a compose file is good only over another one", "services:\n  api: {environment: {DEBUG: 1}}",
     "services:\n  api: {image: api, environment: {DEBUG: 1}}",
     "A service has neither an image nor a build. Docker compose and bake refuse such a file alone, and take it behind "
     "the one that says what the service is: 'inspect compose.yaml compose.debug.yaml'. Where no file says it, the "
     "service cannot run."},
    {"compose-schema", "the compose file has the wrong shape", "services:\n  - api", "services:\n  api:\n    build: .",
     "Compose checks the types of a file before anything else and refuses it as a whole. Here that makes one step "
     "that fails; Dockerfiles beside it are built but not pushed, for the file may say where they go."},
    {"compose-unreadable", "a compose file could not be read",
     "# .buildkite/depot-pipeline.yml\ndiscovery: {compose: [deploy.yaml]}",
     "# .buildkite/depot-pipeline.yml\ndiscovery: {compose: [deploy/compose.yaml]}",
     "The settings name it, or it was found by its name, and it is missing, too large, not a regular file, or a link "
     "that leaves the repository. It becomes a step that fails, so that none of its services is forgotten."},
    {"compose-variable", "a variable of the compose file is not set", "# compose.yaml\nname: ${PROJECT}",
     "# .env\nPROJECT=shop\n# compose.yaml\nname: ${PROJECT}",
     "The context, the Dockerfile, the target and the project's name must be known now. The environment of the "
     "machine is not asked, so that a laptop and CI give the same pipeline: only '.env' and defaults such as "
     "${PROJECT:-shop} count. A note, shown with --verbose."},
    {"context-outside", "a build context is outside the repository", "services:\n  api:\n    build: ../shared",
     "services:\n  api:\n    build: ./shared",
     "A CI job has the checkout and nothing beside it, so an absolute path, a '~' or a '..' too many names nothing "
     "there. Move the files into the repository, or give the context as a URL."},
    {"cross-project-link", "an image is built from one of another Depot project",
     "services:\n  base: {build: {context: base, x-depot: {project-id: x19jffd9zf}}}\n"
     "  api: {build: {context: api, additional_contexts: {base: service:base}}}",
     "services:\n  base: {build: base}\n  api: {build: {context: api, additional_contexts: {base: service:base}}}",
     "One call of the CLI builds in one project, so an image reaches another project only through a registry; 'depot "
     "bake' fails on such a link. A step takes it from where it is pushed, or, for a FROM, from where it was pushed "
     "last. A note, shown with --verbose; a context 'service:base' whose base is not pushed is an error (lost-base)."},
    {"dotenv-secret", "a secret in '.env' is not used", "# .env\nDB_PASSWORD=hunter2", "# .env\nDB_HOST=db",
     "What '.env' says may be written into the pipeline, where every reader of the build sees it. So a variable that "
     "has the name of a secret, or a URL with a password in it, counts as not set; the step's own environment may set "
     "it. A note, shown with --verbose. A committed secret should be replaced."},
    {"dotenv-syntax", "'.env' cannot be read", "GREETING=\"hello", "GREETING=\"hello\"",
     "Compose reads '.env' before the file, and stops at the first mistake: an open quote, a name with a blank, a "
     "'${' that does not end. The compose file becomes a step that fails."},
    {"dotenv-unreadable", "'.env' could not be opened", NULL, NULL,
     "It is there, but is no regular file, is too large, or leads out of the repository. Its variables count as not "
     "set, so values may differ from those that compose would see."},
    {"included", "a compose file is left out, for another includes it", NULL, NULL,
     "The reason why a file is among those left out. Its services are read as part of the file that includes it, with "
     "that one's variables; read by itself, too, each would be built twice."},
    {"lost-base", "an image cannot get one that it is built from",
     "services:\n  base: {build: base}\n  api:\n    build:\n      context: api\n      extra_hosts: [\"db=10.0.0.1\"]\n"
     "      additional_contexts: {base: \"service:base\"}",
     "# .buildkite/depot-pipeline.yml\nregistry: ghcr.io/acme",
     "A context 'service:base' stands for an image of the same file, not for one that is published. Where nothing is "
     "pushed, one call of 'depot bake' builds both and hands it over; here that is not possible, for the reason that "
     "the message gives. The step fails at once, rather than when the builder looks for 'base' at Docker Hub. Push "
     "the base, or take away what keeps the two apart."},
    {"overlay", "a compose file is left out, for it is an overlay", NULL, NULL,
     "The reason why a file is among those left out. Its name is that of an override file, and no file that it could "
     "override stands beside it. Where it goes with another one, say so in the settings: 'discovery: compose: "
     "[deploy/compose.yml:compose.override.yml]'."},
    {"profile", "a service with a profile is left out",
     "services:\n  web: {build: .}\n  debug: {build: {context: ., target: debug}, profiles: [dev]}",
     "services:\n  web: {build: .}\n  debug: {build: {context: ., target: debug}}",
     "The reason why a service is among those left out. 'docker compose build' passes it over, and a service without "
     "a profile builds the same Dockerfile. Where nobody else does, it is built."},
    {"second-compose-file", "a compose file is left out, for another one is taken", NULL, NULL,
     "The reason why a file is among those left out. Of the files with a default name in a directory docker compose "
     "takes the first: compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml, and one override file. "
     "'depot bake' without -f would take all of them."},
    {"secret-unset", "a secret counts as unset", NULL, NULL,
     "'inspect' prints values, and one in a variable with the name of a secret (*_TOKEN, *_PASSWORD, *_SECRET …) must "
     "not reach a log. So such a variable is unset there, whatever the environment says."},
    {"x-bake-ignored", "'x-bake' has no effect", "services:\n  api:\n    build: {context: ., x-bake: {no-cache: true}}",
     "services:\n  api:\n    build: {context: ., no_cache: true}",
     "Only bake reads this extension. Docker compose leaves it out, and so does a step that does not build with bake: "
     "use the key of 'build' that says the same, or 'builder: bake' in the settings. A note, shown with --verbose."},
    {"x-depot-ignored", "'x-depot' has no effect",
     "services:\n  api:\n    build: .\n    x-depot: {project-id: x19jffd9zf}",
     "services:\n  api:\n    build:\n      context: .\n      x-depot: {project-id: x19jffd9zf}",
     "The Depot CLI takes a project from 'build: x-depot: project-id' of a service. At the top of the file, beside "
     "'build', or under another key ('project_id') it is passed over without a word, and the image is built in the "
     "project of the nearest depot.json. So it is here. An anchor at the top that a build refers to is fine."},
    {0},
};
