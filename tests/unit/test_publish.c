#include "check.h"

#include "base/files.h"
#include "model/settings_merge.h"
#include "plan/facts.h"
#include "plan/publish.h"

#define SHA "0123456789abcdef0123456789abcdef01234567"

static const struct event push = {.commit = TEXT_INIT(SHA), .branch = TEXT_INIT("main")};
static const struct event tag = {.commit = TEXT_INIT(SHA), .branch = TEXT_INIT("v1"), .tag = TEXT_INIT("v1")};
static const struct event pull = {.commit = TEXT_INIT(SHA), .branch = TEXT_INIT("x"), .pull_request = TEXT_INIT("7")};
static const struct event fork_pull = {
    .commit = TEXT_INIT(SHA), .branch = TEXT_INIT("x"), .pull_request = TEXT_INIT("7"), .is_fork = true};
static const struct event nowhere = {0}; /* outside git */
static const struct event release = {
    .commit = TEXT_INIT(SHA), .branch = TEXT_INIT("v1.2.3"), .tag = TEXT_INIT("v1.2.3")};
static const struct event candidate = {
    .commit = TEXT_INIT(SHA), .branch = TEXT_INIT("v1.2.3-rc.1"), .tag = TEXT_INIT("v1.2.3-rc.1")};
static const struct event usual = {
    .commit = TEXT_INIT(SHA), .branch = TEXT_INIT("main"), .default_branch = TEXT_INIT("main")};
static const struct event side = {
    .commit = TEXT_INIT(SHA), .branch = TEXT_INIT("x"), .default_branch = TEXT_INIT("main")};
static const struct event queue = {.commit = TEXT_INIT(SHA),
                                   .branch = TEXT_INIT("gh-readonly-queue/main/pr-7"),
                                   .default_branch = TEXT_INIT("main"),
                                   .queue_branch = TEXT_INIT("main")};
static const struct event inner_pull = {.commit = TEXT_INIT(SHA),
                                        .branch = TEXT_INIT("main"),
                                        .default_branch = TEXT_INIT("main"),
                                        .pull_request = TEXT_INIT("7")};

