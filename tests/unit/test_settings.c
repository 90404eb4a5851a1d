#include "check.h"

#include "base/files.h"
#include "format/yaml_read.h"
#include "model/settings_check.h"
#include "model/settings_merge.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct text write_problems(struct arena *arena, const struct diagnostics *problems) {
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < problems->list.count; i++) {
        const struct diagnostic *problem = problems->list.items[i];
        buffer_format(&buffer, "%u:%u %s: %.*s\n", problem->place.line, problem->place.column, problem->rule,
                      TEXT_ARG(problem->message));
    }
    return buffer_text(&buffer);
}

static const struct node *parse(struct arena *arena, const char *yaml) {
    struct diagnostics problems = diag_in(arena);
    const struct node *node = NULL;
    CHECK(yaml_read_one(arena, source_create(arena, TEXT("f"), text_from(yaml)), &problems, &node), "%s", yaml);
    return node;
}

static bool load(struct arena *arena, const char *yaml, const char *above, struct regex_cache *regexes,
                 struct diagnostics *problems, struct settings_layers *out) {
    struct files_memory memory;
    files_memory_init(&memory);
    if (yaml != NULL) files_memory_add(&memory, arena, TEXT(SETTINGS_PATH), text_from(yaml));
    const struct node *top = above == NULL ? NULL : parse(arena, above);
    struct settings_request request = {.files = &memory.files, .above = top, .regexes = regexes};
    return settings_load(arena, &request, problems, out);
}

