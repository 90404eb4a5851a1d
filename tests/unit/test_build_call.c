#include "check.h"

#include "pipeline/build_call.h"
#include "pipeline/compose_overlay.h"

/* Two images of one compose file, app built from base; a test fills what it is about. */
struct sample {
    struct compose_extras extras;
    struct compose_build builds[2];
    struct compose_model model;
    struct image_settings settings;
    struct image images[2];
    struct plan_image planned[2];
    struct plan_link link;
    struct workspace workspace;
    struct list both;
};
enum { BASE, APP };

static struct value *value(struct arena *arena, const char *text) {
    struct value *value = arena_alloc(arena, sizeof(*value));
    *value = value_literal(arena, text_from(text));
    return value;
}

static struct text *text(struct arena *arena, const char *given) {
    struct text *text = arena_alloc(arena, sizeof(*text));
    *text = text_from(given);
    return text;
}

static void make(struct arena *arena, struct sample *out) {
    static const char *const names[] = {"base", "my.app"};
    *out = (struct sample){.model = {.directory = TEXT_INIT("my shop")}};
    texts_add(arena, &out->model.paths, TEXT("my shop/compose.yaml"));
    texts_add(arena, &out->model.paths, TEXT("my shop/-x.yaml"));
    for (size_t i = 0; i < 2; i++) {
        out->builds[i] = (struct compose_build){.service = text_from(names[i]), .extras = &out->extras};
        out->images[i] = (struct image){.name = text_from(names[i]), .build = &out->builds[i], .compose = &out->model};
        out->images[i].settings = &out->settings;
        out->images[i].context = out->images[i].dockerfile = TEXT("d");
        out->images[i].problems = diag_in(arena);
        out->images[i].project = (struct project){.id = TEXT_INIT("pro"), .is_named = true};
        list_add(arena, &out->images[i].platforms, text(arena, "linux/amd64"));
        struct image_service *service = arena_alloc(arena, sizeof(*service));
        service->name = out->builds[i].service;
        list_add(arena, &out->images[i].services, service);
        out->planned[i] = (struct plan_image){.image = &out->images[i], .number = i, .is_built = true};
        out->planned[i].problems = diag_in(arena);
        out->planned[i].builder = BUILDER_DEPOT;
        list_add(arena, &out->both, &out->planned[i]);
    }
    out->link = (struct plan_link){.base = &out->planned[BASE], .name = TEXT_INIT("r/base")};
    list_add(arena, &out->planned[APP].links, &out->link);
}

static struct text call_of(struct arena *arena, const struct sample *sample, const struct list *images) {
    struct script script = script_in(arena);
    build_call_add(&script, &sample->workspace, images, 0);
    return script_shell(&script).text;
}

static void check_has(struct text got, const char *const *expected, const char *why) {
    for (; *expected != NULL; expected++)
        CHECK(text_contains(got, text_from(*expected)), "%s: no %s in <%.*s>", why, *expected, TEXT_ARG(got));
}

static void check_lacks(struct text got, const char *const *unwanted, const char *why) {
    for (; *unwanted != NULL; unwanted++)
        CHECK(!text_contains(got, text_from(*unwanted)), "%s: %s in <%.*s>", why, *unwanted, TEXT_ARG(got));
}
#define WORDS(...)                                                                                                     \
    (const char *const[]) {                                                                                            \
        __VA_ARGS__, NULL                                                                                              \
    }

/* Options that few builds have, as `depot build` and as bake take them. */
static void test_extras(struct arena *arena) {
    struct sample sample;
    struct list one = {0};
    make(arena, &sample);
    list_add(arena, &one, &sample.planned[BASE]);
    list_add(arena, &sample.extras.no_cache_filter, value(arena, "a"));
    list_add(arena, &sample.extras.no_cache_filter, value(arena, "b c"));
    for (size_t i = 0; i < 2; i++)
        sample.planned[i].provenance = value_literal(arena, TEXT("mode=max"));
    for (size_t i = 0; i < 2; i++)
        sample.planned[i].sbom = value_literal(arena, TEXT("true"));
    check_has(call_of(arena, &sample, &sample.both),
              WORDS("--set base.no-cache-filter=a \\", "--set 'base.no-cache-filter=b c'",
                    "--set base.attest=type=provenance,mode=max", "--set base.attest=type=sbom \\"),
              "a bake");
    for (size_t i = 0; i < 2; i++)
        sample.planned[i].provenance = value_literal(arena, TEXT("false"));
    check_has(call_of(arena, &sample, &sample.both), WORDS("base.attest=type=provenance,disabled=true"),
              "no provenance");
    list_add(arena, &sample.extras.ulimits, value(arena, "nofile=1:2"));
    list_add(arena, &sample.extras.entitlements, value(arena, "security.insecure"));
    check_has(call_of(arena, &sample, &one),
              WORDS("depot build", "--ulimit nofile=1:2", "--allow security.insecure", "--no-cache-filter a \\",
                    "--no-cache-filter 'b c'", "--provenance false", "--sbom true"),
              "a build");
}