/* Destinations, each with a space behind it; else "-: " and the reason; notes after '#', problems after '!'. */
static const struct {
    const struct event *event;
    const char *settings, *name, *declared; /* declared: compose tags, '|' between */
    const char *expected, *why;
} rows[] = {
    {&push, "", "api", "", "-: the settings name no registry", "safe by default"},
    {&push, "registry: r.io/x", "api", "", "r.io/x/api:" SHA " ", "the default tag"},
    {&push, "{registry: [r.io/x, q.io], tags: [a, b]}", "Api", "", "r.io/x/api:a r.io/x/api:b q.io/api:a q.io/api:b ",
     "every tag in every registry"},
    {&push, "{registry: [r.io/x, r.io/x/], tags: a}", "api", "", "r.io/x/api:a ", "each registry once"},
    {&push, "{registry: []}", "api", "", "-: the settings name no registry", "an empty list of them"},
    {&push, "{registry: [r.io/x, q.io], tags: [a], images: [{match: {name: api}, registry: z.io}]}", "api", "",
     "z.io/api:a ", "an entry replaces all of them"},
    {&push, "{registry: [r.io/x, q.io], images: [{match: {name: api}, repository: [a.io/b, c.io/d], tags: t}]}", "api",
     "", "a.io/b:t c.io/d:t ", "several repositories"},
    {&push, "{registry: [r.io/x, q.io], tags: a}", "api", "q.io/api:dev|hub/api:1",
     "r.io/x/api:a q.io/api:a q.io/api:dev #compose also names 'hub/api:1', which is in none of those registries and "
     "is "
     "not pushed",
     "declared tags: those of any of the registries"},
    {&side, "{registry: r.io/x, tags: a}", "api", "r.io/x/api:latest", "r.io/x/api:a r.io/x/api:latest ",
     "a declared latest is the file's own, while the settings say nothing"},
    {&side, "{registry: r.io/x, tags: a, latest: never}", "api", "r.io/x/api:latest|r.io/x/api",
     "r.io/x/api:a #'r.io/x/api:latest' of compose is not pushed: 'latest' of the settings says otherwise#'r.io/x/api' "
     "of compose is not pushed: 'latest' of the settings says otherwise",
     "in each of its spellings"},
    {&usual, "{registry: r.io/x, tags: a, latest: default_branch}", "api", "r.io/x/b:latest",
     "r.io/x/api:a r.io/x/api:latest r.io/x/b:latest ", "where the settings let latest move, it does"},
    {&side, "{registry: r.io/x, tags: a, latest: default_branch}", "api", "r.io/x/b:1", "r.io/x/api:a r.io/x/b:1 ",
     "other tags are not asked about"},
    {&pull, "{registry: r.io/x, tags: a, push: always}", "api", "r.io/x/api:latest",
     "r.io/x/api:a #'r.io/x/api:latest' of compose is not pushed: a pull request does not move latest",
     "never by a pull request"},
    {&queue, "{registry: r.io/x, tags: a, latest: always, floating_tags: [edge]}", "api", "r.io/x/api:latest",
     "r.io/x/api:a #the floating tags are left out: a merge queue moves none#'r.io/x/api:latest' of compose is not "
     "pushed: a merge queue does not move latest",
     "nor by a merge queue, which may yet be refused"},
    {&push, "registry: r.io/x/", "api", "", "r.io/x/api:" SHA " ", "a slash too many"},
    {&push, "registry: r.io/x", "Services/API", "", "r.io/x/services/api:" SHA " ", "small letters"},
    {&push, "registry: r.io/x", "a b", "",
     "-: !'r.io/x/a b' cannot be the name of an image in a registry: invalid reference format; give the image a "
     "'repository' in the settings",
     "no name for a registry"},
    {&push, "{registry: r.io/x, push: never}", "api", "", "-: the settings say 'push: never'", "never"},
    {&pull, "registry: r.io/x", "api", "", "-: pull requests are not pushed; 'push: always' changes that",
     "a pull request"},
    {&pull, "{registry: r.io/x, push: always, tags: 'pr-{pull_request}'}", "api", "", "r.io/x/api:pr-7 ", "asked for"},
    {&pull, "{registry: r.io/x, push: auto}", "api", "", "-: pull requests are not pushed; 'push: always' changes that",
     "auto is the default"},
    {&fork_pull, "{registry: r.io/x, push: always}", "api", "", "-: a build of a fork is never pushed",
     "whatever is asked"},
    {&fork_pull, "", "api", "", "-: the settings name no registry", "the first reason"},
    {&push, "{registry: r.io/x, tags: [a, b, a]}", "api", "", "r.io/x/api:a r.io/x/api:b ", "each tag once"},
    {&push, "{registry: r.io/x, tags: ['{tag}', latest]}", "api", "",
     "r.io/x/api:latest #the tag '{tag}' is left out: this build has no {tag}", "a tag that this build has not"},
    {&tag, "{registry: r.io/x, tags: ['{tag}', latest]}", "api", "", "r.io/x/api:v1 r.io/x/api:latest ", "a tag build"},
    {&push, "{registry: r.io/x, tags: '{tag}'}", "api", "",
     "-: none of its tags exists for this build#the tag '{tag}' is left out: this build has no {tag}",
     "nothing is left"},
    {&push, "{registry: r.io/x, tags: '{build_number}'}", "api", "", "r.io/x/api:${BUILDKITE_BUILD_NUMBER} ", "later"},
    {&nowhere, "registry: r.io/x", "api", "",
     "-: none of its tags exists for this build#the tag '{sha}' is left out: this build has no {sha}", "no commit"},
    {&push, "images: [{match: {name: api}, repository: r.io/other}]", "api", "", "r.io/other:" SHA " ", "of its own"},
    {&push, "images: [{match: {name: api}, repository: r.io/other/}]", "api", "", "r.io/other:" SHA " ",
     "with a slash"},
    {&push, "{registry: r.io/x, images: [{match: {name: api}, repository: r.io/other}]}", "api", "",
     "r.io/other:" SHA " ", "instead of the registry"},
    {&push, "registry: r.io/x", "api", "r.io/x/api:dev|r.io/xy/api:1|hub/api",
     "r.io/x/api:" SHA " r.io/x/api:dev "
     "#compose also names 'r.io/xy/api:1', which is not in that registry and is not pushed"
     "#compose also names 'hub/api', which is not in that registry and is not pushed",
     "declared tags: those of the registry"},
    {&push, "{registry: r.io/x, tags: dev}", "api", "r.io/x/api:dev", "r.io/x/api:dev ",
     "one that the settings have too"},
    {&push, "registry: r.io/x", "api", "r.io/x",
     "r.io/x/api:" SHA " #compose also names 'r.io/x', which is not in that "
     "registry and is not pushed",
     "the registry itself is no image"},
    {&release, "{registry: r.io/x, tags: '{semver}'}", "api", "", "r.io/x/api:1.2.3 ", "no latest without a word"},
    {&release, "{registry: r.io/x, tags: '{semver}', latest: release}", "api", "",
     "r.io/x/api:1.2.3 r.io/x/api:latest ", "a release"},
    {&candidate, "{registry: r.io/x, tags: '{semver}', latest: release}", "api", "", "r.io/x/api:1.2.3-rc.1 ",
     "a pre-release is not the latest"},
    {&tag, "{registry: r.io/x, tags: '{tag}', latest: release}", "api", "", "r.io/x/api:v1 ", "v1 is no version"},
    {&usual, "{registry: r.io/x, tags: a, latest: release}", "api", "", "r.io/x/api:a ", "a branch is no release"},
    {&usual, "{registry: r.io/x, tags: a, latest: default_branch}", "api", "", "r.io/x/api:a r.io/x/api:latest ",
     "the default branch"},
    {&side, "{registry: r.io/x, tags: a, latest: default_branch}", "api", "", "r.io/x/api:a ", "another branch"},
    {&push, "{registry: r.io/x, tags: a, latest: default_branch}", "api", "", "r.io/x/api:a ",
     "nobody tells which branch is the default one"},
    {&release, "{registry: r.io/x, tags: a, latest: default_branch}", "api", "", "r.io/x/api:a ", "a tag is no branch"},
    {&side, "{registry: r.io/x, tags: a, latest: always}", "api", "", "r.io/x/api:a r.io/x/api:latest ", "always"},
    {&inner_pull, "{registry: r.io/x, push: always, tags: a, latest: always}", "api", "", "r.io/x/api:a ",
     "a pull request never is"},
    {&inner_pull, "{registry: r.io/x, push: always, tags: a, floating_tags: edge}", "api", "",
     "r.io/x/api:a #the floating tags are left out: a pull request moves none", "nor does it move another one"},
    {&release, "{registry: [r.io/x, q.io], tags: '{semver}', floating_tags: ['{semver.minor}', '{semver.major}']}",
     "api", "", "r.io/x/api:1.2.3 q.io/api:1.2.3 r.io/x/api:1.2 r.io/x/api:1 q.io/api:1.2 q.io/api:1 ",
     "pushed with the others"},
    {&release, "{registry: r.io/x, tags: '{semver}', floating_tags: '{semver.minor}', floating: step, latest: release}",
     "api", "", "r.io/x/api:1.2.3 ~r.io/x/api:1.2 ~r.io/x/api:latest ", "moved by a step"},
    {&candidate, "{registry: r.io/x, tags: '{semver}', floating_tags: '{semver.minor}'}", "api", "",
     "r.io/x/api:1.2.3-rc.1 #the tag '{semver.minor}' is left out: 1.2.3-rc.1 is a pre-release",
     "a pre-release is not 1.2"},
    {&release, "{registry: r.io/x, tags: [], floating_tags: [a], floating: step}", "api", "",
     "r.io/x/api:" SHA " ~r.io/x/api:a ", "the default tag is one to point at"},
    {&push, "{registry: r.io/x, tags: '{branch}-{short_sha}'}", "api", "", "r.io/x/api:main-0123456789ab ",
     "two words"},
};