/* Each alone: what is refused is told with its place; "" is accepted. */
static const struct {
    const char *yaml, *problems;
} rows[] = {
    {"", ""},
    {"# only a comment\n", ""},
    {"version: 1\n", ""},
    {"version: 2\n", "1:10 settings-value: this program reads version 1 of the settings\n"},
    {"[a]\n", "1:1 settings-type: settings are a mapping, not a list\n"},
    {"a\n", "1:1 settings-type: settings are a mapping, not a string\n"},
    {"a: 1\n---\nb: 2\n", "3:1 yaml-documents: a second document ('---') in a file that holds one\n"},
    {"build_args: {A: \"x\\0\"}\n", "1:17 yaml-nul: a text with a NUL, which no command can be given\n"},
    {"regsitry: x\n", "1:1 unknown-key: unknown key 'regsitry'; did you mean 'registry'?\n"},
    {"image:\n", "1:1 unknown-key: unknown key 'image'; did you mean 'images'?\n"},
    {"discovery:\n  exlude: x\n", "2:3 unknown-key: unknown key 'exlude'; did you mean 'exclude'?\n"},
    {"images:\n  - match: {name: a}\n    platfroms: x\n",
     "3:5 unknown-key: unknown key 'platfroms'; did you mean 'platforms'?\n"},
    {"registry: ghcr.io/acme\n", ""},
    {"registry: ghcr.io/acme/\n", ""},
    {"registry: ghcr.io/Acme\n", "1:11 settings-value: 'ghcr.io/Acme' is not a registry with a path, such as "
                                 "ghcr.io/acme: invalid reference format: repository name must be lowercase\n"},
    {"registry: https://ghcr.io/acme\n", NULL},
    {"registry: ''\n", NULL},
    {"platforms: linux/arm64\n", ""},
    {"platforms: [linux/amd64, linux/arm/v7]\n", ""},
    {"platforms: linux\n", "1:12 settings-value: 'linux' is not a platform, such as linux/arm64\n"},
    {"platforms: linux/arm/v7/x\n", NULL},
    {"platforms: /amd64\n", NULL},
    {"platforms: linux/\n", NULL},
    {"platforms: ''\n", NULL},
    {"platforms: linux/$(x)\n", NULL},
    {"tags: ['{sha}', 'v{tag}', '{branch}-{short_sha}', 'pr-{pull_request}', '{build_number}', '{env:X}']\n", ""},
    {"tags: '{nonsense}'\n",
     "1:7 settings-value: '{nonsense}' is not a word of a template; the words are {sha} {short_sha} {branch} "
     "{default_branch} {base_branch} {tag} {version} {semver} {semver.major} {semver.minor} {semver.patch} {date} "
     "{date:FORMAT} {name} {slug} {pull_request} {build_number} {env:NAME}\n"},
    {"tags: '{env:1}'\n", NULL},
    {"tags: 'a b'\n", "1:7 settings-value: 'a b' cannot be a tag of an image\n"},
    {"tags: ''\n", NULL},
    {"tags: '{sha'\n", NULL},
    {"build_args: {A: 1, B: , C: '{sha}', D: '{x}'}\n", ""},
    {"build_args: {a.b: 1}\n", "1:19 settings-value: 'a.b' is not the name of a build argument\n"},
    {"build_args: {NPM_TOKEN: x}\n",
     "1:25 secret-argument: the value of 'NPM_TOKEN' ends up in the image and in the pipeline; a secret belongs in RUN "
     "--mount=type=secret\n"},
    {"build_args: {NPM_TOKEN: }\n", ""}, /* from the environment: no value of ours */
    {"kubernetes: {image: 'ghcr.io/acme/agent:3', docker: sidecar}\n", ""},
    {"kubernetes: {docker: dind}\n", "1:22 settings-value: 'docker' is none, sidecar or socket, not 'dind'\n"},
    {"kubernetes: {image: 'a b'}\n", "1:21 settings-value: 'a b' is not an image, such as ghcr.io/acme/agent:3\n"},
    {"kubernetes: {secrets: [a.b, A]}\n",
     "1:29 settings-value: 'A' is not the name of a secret: small letters, digits and '-'\n"},
    {"kubernetes: {token: {secret: s}}\n", "1:21 settings-value: 'kubernetes: token:' needs 'auth: token'\n"},
    {"auth: token\nkubernetes: {token: {secret: s}}\n", ""},
    {"auth: token\nkubernetes: {token: {key: k}}\n",
     "2:21 settings-value: 'token' needs 'secret', the name of a secret\n"},
    {"auth: token\ntoken_secret: t\nkubernetes: {token: {secret: s}}\n",
     "2:15 settings-value: 'token_secret' and 'kubernetes: token:' are two ways to one token: give one\n"},
    {"kubernetes: {env: [{name: A-B, secret: s, key: 'a b'}, {name: C}]}\n",
     "1:27 settings-value: 'A-B' is not the name of a variable\n"
     "1:48 settings-value: 'a b' is not a key of a secret: letters, digits, '.', '_' and '-'\n"
     "1:56 settings-value: a variable needs 'name' and 'secret'\n"},
    {"kubernetes: {resources: {requests: {cpu: 0.5, memory: 1Gi}, limits: {nvidia.com/gpu: 1}}}\n", ""},
    {"kubernetes: {resources: {requests: {cpu: much}}}\n",
     "1:42 settings-value: 'much' is not a quantity, such as 500m or 1Gi\n"},
    {"kubernetes: {metadata: {labels: {a b: c}}}\n",
     "1:39 settings-value: 'a b' is not the name of a label or annotation\n"},
    {"kubernetes: {git_mirrors: {claim: c, host_path: /d}}\n",
     "1:27 settings-value: 'git_mirrors' needs either 'claim' or 'host_path'\n"},
    {"kubernetes: {git_mirrors: {host_path: d}}\n",
     "1:39 settings-value: 'd' is not an absolute path of letters, digits and /._-+@\n"},
    {"kubernetes: {checkout: {clone_flags: -v}}\n", "1:25 settings-value: the kubernetes plugin's 'checkout' has no "
                                                    "'clone_flags'; it has cloneFlags, fetchFlags, skip "
                                                    "…\n"},
    {"kubernetes: {pod_patch: {nodeSelector: {$X: y}}}\n",
     "1:41 settings-value: a key with '$' would be rewritten by the Buildkite agent\n"},
    {"kubernetes: {plugin: never, image: x}\n", ""},
    {"kubernetes: {plugin: never, docker: none, secrets: [a]}\n",
     "1:52 settings-value: 'secrets' needs the kubernetes plugin, which 'plugin: never' forbids; the controller's "
     "'default-command-params: envFrom' gives them to all pods\n"},
    {"kubernetes: {plugin: never, docker: socket}\n", NULL},
    {"push: sometimes\n", "1:7 settings-value: 'push' is auto, always or never, not 'sometimes'\n"},
    {"login: {username: a, password_variable: P}\n", ""},
    {"login: {username: a}\n", "1:8 settings-value: a login needs 'password_variable', the name of the variable that "
                               "holds the password\n"},
    {"login: {user: x}\n", "1:9 unknown-key: unknown key 'user'; did you mean 'username'?\n"},
    {"login: {us: x}\n", "1:9 unknown-key: unknown key 'us' in 'login'\n"},
    {"kubernetes: {git_mirrors: {cliam: c}}\n", "1:28 unknown-key: unknown key 'cliam'; did you mean 'claim'?\n"},
    {"tests: [{chnged: x}]\nlogin: {username: a}\n",
     "1:10 unknown-key: unknown key 'chnged'; did you mean 'changed'?\n"
     "2:8 settings-value: a login needs 'password_variable', the name of the variable that holds the password\n"},
    {"login: {password_variable: P}\n", "1:8 settings-value: a login needs 'username' or 'username_variable'\n"},
    {"login: {username: a, password_variable: hunter2!}\n",
     "1:41 settings-value: this is the name of an environment variable: letters, digits and '_', not a value\n"},
    {"login: {username: a, password_variable: P, registry: 'a b'}\n", NULL},
    {"step: {agents: {queue: x}, env: {A: b}}\n", ""},
    {"step: {command: x}\n", "1:8 settings-value: 'command' of a step is decided by the program\n"},
    {"step: {env: {MY_TOKEN: x}}\n", "1:14 settings-value: agents refuse a pipeline whose 'env' names 'MY_TOKEN'; give "
                                     "it by 'secrets' or an agent hook\n"},
    {"step: {env: {$A: x}}\n", "1:14 settings-value: a key with '$' would be rewritten by the Buildkite agent\n"},
    {"steps: [{name: a, command: x, mtach: {name: b}, afetr: publish, befor: publish}]\n",
     "1:31 unknown-key: unknown key 'mtach'; did you mean 'match'?\n"
     "1:49 unknown-key: unknown key 'afetr'; did you mean 'after'?\n"
     "1:65 unknown-key: unknown key 'befor'; did you mean 'before'?\n"},
    {"steps: [{name: a, command: x, when: tag}]\n",
     "1:31 unknown-key: nothing reads 'when' here; an entry of 'steps' has 'match', 'after' and 'before', one of "
     "'gates' 'when' and 'before'\n"},
    {"steps: [{name: a, command: x, agents: {queue: q}, x-ours: 1, later_invention: [1]}]\n", ""},
    {"gates: [{label: a, whn: fork, allowed_teems: b}]\n",
     "1:20 unknown-key: unknown key 'whn'; did you mean 'when'?\n"
     "1:31 unknown-key: unknown key 'allowed_teems'; did you mean 'allowed_teams'?\n"},
    {"gates: [{label: a, when: fork, prompt: b, fields: [], later_invention: 1}]\n", ""},
    {"images: [{match: {name: a}, step: {comand: x}}]\n",
     "1:36 unknown-key: unknown key 'comand'; did you mean 'command'?\n"},
    {"step: [{plugins: x}]\n", "1:7 settings-type: 'step' takes a mapping, not a list\n"},
    {"cli: {version: 2.102.6}\n", ""},
    {"cli: {version: 9.9.9}\n", "1:16 settings-value: no checksums are known for 9.9.9; give them in 'cli: sha256:'\n"},
    {"cli: {version: 9.9.9}\ninstall: script\n", ""},
    {"cli: {version: 9.9.9, sha256: {linux_amd64: " SHA "}}\n", ""},
    {"cli: {version: latest}\n", NULL},
    {"cli: {version: 9.9.9}\ninstall: image\n", ""},
    {"install: image\ncli: {image: 'r.test/depot:1'}\n", ""},
    {"cli: {image: r.test/depot}\n", "1:14 settings-value: 'image' needs 'install: image'\n"},
    {"install: image\ncli: {image: 'a b'}\n", "2:14 settings-value: 'a b' is not the name of an image\n"},
    {"builder: docker\n", ""},
    {"builder: buildx\n", ""},
    {"cli: {sha256: {linux_amd64: abc}}\n",
     "1:29 settings-value: a sha256 is 64 hexadecimal digits in small letters\n"},
    {"cli: {sha256: {'linux amd64': " SHA "}}\n", NULL},
    {"cli: {sha256: {linux_amd64: }}\n", NULL},
    {"cli: {url: 'file:///x'}\n", "1:12 settings-value: the mirror is an address that begins with https://\n"},
    {"auth: token\ntoken_secret: depot\n", ""},
    {"token_secret: depot\n", "1:15 settings-value: 'token_secret' needs 'auth: token'\n"},
    {"auth: token\ntoken_secret: a b\n", "2:15 settings-value: 'a b' is not the name of a Buildkite secret\n"},
    {"key_prefix: a_b-\n", ""},
    {"key_prefix: a.b\n", "1:13 settings-value: a prefix has up to 40 letters, digits, '_' and '-'\n"},
    {"key_prefix: aaaaaaaaaabbbbbbbbbbccccccccccddddddddddx\n", NULL},
    {"discovery: {include: '**/x', exclude: ['a/*', '{b,c}']}\n", ""},
    {"discovery: {exclude: '[a'}\n", "1:22 settings-value: '[a' is not a glob: '[' without ']'\n"},
    {"images: [{match: {name: a}, context: ../x}]\n", NULL},
    {"images: [{match: {name: a}, context: /x}]\n", NULL},
    {"images: [{name: x}]\n",
     "1:10 settings-value: an entry of 'images' needs 'match' with a name, a path, a regex or an event\n"},
    {"images: [{match: {}}]\n",
     "1:10 settings-value: an entry of 'images' needs 'match' with a name, a path, a regex or an event\n"},
    {"images: [{match: {path: '{a'}}]\n", NULL},
    {"images: [{match: {regex: '('}}]\n",
     "1:26 settings-value: '(' is not a regular expression: missing closing parenthesis at character 2\n"},
    {"images: [{match: {regex: '^a'}, repository: ghcr.io/a/b, target: t}]\n", ""},
    {"images: [{match: {name: a}, name: ''}]\n", NULL},
};

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct diagnostics problems = diag_in(arena);
        struct regex_cache regexes = {0};
        struct settings_layers layers;
        bool ok = load(arena, rows[i].yaml, NULL, &regexes, &problems, &layers);
        struct text written = write_problems(arena, &problems);
        if (rows[i].problems != NULL) CHECK_TEXT(written, rows[i].problems, rows[i].yaml);
        CHECK(ok != diag_has_errors(&problems), "refused just when an error is told: %s", rows[i].yaml);
        CHECK(rows[i].problems != NULL || !ok, "refused: %s", rows[i].yaml);
        regex_finish(&regexes);
    }
}

