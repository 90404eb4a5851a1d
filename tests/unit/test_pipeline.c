#include "scanned.h"
#include "yaml_spelling.h"

#include "pipeline/pipeline.h"

static const struct event push = {.commit = TEXT_INIT("0123456789abcdef0123456789abcdef01234567"),
                                  .branch = TEXT_INIT("main")};

/* All the documents of a pipeline, joined; NULL pointer when it was refused. */
static struct text make(struct arena *arena, const struct scanned *scanned, enum emit_format format, bool interpolates,
                        struct diagnostics *problems, struct pipeline *out) {
    struct plan plan;
    struct plan_request planned = {.workspace = &scanned->workspace, .event = &push};
    struct diagnostics unheard = diag_in(arena);
    plan_make(arena, &planned, &unheard, &plan);
    struct texts keys = step_keys(arena, &plan, TEXT(""));
    struct pipeline_request request = {
        .plan = &plan, .keys = &keys, .key_prefix = TEXT(""), .format = format, .interpolates = interpolates};
    if (!pipeline_make(arena, &request, problems, out)) return (struct text){0};
    struct text all = TEXT("");
    for (size_t i = 0; i < out->documents.count; i++) {
        const struct list *pieces = out->documents.items[i];
        for (size_t j = 0; j < pieces->count; j++)
            all = text_concat(arena, all, *(const struct text *)pieces->items[j]);
    }
    return all;
}

static const struct node *steps_of(struct arena *arena, struct text yaml) {
    struct diagnostics problems = diag_in(arena);
    struct list documents = {0};
    bool ok = yaml_read(arena, source_create(arena, TEXT("out"), yaml), &problems, &documents);
    CHECK(ok && documents.count > 0, "the output is YAML");
    const struct node *steps = ok ? node_find(documents.items[0], "steps") : NULL;
    return steps == NULL ? node_sequence(arena) : steps;
}

static struct text command_of(const struct node *steps, const char *key) {
    for (size_t i = 0; i < steps->count; i++)
        if (text_is(node_find(steps->items[i], "key")->text, key)) return node_find(steps->items[i], "command")->text;
    return TEXT("");
}

/* Two trees that say the same, whatever quotes they are written with. */
static bool same(const struct node *a, const struct node *b) {
    if (node_is_scalar(a) || node_is_scalar(b))
        return node_is_scalar(a) && node_is_scalar(b) && text_equal(a->text, b->text);
    bool ok = a->kind == b->kind && a->count == b->count;
    for (size_t i = 0; ok && i < a->count; i++)
        ok = a->kind == NODE_SEQUENCE
                 ? same(a->items[i], b->items[i])
                 : text_equal(node_key(a, i)->text, node_key(b, i)->text) && same(node_value(a, i), node_value(b, i));
    return ok;
}

static const struct {
    const char *path, *bytes;
} files[] = {
    {"api/Dockerfile", "FROM alpine\nCOPY main.c /\n"},
    {"api/main.c", ""},
    {"api/depot.json", "{\"id\": \"p1\"}"},
    {"broken/Dockerfile", "FORM alpine\n"},
    {"odd name/Dockerfile", "FROM alpine\n"},
    {"vendor/x/Dockerfile", "FROM alpine\n"},
    {"shop/compose.yaml", "services:\n"
                          "  web:\n"
                          "    image: ghcr.io/acme/web:dev\n"
                          "    build:\n"
                          "      context: .\n"
                          "      args: [A=1, \"B=${X:-it's $$5}\", C, a.b, D=\\$$x]\n"
                          "      labels: {l: v}\n"
                          "      cache_from: [type=gha]\n"
                          "      network: host\n"
                          "      shm_size: 64m\n"
                          "      no_cache: true\n"
                          "      pull: true\n"
                          "      platforms: [linux/amd64, linux/arm64]\n"
                          "  worker:\n"
                          "    build:\n"
                          "      dockerfile_inline: |\n"
                          "        FROM alpine\n"
                          "        RUN echo \"$$HOME\"\n"},
    {"shop/Dockerfile", "FROM alpine\nARG A\n"},
    {"shop/.env", "C=from env\na.b=dotted\n"},
    {".buildkite/depot-pipeline.yml",
     "registry: ghcr.io/acme\n"
     "build_args: {N: '{build_number}'}\n"
     "login: {username: u, password_variable: P}\n"
     "step: {agents: {queue: big}, timeout_in_minutes: 7, soft_fail: true, env: {V: '1.10', W: $x}}\n"},
};

