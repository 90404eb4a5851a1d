#include "check.h"

#include "base/files.h"
#include "model/settings_merge.h"
#include "plan/output.h"
#include "plan/publish.h"

static const struct event push = {.commit = TEXT_INIT("0123"), .branch = TEXT_INIT("main")};
static const struct event pull = {
    .commit = TEXT_INIT("0123"), .branch = TEXT_INIT("x"), .pull_request = TEXT_INIT("7")};
static const struct event fork_pull = {
    .commit = TEXT_INIT("0123"), .branch = TEXT_INIT("x"), .pull_request = TEXT_INIT("7"), .is_fork = true};

/* What becomes of it, the tags that it is saved under, and why it is not published. */
static const struct {
    const struct event *event;
    int builder;
    const char *settings, *expected, *why;
} rows[] = {
    {&push, BUILDER_DEPOT, "", "none: the settings name no registry", "nothing leaves by itself"},
    {&push, BUILDER_DEPOT, "registry: r.io/x", "push:", "the default"},
    {&push, BUILDER_DEPOT, "{registry: r.io/x, output: push}", "push:", "said"},
    {&push, BUILDER_DEPOT, "{registry: r.io/x, output: none}", "none: the settings say 'output: none'", "none"},
    {&push, BUILDER_DEPOT, "{registry: r.io/x, output: load}",
     "load as r.io/x/api:0123: the settings say 'output: load'", "load"},
    {&fork_pull, BUILDER_DEPOT, "output: load", "load as api:0123: the settings say 'output: load'",
     "it stays on the agent"},
    {&push, BUILDER_DEPOT, "output: save", "save: the settings say 'output: save'", "no registry is needed"},
    {&push, BUILDER_DEPOT, "{output: save, save_tags: ['{branch}', '{tag}', x]}",
     "save main x: the settings say 'output: save'#the saved image has no tag '{tag}': this build has no {tag}",
     "its tags"},
    {&push, BUILDER_BAKE, "output: save", "save: the settings say 'output: save'", "bake can"},
    {&push, BUILDER_COMPOSE, "output: save",
     "save: the settings say 'output: save'!only 'builder: depot' and 'builder: bake' can save an image in Depot's "
     "registry",
     "compose cannot"},
    {&push, BUILDER_BUILDX, "output: save",
     "save: the settings say 'output: save'!built by 'depot build', not by 'builder: buildx', which cannot save an "
     "image in Depot's registry",
     "a depot build steps in"},
    {&push, BUILDER_DEPOT, "{output: load, tags: ['{branch}', b]}",
     "load as api:main as api:b: the settings say 'output: load'", "its own name, in small letters"},
    {&push, BUILDER_DEPOT, "{output: load, tags: ['{tag}']}",
     "load as api:latest: the settings say 'output: load'#the tag '{tag}' is left out: this build has no {tag}",
     "a name without a tag would be that, too"},
    {&push, BUILDER_DEPOT, "{output: load, registry: [r.io/x, s.io], tags: a, test: [x, y]}",
     "load as r.io/x/api:a as s.io/api:a runs x runs y: the settings say 'output: load'", "where it would be pushed"},
    {&push, BUILDER_DEPOT, "{test: x, profiles: {fork: {output: load}}}",
     "none: the settings name no registry#its 'test' is not run in this build: it is not loaded", "other builds load"},
    {&fork_pull, BUILDER_DEPOT, "{output: load, test: x}",
     "load as api:0123: the settings say 'output: load'#its 'test' is not run for a fork: 'profiles: fork: test:' says "
     "what may be",
     "a test may be a file of the fork's"},
    {&fork_pull, BUILDER_DEPOT, "{output: load, test: x, profiles: {fork: {test: y}}}",
     "load as api:0123 runs x: the settings say 'output: load'", "said for forks"},
    {&push, BUILDER_DEPOT, "{registry: r.io/x, output: promote}", "promote:", "promoted"},
    {&push, BUILDER_COMPOSE, "{registry: r.io/x, output: promote, push: never, save_tags: x}",
     "save x: the settings say 'push: never'!only 'builder: depot' and 'builder: bake' can save an image in Depot's "
     "registry",
     "never"},
    {&push, BUILDER_DEPOT, "output: promote", "save: the settings name no registry", "nowhere to go"},
    {&pull, BUILDER_DEPOT, "{registry: r.io/x, output: promote}",
     "save: pull requests are not pushed; 'push: always' changes that", "its tests still have it"},
    {&pull, BUILDER_DEPOT, "{registry: r.io/x, output: promote, push: always}", "promote:", "asked for"},
    {&pull, BUILDER_DEPOT, "{registry: r.io/x, output: push}",
     "none: pull requests are not pushed; 'push: always' changes that", "as ever"},
    {&fork_pull, BUILDER_DEPOT, "{registry: r.io/x, output: promote, push: always}",
     "none: a build of a fork is never pushed", "a fork leaves nothing"},
    {&fork_pull, BUILDER_DEPOT, "{registry: r.io/x, output: save}", "none: the settings say 'output: save'",
     "nor in Depot's registry"},
};