static void test_files(struct arena *arena) {
    struct files_memory memory;
    struct settings_layers layers;
    struct diagnostics problems = diag_in(arena);
    struct regex_cache regexes = {0};
    files_memory_init(&memory);
    struct settings_request request = {.files = &memory.files, .regexes = &regexes};
    CHECK(settings_load(arena, &request, &problems, &layers), "no file is fine");
    request.path = TEXT("x.yml");
    CHECK(!settings_load(arena, &request, &problems, &layers), "but a named one");
    CHECK_TEXT(write_problems(arena, &problems), "0:0 settings-file: the settings file does not exist\n", "is missed");
    problems = diag_in(arena);
    char *large = memset(arena_alloc(arena, SETTINGS_SIZE_LIMIT + 1), '#', SETTINGS_SIZE_LIMIT + 1);
    files_memory_add(&memory, arena, TEXT(SETTINGS_PATH), text_of(large, SETTINGS_SIZE_LIMIT + 1));
    request.path = (struct text){0};
    CHECK(!settings_load(arena, &request, &problems, &layers), "too large");
    CHECK_TEXT(write_problems(arena, &problems),
               "0:0 settings-file: the settings file is larger than 1 MiB, the most that is read\n", "its reason");
    problems = diag_in(arena);
    CHECK(!load(arena, "push: never\n", "{push: nope}", &regexes, &problems, &layers), "options are checked too");
}

