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
    {&push, BUILDER_DEPOT, "{registry: r.io/x, output: load}", "load: the settings say 'output: load'", "load"},
    {&fork_pull, BUILDER_DEPOT, "output: load", "load: the settings say 'output: load'", "it stays on the agent"},
    {&push, BUILDER_DEPOT, "output: save", "save: the settings say 'output: save'", "no registry is needed"},
    {&push, BUILDER_DEPOT, "{output: save, save_tags: ['{branch}', '{tag}', x]}",
     "save main x: the settings say 'output: save'#the saved image has no tag '{tag}': this build has no {tag}",
     "its tags"},
    {&push, BUILDER_BAKE, "output: save", "save: the settings say 'output: save'", "bake can"},
    {&push, BUILDER_COMPOSE, "output: save",
     "save: the settings say 'output: save'!only 'builder: depot' and 'builder: bake' can save an image in Depot's "
     "registry",
     "compose cannot"},
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
    image->name = TEXT("api");
    image->problems = diag_in(arena);
    image->settings = settings_for_image(arena, layers, image->name, TEXT("Dockerfile"), NULL, &problems);
    struct plan_image planned = {.image = image, .problems = diag_in(arena), .builder = rows[row].builder};
    struct template_facts facts = {.event = rows[row].event, .name = image->name};
    publish_decide(arena, &facts, &planned);
    output_decide(arena, &facts, &planned);
    return planned;
}

static struct text describe(struct arena *arena, const struct plan_image *planned) {
    static const char *const names[] = {"?", "push", "save", "load", "none", "promote"};
    struct buffer buffer = buffer_in(arena);
    buffer_add_string(&buffer, names[planned->output]);
    for (size_t i = 0; i < planned->save_tags.count; i++)
        buffer_format(&buffer, " %.*s", TEXT_ARG(value_spelling(arena, planned->save_tags.items[i])));
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
        bool pushes = planned.output == OUTPUT_PUSH;
        CHECK(plan_image_pushes(&planned) == pushes, "%s: pushed by the build", rows[i].why);
    }
    arena_finish(&arena);
    return check_done("output");
}