static void write_shop(struct arena *arena) {
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        write_tree_file(arena, files[i].path, files[i].bytes);
}

/* Every command is shell that a shell reads; nothing of the data is lost on the way. */
static void check_commands(struct arena *arena, const struct node *steps) {
    for (size_t i = 0; i < steps->count; i++) {
        write_file("step.sh", node_find(steps->items[i], "command")->text);
        CHECK(sh("sh -n step.sh"), "step %zu is shell", i);
    }
    struct text web = command_of(steps, "build-shop-web"), worker = command_of(steps, "build-shop-worker");
    static const char *const expected[] = {"--platform linux/amd64,linux/arm64",
                                           "--build-arg A=1",
                                           "--build-arg C",
                                           "--label l=v",
                                           "--cache-from type=gha",
                                           "--network host",
                                           "--shm-size",
                                           "--no-cache",
                                           "--pull",
                                           "--push",
                                           "depot_password_variable=P",
                                           "export C=",
                                           "--tag ghcr.io/acme/shop/web:",
                                           "--tag ghcr.io/acme/web:dev",
                                           "D=\\"};
    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
        CHECK(text_contains(web, text_from(expected[i])), "%s in <%.*s>", expected[i], TEXT_ARG(web));
    CHECK(!text_contains(web, TEXT("export a.b")), "no shell has a variable a.b");
    CHECK(text_contains(worker, TEXT("--file \"$depot_scratch/Dockerfile\"")) && text_contains(worker, TEXT("$HOME")),
          "an inline Dockerfile");
    CHECK(text_contains(command_of(steps, "build-broken"), TEXT("FORM")), "a red step shows the line");
    CHECK(text_contains(command_of(steps, "build-api"), TEXT("DEPOT_PROJECT_ID:-p1")), "the project of depot.json");
    CHECK(text_contains(command_of(steps, "build-odd-name"), TEXT("'odd name/Dockerfile'")) ||
              text_contains(command_of(steps, "build-odd-name"), TEXT("cannot be the name")),
          "a space in a path");
    (void)arena;
}

static void test_shop(struct arena *arena) {
    struct scanned scanned;
    struct pipeline pipeline;
    write_shop(arena);
    scanned_open(arena, NULL, &scanned);
    CHECK(scanned.ok && scanned.workspace.images.count == 5, "%zu images", scanned.workspace.images.count);
    struct text plain = make(arena, &scanned, EMIT_YAML, false, &scanned.problems, &pipeline);
    struct text escaped = make(arena, &scanned, EMIT_YAML, true, &scanned.problems, &pipeline);
    struct text json = make(arena, &scanned, EMIT_JSON, true, &scanned.problems, &pipeline);
    CHECK(text_is_given(plain) && text_is_given(escaped) && text_is_given(json), "all three are made");
    const struct node *steps = steps_of(arena, plain);
    CHECK(steps->count == 5 && pipeline.jobs == 5 && pipeline.bundled == 1, "five steps");
    check_commands(arena, steps);
    CHECK(same(steps_of(arena, escaped), steps_of(arena, json)), "YAML and JSON say the same");
    CHECK(!text_equal(plain, escaped) && text_contains(escaped, TEXT("$$")), "dollars are doubled");
    CHECK(text_contains(plain, TEXT("timeout_in_minutes: 7\n")) && text_contains(plain, TEXT("soft_fail: true\n")),
          "plain numbers and booleans of the user stay what they are");
    CHECK(text_contains(plain, TEXT("V: \"1.10\"")), "but a version is text");
    struct text again = make(arena, &scanned, EMIT_YAML, true, &scanned.problems, &pipeline);
    CHECK(text_equal(escaped, again), "the same bytes again");
    scanned_close(&scanned);
}