/* The registry, the push setting and the tags of one image, from every layer. */
static const struct {
    const char *file, *above, *beside;
    const char *name, *path;
    const char *expected; /* registry, push (as stored), tags, build arguments, target */
    const char *why;
} merges[] = {
    {NULL, NULL, NULL, "a", "a/Dockerfile", "- 0 - - -", "no settings at all"},
    {"{registry: r.io/x, tags: [1, 2]}", NULL, NULL, "a", "a/Dockerfile", "r.io/x 0 1,2 - -", "of the file"},
    {"{registry: r.io/x}", "{registry: r.io/y}", NULL, "a", "a/Dockerfile", "r.io/y 0 - - -", "an option wins"},
    {"{registry: r.io/x, images: [{match: {name: a}, registry: r.io/z}]}", NULL, NULL, "a", "a/Dockerfile",
     "r.io/z 0 - - -", "an image's own"},
    {"{registry: r.io/x, images: [{match: {name: a}, registry: r.io/z}]}", "{registry: r.io/y}", NULL, "a",
     "a/Dockerfile", "r.io/y 0 - - -", "an option beats that too"},
    {"{registry: r.io/x, images: [{match: {name: a}, registry: r.io/z}]}", NULL, NULL, "b", "a/Dockerfile",
     "r.io/x 0 - - -", "another name"},
    {"{images: [{match: {name: a}, push: never, tags: 1}, {match: {path: 'a/*'}, tags: 2}]}", NULL, NULL, "a",
     "a/Dockerfile", "- 3 2 - -", "in order: a later one wins, key by key"},
    {"{images: [{match: {regex: '^a'}, target: t}]}", NULL, NULL, "abc", "x/Dockerfile", "- 0 - - t", "by regex"},
    {"{images: [{match: {regex: '^a', path: 'y/**'}, target: t}]}", NULL, NULL, "abc", "x/Dockerfile", "- 0 - - -",
     "all that is given must hold"},
    {"{images: [{match: {path: '**/Dockerfile'}, target: t}]}", NULL, NULL, "x", "Dockerfile", "- 0 - - t", "by path"},
    {"{images: [{match: {name: a}, target: t, push: never}]}", NULL, "{target: u}", "a", "a/Dockerfile", "- 3 - - u",
     "the file beside the Dockerfile beats the entry"},
    {NULL, "{push: always}", "{push: never}", "a", "a/Dockerfile", "- 2 - - -", "an option beats the file beside it"},
    {"{build_args: {A: 1, B: 2}}", NULL, "{build_args: {B: 3, C: 4}}", "a", "a/Dockerfile", "- 0 - A=1,B=3,C=4 -",
     "mappings are merged key by key"},
    {"{registry: r.io/x}", NULL, "{registry: }", "a", "a/Dockerfile", "- 0 - - -", "null takes a setting back"},
    {"{key_prefix: p-, install: none}", NULL, "{target: t}", "a", "a/Dockerfile", "- 0 - - t",
     "what is not about images stays out"},
    {"{images: [{match: {regex: '(a+)+$'}, target: t}]}", NULL, NULL, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "x",
     "- 0 - - - 1:27 regex-limit: the regular expression needs too many steps for "
     "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'; it counts as not matching\n",
     "a limit is told"},
};