static struct image *make_image(struct arena *arena, const char *yaml, const char *name) {
    struct files_memory memory;
    struct settings_layers *layers = arena_alloc(arena, sizeof(*layers));
    struct regex_cache regexes = {0};
    struct diagnostics problems = diag_in(arena);
    struct image *image = arena_alloc(arena, sizeof(*image));
    files_memory_init(&memory);
    files_memory_add(&memory, arena, TEXT(SETTINGS_PATH), text_from(yaml));
    struct settings_request request = {.files = &memory.files, .regexes = &regexes};
    CHECK(settings_load(arena, &request, &problems, layers), "%s", yaml);
    image->name = text_from(name);
    image->problems = diag_in(arena);
    image->settings = settings_for_image(arena, layers, image->name, TEXT("Dockerfile"), NULL, &problems);
    return image;
}

static struct text describe(struct arena *arena, const struct plan_image *planned) {
    struct buffer buffer = buffer_in(arena);
    CHECK(planned->is_published == (planned->destinations.count > 0), "published just when there is a destination");
    if (planned->destinations.count == 0) buffer_format(&buffer, "-: %.*s", TEXT_ARG(planned->reason));
    for (size_t i = 0; i < planned->destinations.count; i++)
        buffer_format(&buffer, "%.*s ", TEXT_ARG(value_spelling(arena, planned->destinations.items[i])));
    for (size_t i = 0; i < planned->floating.count; i++)
        buffer_format(&buffer, "~%.*s ", TEXT_ARG(value_spelling(arena, planned->floating.items[i])));
    for (size_t i = 0; i < planned->notes.count; i++)
        buffer_format(&buffer, "#%.*s", TEXT_ARG(planned->notes.items[i]));
    for (size_t i = 0; i < planned->problems.list.count; i++)
        buffer_format(&buffer, "!%.*s",
                      TEXT_ARG(((const struct diagnostic *)planned->problems.list.items[i])->message));
    return buffer_text(&buffer);
}

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct image *image = make_image(arena, rows[i].settings, rows[i].name);
        struct text rest = text_from(rows[i].declared), one;
        while (rest.len > 0 && text_next(&rest, '|', &one)) {
            struct value *value = arena_alloc(arena, sizeof(*value));
            *value = value_literal(arena, one);
            list_add(arena, &image->declared_tags, value);
        }
        struct plan_image planned = {.image = image, .problems = diag_in(arena)};
        struct facts facts = {.event = rows[i].event, .version = rows[i].event->tag};
        struct template_facts own = facts_of(&facts, image);
        publish_decide(arena, &own, &planned);
        CHECK_TEXT(describe(arena, &planned), rows[i].expected, rows[i].why);
    }
}