/* Docker's own calls, of one image each. */
static void test_docker(struct arena *arena) {
    struct sample sample;
    struct list one = {0};
    make(arena, &sample);
    list_add(arena, &one, &sample.planned[BASE]);
    sample.planned[BASE].builder = BUILDER_DOCKER;
    check_has(call_of(arena, &sample, &one),
              WORDS("depot_run docker build \\\n  --project pro \\\n  --file d \\\n",
                    "--metadata-file \"$depot_scratch/build.json\" \\\n  d\ndepot_is_on_depot\n"),
              "docker");
    check_lacks(call_of(arena, &sample, &one), WORDS("--push", "--load", "--builder"), "docker");
    sample.planned[BASE].builder = BUILDER_BUILDX;
    check_has(call_of(arena, &sample, &one),
              WORDS("depot_run docker buildx build \\\n  --builder \"depot_$depot_project\" \\\n  --file d \\\n",
                    "d\ndepot_is_on_depot\n"),
              "buildx");
    check_lacks(call_of(arena, &sample, &one), WORDS("--project", "--save"), "buildx");
}

/* What is pushed in a call of both. */
static void test_pushes(struct arena *arena) {
    struct sample sample;
    make(arena, &sample);
    check_lacks(call_of(arena, &sample, &sample.both), WORDS("push", "tags"), "neither");
    sample.planned[APP].is_published = true;
    list_add(arena, &sample.planned[APP].destinations, value(arena, "r/app:1"));
    struct text one = call_of(arena, &sample, &sample.both);
    check_has(one,
              WORDS("--set my-app.push=true", "--set my-app.tags=r/app:1", "contexts.r/base=target:base",
                    "--progress plain \\\n  --metadata-file \"$depot_scratch/build.json\" \\\n  base \\\n  my-app\n"),
              "one of them");
    check_lacks(one, WORDS("--push", "base.push", "base.tags"), "one of them");
    sample.planned[BASE].is_published = true;
    list_add(arena, &sample.planned[BASE].destinations, value(arena, "r/base:1"));
    struct text both = call_of(arena, &sample, &sample.both);
    check_has(both, WORDS("  --push \\\n", "contexts.r/base=target:base"), "both");
    check_lacks(both, WORDS("push=true"), "both");
}

/* The file itself, by bake. */
static void test_bake_of_file(struct arena *arena) {
    struct sample sample;
    make(arena, &sample);
    sample.builds[BASE].project = TEXT("other");
    sample.builds[BASE].no_cache = sample.builds[BASE].pull = true;
    sample.builds[BASE].shm_size = TEXT("64m");
    sample.planned[BASE].builder = sample.planned[APP].builder = BUILDER_BAKE;
    struct text got = call_of(arena, &sample, &sample.both);
    check_has(got,
              WORDS("printf '%s' '{\"target\":{\"base\":{\"project_id\":\"pro\"}}}' >\"$depot_scratch/bake.json\"\n"
                    "(cd './my shop' && depot_run depot bake \\\n",
                    "--project pro \\\n  --file compose.yaml \\\n  --file ./-x.yaml \\\n  --file "
                    "\"$depot_scratch/bake.json\" \\\n",
                    "--metadata-file \"$depot_scratch/build.json\" \\\n", "--set base.platform=linux/amd64",
                    "--set base.shm-size=64m", "--set base.no-cache=true", "--set base.pull=true",
                    "--set base.output=type=cacheonly",
                    "--set base.cache-to= ", "--set my_app.contexts.r/base=target:base", "  base \\\n  my_app)\n"),
              "bake");
    sample.model.directory = TEXT(".");
    check_lacks(call_of(arena, &sample, &sample.both), WORDS("cd ", ")\n"), "at the root");
}

/* What is laid over the file for compose. */
static void test_overlay(struct arena *arena) {
    struct sample sample;
    struct plan_argument set = {.name = TEXT_INIT("A"), .value = value_literal(arena, TEXT("$\"\\\n"))};
    struct plan_argument bare = {.name = TEXT_INIT("B"), .from_environment = true};
    struct plan_argument of_file = {.name = TEXT_INIT("C"), .value = value_literal(arena, TEXT("1"))};
    struct record_pair a = {.name = TEXT_INIT("A")}, b = {.name = TEXT_INIT("B")};
    struct list one = {0};
    make(arena, &sample);
    list_add(arena, &sample.settings.build.build_args, &a);
    list_add(arena, &sample.settings.build.build_args, &b);
    list_add(arena, &sample.planned[APP].arguments, &set);
    list_add(arena, &sample.planned[APP].arguments, &bare);
    list_add(arena, &sample.planned[APP].arguments, &of_file);
    sample.planned[APP].is_published = true;
    list_add(arena, &sample.planned[APP].destinations, value(arena, "r/app:1"));
    list_add(arena, &sample.planned[APP].destinations, value(arena, "r/app:2"));
    list_add(arena, &one, &sample.planned[APP]);
    CHECK_TEXT(compose_overlay(arena, &one),
               "services: {\"my.app\": {\"image\": \"r/app:1\", \"platform\": \"linux/amd64\", \"build\": "
               "{\"platforms\": !override [\"linux/amd64\"], \"tags\": !override [\"r/app:2\"], "
               "\"args\": {\"A\": \"$$\\\"\\\\\\u000a\", \"B\": null}, "
               "\"additional_contexts\": {\"r/base\": \"service:base\"}}}, "
               "\"base\": {\"platform\": \"linux/amd64\", \"build\": {\"platforms\": !override [\"linux/amd64\"], "
               "\"cache_to\": !override []}}}",
               "the overlay");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_extras(&arena);
    test_docker(&arena);
    test_pushes(&arena);
    test_bake_of_file(&arena);
    test_overlay(&arena);
    arena_finish(&arena);
    return check_done("build_call");
}