static struct text describe(struct arena *arena, const struct image_settings *image,
                            const struct diagnostics *problems) {
    struct buffer buffer = buffer_in(arena);
    const struct build_settings *build = &image->build;
    if (build->registries.count == 0) buffer_add(&buffer, TEXT("-"));
    for (size_t i = 0; i < build->registries.count; i++)
        buffer_format(&buffer, "%s%.*s", i == 0 ? "" : "+",
                      TEXT_ARG(((const struct record_text_value *)build->registries.items[i])->text));
    buffer_format(&buffer, " %d ", build->push);
    for (size_t i = 0; i < build->tags.count; i++)
        buffer_format(&buffer, "%s%.*s", i == 0 ? "" : ",",
                      TEXT_ARG(((const struct record_text_value *)build->tags.items[i])->text));
    buffer_add_string(&buffer, build->tags.count == 0 ? "- " : " ");
    for (size_t i = 0; i < build->build_args.count; i++) {
        const struct record_pair *pair = build->build_args.items[i];
        buffer_format(&buffer, "%s%.*s=%.*s", i == 0 ? "" : ",", TEXT_ARG(pair->name), TEXT_ARG(pair->value));
    }
    buffer_add_string(&buffer, build->build_args.count == 0 ? "- " : " ");
    buffer_add(&buffer, image->target.node == NULL ? TEXT("-") : image->target.text);
    if (problems->list.count > 0) buffer_add_byte(&buffer, ' ');
    buffer_add(&buffer, write_problems(arena, problems));
    return buffer_text(&buffer);
}