/* Two images with one destination; a third one with another tag; one image with the same tag twice. */
static void test_collisions(struct arena *arena) {
    static const char *const settings[] = {
        "{registry: r.io/x, images: [{match: {name: a}, repository: r.io/same, tags: [t, u]}]}",
        "{registry: r.io/x, images: [{match: {name: b}, repository: r.io/same, tags: [v, u]}]}",
        "{registry: r.io/x, images: [{match: {name: c}, repository: r.io/same, tags: [w]}]}",
    };
    static const char *const names[] = {"a", "b", "c"};
    struct list images = {0};
    struct plan_image planned[3];
    for (size_t i = 0; i < 3; i++) {
        planned[i] = (struct plan_image){.image = make_image(arena, settings[i], names[i]), .problems = diag_in(arena)};
        struct template_facts facts = {.event = &push, .name = planned[i].image->name};
        publish_decide(arena, &facts, &planned[i]);
        list_add(arena, &images, &planned[i]);
    }
    publish_find_collisions(arena, &images);
    CHECK(planned[0].problems.list.count == 1 && planned[1].problems.list.count == 1, "both are told");
    CHECK(plan_image_is_broken(&planned[0]) && !plan_image_is_broken(&planned[2]), "the third is not harmed");
    const struct diagnostic *problem = planned[1].problems.list.items[0];
    CHECK_TEXT(problem->message, "the images 'b' and 'a' are both pushed to 'r.io/same:u'", "its words");
}

/* Build arguments: the settings' after compose's, and over them. */
static void test_arguments(struct arena *arena) {
    struct image *image = make_image(arena, "build_args: {A: 2, T: '{tag}', B: '{branch}', E: }", "a");
    struct compose_build build = {0};
    struct compose_argument given = {.name = TEXT_INIT("A"), .value = value_literal(arena, TEXT("1"))};
    struct compose_argument other = {.name = TEXT_INIT("Z"), .from_environment = true};
    list_add(arena, &build.arguments, &given);
    list_add(arena, &build.arguments, &other);
    image->build = &build;
    struct workspace workspace = {0};
    struct plan plan;
    list_add(arena, &workspace.images, image);
    struct plan_request request = {.workspace = &workspace, .event = &push};
    struct diagnostics unheard = diag_in(arena);
    plan_make(arena, &request, &unheard, &plan);
    const struct plan_image *planned = plan.images.items[0];
    struct buffer got = buffer_in(arena);
    for (size_t i = 0; i < planned->arguments.count; i++) {
        const struct plan_argument *argument = planned->arguments.items[i];
        buffer_format(&got, "%.*s%s%.*s ", TEXT_ARG(argument->name), argument->from_environment ? "" : "=",
                      TEXT_ARG(value_spelling(arena, &argument->value)));
    }
    CHECK_TEXT(buffer_text(&got), "A=2 Z B=main E ", "in the order of their first mention");
    CHECK(planned->notes.count == 1, "T is left out");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_collisions(&arena);
    test_arguments(&arena);
    arena_finish(&arena);
    return check_done("publish");
}