static struct plan_image decide(struct arena *arena, size_t row) {
    struct files_memory memory;
    struct settings_layers *layers = arena_alloc(arena, sizeof(*layers));
    struct regex_cache regexes = {0};
    struct diagnostics problems = diag_in(arena);
    struct image *image = arena_alloc(arena, sizeof(*image));
    files_memory_init(&memory);
    files_memory_add(&memory, arena, TEXT(SETTINGS_PATH), text_from(rows[row].settings));
    struct settings_request request = {.files = &memory.files, .regexes = &regexes};
    CHECK(settings_load(arena, &request, &problems, layers), "%s", rows[row].settings);
    image->name = TEXT("Api");
    image->problems = diag_in(arena);
    image->settings = settings_for_image(arena, layers, image->name, TEXT("Dockerfile"), NULL, &problems);
    struct plan_image planned = {.image = image, .problems = diag_in(arena), .builder = rows[row].builder};
    struct template_facts facts = {.event = rows[row].event, .name = image->name};
    publish_decide(arena, &facts, &planned);
    output_decide(arena, &facts, &planned);
    output_choose_tests(arena, &layers->settings, rows[row].event, &planned);
    return planned;
}

static struct text describe(struct arena *arena, const struct plan_image *planned) {
    static const char *const names[] = {"?", "push", "save", "load", "none", "promote"};
    struct buffer buffer = buffer_in(arena);
    buffer_add_string(&buffer, names[planned->output]);
    for (size_t i = 0; i < planned->save_tags.count; i++)
        buffer_format(&buffer, " %.*s", TEXT_ARG(value_spelling(arena, planned->save_tags.items[i])));
    for (size_t i = 0; i < planned->loaded.count; i++)
        buffer_format(&buffer, " as %.*s", TEXT_ARG(value_spelling(arena, planned->loaded.items[i])));
    for (size_t i = 0; i < planned->tests.count; i++)
        buffer_format(&buffer, " runs %.*s", TEXT_ARG(((struct record_text_value *)planned->tests.items[i])->text));
    buffer_add_byte(&buffer, ':');
    if (!planned->is_published) buffer_format(&buffer, " %.*s", TEXT_ARG(planned->reason));
    for (size_t i = 0; i < planned->notes.count; i++)
        buffer_format(&buffer, "#%.*s", TEXT_ARG(planned->notes.items[i]));
    for (size_t i = 0; i < planned->problems.list.count; i++)
        buffer_format(&buffer, "!%.*s",
                      TEXT_ARG(((const struct diagnostic *)planned->problems.list.items[i])->message));
    return buffer_text(&buffer);
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct plan_image planned = decide(&arena, i);
        CHECK_TEXT(describe(&arena, &planned), rows[i].expected, rows[i].why);
        CHECK(plan_image_needs_docker(&planned) == plan_image_loads(&planned) || rows[i].builder > BUILDER_BAKE,
              "%s: needs a daemon", rows[i].why);
        bool pushes = planned.output == OUTPUT_PUSH;
        CHECK(plan_image_pushes(&planned) == pushes, "%s: pushed by the build", rows[i].why);
    }
    arena_finish(&arena);
    return check_done("output");
}