static void test_merges(struct arena *arena) {
    for (size_t i = 0; i < sizeof(merges) / sizeof(*merges); i++) {
        struct diagnostics problems = diag_in(arena);
        struct regex_cache regexes = {0};
        struct settings_layers layers = {0};
        bool ok = load(arena, merges[i].file, merges[i].above, &regexes, &problems, &layers);
        const struct node *beside = NULL;
        if (merges[i].beside != NULL)
            ok &= settings_read_beside(arena, source_create(arena, TEXT("b"), text_from(merges[i].beside)), &problems,
                                       &beside);
        CHECK(ok, "%s", merges[i].why);
        const struct image_settings *image =
            settings_for_image(arena, &layers, text_from(merges[i].name), text_from(merges[i].path), beside, &problems);
        CHECK_TEXT(describe(arena, image, &problems), merges[i].expected, merges[i].why);
        regex_finish(&regexes);
    }
}

static const struct {
    const char *yaml, *problems;
} besides[] = {
    {"", ""},
    {"target: t\n", ""},
    {"key_prefix: x\n", NULL}, /* a setting of the repository */
    {"match: {name: a}\n", NULL},
    {"contxt: x\n", "1:1 unknown-key: unknown key 'contxt'; did you mean 'context'?\n"},
    {"[]\n", "1:1 settings-type: settings are a mapping, not a list\n"},
    {"context: ../..\n", NULL},
};

static void test_beside(struct arena *arena) {
    for (size_t i = 0; i < sizeof(besides) / sizeof(*besides); i++) {
        struct diagnostics problems = diag_in(arena);
        const struct node *node = NULL;
        const struct source *source = source_create(arena, TEXT("b"), text_from(besides[i].yaml));
        bool ok = settings_read_beside(arena, source, &problems, &node);
        if (besides[i].problems != NULL) CHECK_TEXT(write_problems(arena, &problems), besides[i].problems, "beside");
        CHECK(ok != diag_has_errors(&problems) && ok == (besides[i].problems != NULL && besides[i].problems[0] == '\0'),
              "%s", besides[i].yaml);
    }
}

static void test_unused(struct arena *arena) {
    struct diagnostics problems = diag_in(arena);
    struct regex_cache regexes = {0};
    struct settings_layers layers;
    CHECK(load(arena, "images:\n  - match: {name: a}\n  - match: {name: b}\n", NULL, &regexes, &problems, &layers),
          "ok");
    const struct image_settings *one = settings_for_image(arena, &layers, TEXT("c"), TEXT("x"), NULL, &problems);
    CHECK(one == settings_for_image(arena, &layers, TEXT("d"), TEXT("x"), NULL, &problems),
          "shared by the common ones");
    CHECK(one != settings_for_image(arena, &layers, TEXT("a"), TEXT("x"), NULL, &problems), "not by this one");
    settings_report_unused(&layers, &problems);
    CHECK_TEXT(write_problems(arena, &problems), "3:5 settings-unused: no image matches this entry of 'images'\n", "b");
    regex_finish(&regexes);
}

static void test_schema(struct arena *arena) {
    const struct node *schema = settings_schema(arena), *properties = node_find(schema, "properties");
    struct texts keys = {0};
    record_keys(arena, &settings_table, &keys);
    CHECK(properties->count == keys.count, "every key: %zu of %zu", properties->count, keys.count);
    for (size_t i = 0; i < keys.count; i++) {
        const struct node *property = node_find_text(properties, keys.items[i]);
        CHECK(property != NULL && node_find(property, "description")->text.len > 10, "%.*s has help",
              TEXT_ARG(keys.items[i]));
    }
    const struct node *definitions = node_find(schema, "definitions");
    CHECK(node_find(definitions, "images") != NULL && node_find(definitions, "match") != NULL, "nested tables");
    CHECK(node_find(definitions, "image") == NULL, "inline tables are taken apart");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_files(&arena);
    test_merges(&arena);
    test_beside(&arena);
    test_unused(&arena);
    test_schema(&arena);
    arena_finish(&arena);
    return check_done("settings");
}
