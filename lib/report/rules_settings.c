#include "report/rules_pages.h"

const struct rule rules_of_settings[] = {
    {"before-publish", "a step cannot come before the push",
     "steps:\n  - name: scan\n    before: publish\n    command: scan \"$IMAGE\"",
     "output: promote\nsteps:\n  - name: scan\n    before: publish\n    command: scan \"$IMAGE\"",
     "An image that the build itself pushes is published when its build ends, so nothing can come between. With "
     "'output: promote' it is saved in Depot's registry and pushed from there by a step of its own, which waits for "
     "the "
     "steps after the build."},
    {"cache-needless", "a cache in a registry is kept beside Depot's own", "cache: ghcr.io/acme/cache",
     "# nothing: builds of one Depot project share its cache",
     "A note, shown with --verbose. The builders of a Depot project keep their cache from build to build, for all "
     "branches and machines. A second one in a registry costs time in each build and helps only those who build "
     "elsewhere: on laptops without Depot, or in another project."},
    {"excluded-directory", "a container file is left out by its directory", "test/load/Dockerfile",
     "# .buildkite/depot-pipeline.yml\ndiscovery: {include: [\"test/load/**\"]}",
     "The reason why a file is among those left out. Directories of tests, examples, fixtures and vendored code hold "
     "Dockerfiles that nobody deploys. 'discovery: include:' brings them back."},
    {"image-name", "an image's name is none for a registry",
     "images:\n  - match: {path: Services/API/Dockerfile}\n    push: always",
     "images:\n  - match: {path: Services/API/Dockerfile}\n    repository: ghcr.io/acme/services/api",
     "Names in a registry have lower-case letters, digits and few separators; the directory or service that gives "
     "this image its name has others. It is built but cannot be pushed, so its step fails. Give it a 'repository' or "
     "a 'name'."},
    {"image-lacks-tool", "the image of the step lacks what a login or a builder needs",
     "step: {image: ghcr.io/depot/cli}\nlogin: {type: helper, helper: ecr-login}",
     "step: {image: ghcr.io/depot/cli}\nlogin: {type: ecr, role: \"arn:aws:iam::123456789012:role/push\"}",
     "Logins are made in the container that the step runs in. Logins by password, OIDC and the tokens of AWS and "
     "Google "
     "need awk, base64 and curl, which the images of the Depot CLI and of the Buildkite agent have; buildkite-agent is "
     "put into every container of a Kubernetes stack. A helper needs its docker-credential-… program, the plugin ecr "
     "the "
     "aws CLI, the plugin docker-login the docker CLI, which 'builder: docker', 'buildx' and 'compose' and 'output: "
     "load' "
     "need, too: those need an image of your own. The README has the table."},
    {"login-registry", "a login does not say which registry it is for",
     "registry: [ghcr.io/acme, quay.io/acme]\nlogin: {username: ci, password_variable: PASSWORD}",
     "registry: [ghcr.io/acme, quay.io/acme]\nlogin:\n  - {registry: ghcr.io, username: ci, password_variable: "
     "GHCR_TOKEN}"
     "\n  - {registry: quay.io, username: ci, password_variable: QUAY_TOKEN}",
     "A login without 'registry' is for the one registry that the image goes to. With several the password would be "
     "sent "
     "to one that it is not for."},
    {"matrix", "a value of a matrix is asked for where none is",
     "output: promote\ntags: [\"{sha}-{{matrix}}\"]\nstep: {matrix: [a, b]}",
     "tags: [\"{sha}-{{matrix}}\"]\nstep: {matrix: [a, b]}",
     "Buildkite puts the values of a matrix into the step that has it, and into no other one. So the steps that "
     "publish "
     "or move tags, and images that are built from this one, cannot know what each job has made. Push from the build "
     "itself, give images that are built from each other the same matrix, or use the word only beside 'step: "
     "matrix:'."},
    {"matrix-tag", "several jobs of a matrix give one tag", "tags: [\"{sha}\"]\nstep: {matrix: [\"3.20\", \"3.21\"]}",
     "tags: [\"{sha}-{{matrix}}\"]\nstep: {matrix: [\"3.20\", \"3.21\"]}",
     "Each job of a matrix builds an image of its own and gives it the tags of the settings. A tag without the word of "
     "a dimension is given by several jobs, and points at what the last one has made."},
    {"output-builder", "this builder cannot save an image", "builder: compose\noutput: promote",
     "builder: bake\noutput: promote",
     "'output: save' and 'output: promote' keep the image in Depot's registry, which 'depot build' and 'depot bake' "
     "can do. 'docker compose build' cannot, even on a builder of Depot's, and the image becomes a step that fails and "
     "says so; for 'builder: docker' and 'buildx' a 'depot build' steps in, with a warning."},
    {"load-platforms", "an image for several platforms cannot be loaded",
     "output: load\nplatforms: [linux/amd64, linux/arm64]", "output: load\nplatforms: linux/amd64",
     "'output: load' puts the image into the agent's Docker, whose store takes one platform by one name. Where a "
     "compose "
     "file names several, the settings of that image can name the one to test. The image becomes a step that fails and "
     "says so."},
    {"project-file", "the Depot project cannot be read from its file", "{\"projectId\": \"x19jffd9zf\"}",
     "{\"id\": \"x19jffd9zf\"}",
     "The Depot CLI takes the key 'id' of the first depot.json, depot.yml or depot.yaml that exists, from the "
     "directory upwards, and reads it as YAML: commas and '#' comments are fine, '//' is not. Of a file that is "
     "broken, or has another key or none, it says nothing and goes on without a project. The build then uses "
     "DEPOT_PROJECT_ID or fails."},
    {"project-hidden", "a project file without an id hides a good one",
     "# services/api/depot.json\n{}\n# depot.json\n{\"id\": \"x19jffd9zf\"}", "# depot.json\n{\"id\": \"x19jffd9zf\"}",
     "The Depot CLI goes up from directory to directory and stops at the first project file that exists. When that "
     "one is broken or has no 'id', it goes on without a project, though another one further up would give it. Put "
     "the id in, or remove the file."},
    {"project-id", "a project id has an unusual form", "{\"id\": \" My-App\"}", "{\"id\": \"x19jffd9zf\"}",
     "Ids that Depot gives out are ten lower-case letters and digits; 'depot projects list' shows them. This one is "
     "passed on as it is, blanks at its ends too, and Depot will most likely not know it. The name of a project is not "
     "its id. In a compose file put quotes around an id of digits: 0123456789 alone is a number and changes."},
    {"project-shadowed", "two project files in one directory",
     "# depot.yml\nid: 0123456789\n# depot.json beside it\n{}", "# depot.yml\nid: 0123456789",
     "Of depot.json, depot.yml and depot.yaml the Depot CLI takes the first that exists, in this order, and looks at "
     "no other one, not even when the first gives no id. Keep one of them. When both say the same, this is a note, "
     "shown with --verbose."},
    {"project-start", "the Depot CLI by itself would take another project",
     "# at the root, with depot.json there and in services/api\ndepot build services/api",
     "depot build --file services/api/Dockerfile services/api",
     "'depot build DIR' looks for a project file from DIR and then from the current directory, and the last one found "
     "counts; 'depot bake -f FILE' looks from the compose file's directory alone. Steps name the project with "
     "--project: that of the file nearest to the Dockerfile. A note, shown with --verbose: whoever builds by hand "
     "should do the same, or share no cache."},
    {"project-unread", "a file with an id has a name that is not read", "# .depot.json\n{\"id\": \"x19jffd9zf\"}",
     "# depot.json\n{\"id\": \"x19jffd9zf\"}",
     "The Depot CLI reads depot.json, depot.yml and depot.yaml, without a dot before the name and in no directory of "
     "their own. This file gives an id, so somebody expects it to count. Rename it."},
    {"regex-limit", "a regular expression takes too long", "images:\n  - match: {regex: \"^(a+)+$\"}",
     "images:\n  - match: {regex: \"^a+$\"}",
     "Expressions with one repetition inside another can take time without end. Matching stops after a fixed number "
     "of steps, and the name counts as not matching, so this entry does not apply to it. Write the expression without "
     "nested repetitions, or match by 'path'."},
    {"same-destination", "two images are pushed to one place",
     "images:\n  - match: {name: api}\n    repository: ghcr.io/acme/app\n  - match: {name: web}\n    repository: "
     "ghcr.io/acme/app",
     "images:\n  - match: {name: api}\n    repository: ghcr.io/acme/api\n  - match: {name: web}\n    repository: "
     "ghcr.io/acme/web",
     "Whichever is pushed last would win, and which one that is depends on the builders. Both steps fail instead. "
     "Give one of them another repository, or another tag."},
    {"same-name", "the settings give an image a name that is taken",
     "images:\n  - match: {path: a/Dockerfile}\n    name: web\n  - match: {path: b/Dockerfile}\n    name: web",
     "images:\n  - match: {path: a/Dockerfile}\n    name: web\n  - match: {path: b/Dockerfile}\n    name: admin",
     "The name is the end of the destination and of the step's key, so one of the two would have to give way and go "
     "to another place without a word. Choose another name for one of them."},
    {"secret-argument", "a build argument holds a secret", "build_args: {NPM_TOKEN: abc123}",
     "# Dockerfile\nRUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci",
     "A value in the settings is written into the pipeline and stays in the image's history; everybody who can read "
     "one of them reads it. Use a secret mount in the Dockerfile, whose value comes from the step's environment."},
    {"settings", "a container file is left out by the settings", "discovery: {exclude: [\"legacy/**\"]}", NULL,
     "The reason why a file is among those left out: a glob under 'discovery: exclude:' matches it. Nothing is wrong, "
     "unless the glob takes more than was meant."},
    {"platform", "Depot has no machine of this platform", "platforms: [linux/amd46]", "platforms: [linux/amd64]",
     "Depot builds on machines of two kinds, linux/amd64 and linux/arm64. Another platform is emulated on the first of "
     "them, "
     "which is slow, or it is a slip of the pen, which the builder tells only when it has started."},
    {"settings-compose", "the settings name no compose file", "discovery: {compose: [../other/compose.yml]}",
     "discovery: {compose: [deploy/compose.yml:deploy/compose.prod.yml]}",
     "An entry is a path from the repository's root, or several joined by ':' that make one model, as in COMPOSE_FILE. "
     "It cannot lead out of the repository."},
    {"settings-file", "the settings could not be read", "depot-pipeline upload --config ci/images.yml",
     "depot-pipeline upload --config .buildkite/images.yml",
     "The file that --config names does not exist, or the settings file is too large, no regular file, or a link that "
     "leaves the repository. The run stops: without its settings the pipeline would push to other places."},
    {"settings-name", "a file has nearly the name of a settings file", "services/api/depot-pipeline.yaml",
     "services/api/depot-pipeline.yml",
     "Settings beside a Dockerfile are read from 'depot-pipeline.yml' only, so this file has no effect. Rename it, or "
     "remove it."},
    {"settings-type", "a setting has the wrong kind of value", "tags: \"{sha}\"\nbuild_args: [VERSION]",
     "tags: [\"{sha}\"]\nbuild_args: {VERSION: \"1\"}",
     "A list, a mapping or a text is expected where something else stands. The run stops, for a setting that was half "
     "understood could push to the wrong place. The JSON Schema ('depot-pipeline schema') lets an editor tell as you "
     "type."},
    {"settings-unused", "an entry of 'images' matches nothing",
     "images:\n  - match: {name: servces/api}\n    push: never",
     "images:\n  - match: {name: services/api}\n    push: never",
     "The image was renamed, moved or removed, or the name is misspelt; what the entry says has no effect, so an "
     "image may be pushed that should not be. The preview shows the names that images have."},
    {"settings-value", "a setting has a value that is not allowed", "push: sometimes\ntags: [\"{commit}\"]",
     "push: auto\ntags: [\"{sha}\"]",
     "The kind is right, but the value is not one of those that have a meaning, or could not be a tag, a platform or "
     "the name of a variable. The run stops. The message says what is allowed."},
    {"tag", "an image cannot be pushed under its tag", "# compose.yaml\nimage: ghcr.io/acme/API:1",
     "# compose.yaml\nimage: ghcr.io/acme/api:1",
     "With the facts of this build the destination is none that a registry takes: a tag of more than 128 characters, "
     "or a reference of compose with capital letters or a digest. The step fails rather than push under another name."},
    {"template", "a container file is left out, for it is a template",
     "# api/Dockerfile.template\nFROM {{ base_image }}", "# api/Dockerfile\nARG BASE=alpine:3.22\nFROM ${BASE}",
     "The reason why a file is among those left out. Its name or its marks ('{{', '{%', '<%') say that a program will "
     "make the real file of it, and BuildKit could not read it as it is. Where only the name says so, 'discovery: "
     "include:' brings it back."},
    {"trigger-slug", "a step triggers what is no pipeline's slug",
     "steps:\n  - name: deploy\n    trigger: deploy-{name}", "steps:\n  - name: deploy\n    trigger: deploy-{slug}",
     "Pipelines are named by slugs of small letters, digits and '-', and Buildkite refuses an upload that triggers "
     "anything else. The name of an image may have slashes, dots and '_'; {slug} is the name with '-' for them. The "
     "image's step fails and says so."},
    {"unknown-key", "a key that nobody knows", "registery: ghcr.io/acme", "registry: ghcr.io/acme",
     "A misspelt key would otherwise have no effect, and nobody would notice. In the settings the run stops; in the "
     "'build' of a compose service that service fails, as it does in compose. The nearest known key is proposed."},
    {"unknown-variable", "a variable that no option has", "DEPOT_PIPELINE_REGISTERY=ghcr.io/acme depot-pipeline",
     "DEPOT_PIPELINE_REGISTRY=ghcr.io/acme depot-pipeline",
     "Most options have a variable: DEPOT_PIPELINE_ and the option's name in capitals. This one begins so and is none "
     "of them, so nothing reads it. The nearest one is proposed. Options of a single command have no variable."},
    {"yaml-alias", "an alias has no anchor", "build_args: *defaults", "x: &defaults {TEAM: web}\nbuild_args: *defaults",
     "An alias ('*name') repeats what an anchor ('&name') above it marks. The anchor is missing, stands below, or "
     "holds its own alias. The file cannot be used."},
    {"yaml-documents", "a file has two documents", "version: 1\n---\nregistry: ghcr.io/acme",
     "version: 1\nregistry: ghcr.io/acme",
     "A line '---' begins a new document, and a settings file holds one. Which of them counts is not guessed: join "
     "them or remove one."},
    {"yaml-duplicate-key", "a key stands in a mapping twice", "push: never\ntags: [\"{sha}\"]\npush: always",
     "push: always\ntags: [\"{sha}\"]",
     "Readers of YAML differ in which of the two they take, so one of them is an error that may never show. Remove "
     "one. The second place in the message is the first of them."},
    {"yaml-key", "a key is not a text", "? [a, b]\n: 1", "a: 1\nb: 1",
     "YAML allows lists and mappings as keys, but nothing here has a use for one. It is mostly the result of a "
     "missing colon or a wrong indent."},
    {"yaml-limit", "a YAML file is too deep or too large", NULL, NULL,
     "Files are read up to 100 levels and two million values, counting what aliases and merge keys repeat. A file "
     "that goes beyond is broken, or made to exhaust whoever reads it."},
    {"yaml-merge", "'<<' is given something else than a mapping", "api:\n  <<: production", "api:\n  <<: *production",
     "A merge key takes over the keys of a mapping, or of a list of mappings, which an alias usually names. Without "
     "the '*' it is only a text."},
    {"yaml-nul", "a text holds a NUL byte", "tags: [\"a\\0b\"]", "tags: [\"ab\"]",
     "No command can be given such a text as an argument or in its environment: it would end there. Remove the "
     "escape."},
    {"yaml-syntax", "a file is not valid YAML", "tags: [\"{sha}\"\npush: auto", "tags: [\"{sha}\"]\npush: auto",
     "The message is that of the YAML reader, at the place where it could not go on; the mistake may stand a line "
     "above. Tabs for indentation, an open bracket or quote, and a colon inside a plain text are the usual ones."},
    {0},
};