static void test_nothing(struct arena *arena) {
    struct scanned scanned;
    struct pipeline pipeline;
    sh("rm -rf ./* .git .buildkite && mkdir -p vendor");
    write_tree_file(arena, "vendor/Dockerfile", "FROM x\n");
    scanned_open(arena, NULL, &scanned);
    struct text text = make(arena, &scanned, EMIT_YAML, true, &scanned.problems, &pipeline);
    CHECK(text_contains(text, TEXT("every container file here is left out")), "<%.*s>", TEXT_ARG(text));
    CHECK(text_contains(text, TEXT("key: \"build-nothing\"")), "a step that says so");
    scanned_close(&scanned);
}

/* Above 30 steps a group, above 500 another document. */
static void test_many(struct arena *arena) {
    static const struct {
        const char *sequence;
        size_t images, documents;
        bool grouped;
    } counts[] = {{"30", 30, 1, false}, {"31", 31, 1, true}, {"500", 500, 1, true}, {"501", 501, 2, true}};
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        struct scanned scanned;
        struct pipeline pipeline = {0};
        sh("rm -rf ./* .git");
        sh(text_string(arena, text_format(arena, "for i in $(seq %s); do mkdir i$i; echo FROM x >i$i/Dockerfile; done",
                                          counts[i].sequence)));
        scanned_open(arena, NULL, &scanned);
        struct text text = make(arena, &scanned, EMIT_YAML, true, &scanned.problems, &pipeline);
        CHECK(pipeline.documents.count == counts[i].documents, "%s images: %zu", counts[i].sequence,
              pipeline.documents.count);
        CHECK(pipeline.jobs == counts[i].images, "%s images: %zu jobs", counts[i].sequence, pipeline.jobs);
        CHECK(text_contains(text, TEXT("group:")) == counts[i].grouped, "%s images", counts[i].sequence);
        struct text json = make(arena, &scanned, EMIT_JSON, true, &scanned.problems, &pipeline);
        CHECK(same(steps_of(arena, text), steps_of(arena, json)), "%s images: JSON says the same", counts[i].sequence);
        scanned_close(&scanned);
    }
}

/* A key of the user's own attributes with a dollar, a key that YAML needs quoted. */
static void test_attributes(struct arena *arena) {
    struct scanned scanned;
    struct pipeline pipeline;
    sh("rm -rf ./* .git");
    write_tree_file(arena, "Dockerfile", "FROM x\n");
    write_tree_file(arena, ".buildkite/depot-pipeline.yml",
                    "step: {plugins: [{'docker#v1': {x: 'a\\$b', 'true': [null, ~, yes, 010, 1e3, 0, -5, 1.5]}}]}\n");
    scanned_open(arena, NULL, &scanned);
    struct text text = make(arena, &scanned, EMIT_YAML, true, &scanned.problems, &pipeline);
    CHECK(text_contains(text, TEXT("x: \"a${DEPOT_PIPELINE_NEVER_SET:-\\\\}$$b\"")), "<%.*s>", TEXT_ARG(text));
    CHECK(text_contains(text, TEXT("\"true\":\n")), "a key that YAML would take for a boolean");
    CHECK(text_contains(text, TEXT("- null\n")) && text_contains(text, TEXT("- \"yes\"\n")) &&
              text_contains(text, TEXT("- \"010\"\n")) && text_contains(text, TEXT("- 0\n")) &&
              text_contains(text, TEXT("- -5\n")) && text_contains(text, TEXT("- \"1.5\"\n")),
          "<%.*s>", TEXT_ARG(text));
    scanned_close(&scanned);
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    scratch_begin();
    test_shop(&arena);
    test_nothing(&arena);
    test_many(&arena);
    test_attributes(&arena);
    scratch_end();
    arena_finish(&arena);
    return check_done("pipeline");
}
