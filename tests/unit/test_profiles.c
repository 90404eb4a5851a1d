#include "check.h"

#include "base/files.h"
#include "model/settings_merge.h"
#include "repo/event.h"

static const char *kinds_of(struct arena *arena, const struct event *event, const char *default_branch) {
    struct buffer words = buffer_in(arena);
    unsigned kinds = event_kinds(event, text_from(default_branch));
    for (int i = 0; event_words[i] != NULL; i++)
        if ((kinds & EVENT_BIT(i)) != 0) buffer_format(&words, "%s%s", words.len == 0 ? "" : " ", event_words[i]);
    return text_string(arena, buffer_text(&words));
}

static const struct {
    struct event event;
    const char *default_branch, *kinds;
} events[] = {
    {{.branch = TEXT_INIT("main")}, "main", "default_branch"},
    {{.branch = TEXT_INIT("main"), .default_branch = TEXT_INIT("trunk")}, "main", "branch"},
    {{.branch = TEXT_INIT("trunk"), .default_branch = TEXT_INIT("trunk")}, NULL, "default_branch"},
    {{.branch = TEXT_INIT("x")}, "main", "branch"},
    {{.branch = TEXT_INIT("x")}, NULL, "branch"},
    {{.commit = TEXT_INIT("c")}, NULL, "branch"},
    {{.branch = TEXT_INIT("main"), .tag = TEXT_INIT("v1")}, "main", "tag"},
    {{.branch = TEXT_INIT("v1"), .tag = TEXT_INIT("v1"), .source = TEXT_INIT("schedule")}, "main", "tag"},
    {{.branch = TEXT_INIT("main"), .source = TEXT_INIT("schedule")}, "main", "schedule default_branch"},
    {{.branch = TEXT_INIT("x"), .source = TEXT_INIT("schedule")}, "main", "schedule branch"},
    {{.branch = TEXT_INIT("x"), .pull_request = TEXT_INIT("1")}, "main", "pull_request"},
    {{.branch = TEXT_INIT("main"), .pull_request = TEXT_INIT("1"), .is_fork = true}, "main", "fork pull_request"},
    {{.branch = TEXT_INIT("q"), .queue_branch = TEXT_INIT("main")}, "main", "merge_queue"},
};

static void test_events(struct arena *arena) {
    for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
        CHECK_TEXT(text_from(kinds_of(arena, &events[i].event, events[i].default_branch)), events[i].kinds, "kinds");
}

static struct text write_problems(struct arena *arena, struct diagnostics *problems) {
    struct buffer buffer = buffer_in(arena);
    diag_sort(problems);
    for (size_t i = 0; i < problems->list.count; i++) {
        const struct diagnostic *problem = problems->list.items[i];
        buffer_format(&buffer, "%u:%u %s: %.*s\n", problem->place.line, problem->place.column, problem->rule,
                      TEXT_ARG(problem->message));
    }
    return buffer_text(&buffer);
}

static bool load(struct arena *arena, const char *yaml, unsigned kinds, struct diagnostics *problems,
                 struct regex_cache *regexes, struct settings_layers *out) {
    struct files_memory memory;
    files_memory_init(&memory);
    files_memory_add(&memory, arena, TEXT(SETTINGS_PATH), text_from(yaml));
    struct settings_request request = {.files = &memory.files, .regexes = regexes, .events = kinds};
    return settings_load(arena, &request, problems, out);
}

#define TAG EVENT_BIT(EVENT_TAG)
#define PULL_REQUEST EVENT_BIT(EVENT_PULL_REQUEST)
#define FORK (EVENT_BIT(EVENT_FORK) | PULL_REQUEST)
#define BRANCH EVENT_BIT(EVENT_BRANCH)
#define NIGHTLY (EVENT_BIT(EVENT_SCHEDULE) | EVENT_BIT(EVENT_DEFAULT_BRANCH))

/* The registry, the first tag and the key prefix that count for image "a" of a/Dockerfile. */
static const struct {
    const char *yaml;
    unsigned kinds;
    const char *expected, *why;
} chosen[] = {
    {"{registry: r.io/x, profiles: {tag: {registry: r.io/t}}}", TAG, "r.io/t - -", "over the file"},
    {"{registry: r.io/x, profiles: {tag: {registry: r.io/t}}}", BRANCH, "r.io/x - -", "of another kind of build"},
    {"{profiles: {tag: {key_prefix: t-, tags: '{tag}'}}}", TAG, "- {tag} t-", "settings of the run and of images"},
    {"{profiles: {pull_request: {tags: p}, fork: {tags: f}}}", FORK, "- f -", "a fork's own"},
    {"{profiles: {pull_request: {tags: p}}}", FORK, "- p -", "a fork's build is a pull request"},
    {"{profiles: {fork: {tags: f}}}", PULL_REQUEST, "- - -", "and not the reverse"},
    {"{profiles: {default_branch: {tags: d}, schedule: {tags: s}}}", NIGHTLY, "- s -", "scheduled"},
    {"{profiles: {default_branch: {tags: d}}}", NIGHTLY, "- d -", "a schedule is of its branch"},
    {"{profiles: {pull_request: {registry: r.io/p, tags: p}, fork: {tags: f}}}", FORK, "- f -",
     "one counts, not the sum"},
    {"{tags: x, profiles: {tag: }}", TAG, "- x -", "an empty one says nothing"},
    {"{registry: r.io/x, profiles: {tag: {registry: }}}", TAG, "- - -", "null takes a setting back"},
    {"{images: [{match: {name: a}, tags: i}], profiles: {tag: {tags: t}}}", TAG, "- i -", "below 'images'"},
    {"{images: [{match: {name: a}, tags: i}], profiles: {tag: {images: [{match: {name: a}, tags: j}]}}}", TAG, "- j -",
     "its own entries come last"},
    {"{images: [{match: {name: a}, registry: r.io/i}], profiles: {tag: {images: [{match: {name: a}, tags: j}]}}}", TAG,
     "r.io/i j -", "and the file's stay"},
    {"{images: [{match: {event: tag}, tags: i}]}", TAG, "- i -", "match.event"},
    {"{images: [{match: {event: tag}, tags: i}]}", BRANCH, "- - -", "of another event"},
    {"{images: [{match: {event: [tag, branch], name: a}, tags: i}]}", BRANCH, "- i -", "one of a list"},
    {"{images: [{match: {event: pull_request}, tags: i}]}", FORK, "- i -",
     "a fork's build is a pull request here, too"},
    {"{images: [{match: {event: fork}, tags: i}]}", PULL_REQUEST, "- - -", "and not the reverse"},
    {"{images: [{match: {name: 'a*'}, tags: i}]}", TAG, "- i -", "a name may be a glob"},
    {"{images: [{match: {name: [b, '{a,c}']}, tags: i}]}", TAG, "- i -", "or a list"},
    {"{images: [{match: {name: b}, tags: i}]}", TAG, "- - -", "an exact name"},
    {"{images: [{match: {path: ['b/**', 'a/**']}, tags: i}]}", TAG, "- i -", "a list of paths"},
    {"{images: [{match: {regex: ['^b', '^a']}, tags: i}]}", TAG, "- i -", "a list of regular expressions"},
};

static struct text describe(struct arena *arena, const struct settings_layers *layers,
                            const struct image_settings *image) {
    const struct build_settings *build = &image->build;
    const struct record_text_value *tag = build->tags.count == 0 ? NULL : build->tags.items[0];
    struct text prefix = layers->settings.key_prefix.text;
    const struct record_text_value *first = build->registries.count == 0 ? NULL : build->registries.items[0];
    struct text registry = first == NULL ? TEXT("-") : first->text;
    return text_format(arena, "%.*s %.*s %.*s", TEXT_ARG(registry), TEXT_ARG(tag == NULL ? TEXT("-") : tag->text),
                       TEXT_ARG(text_is_given(prefix) ? prefix : TEXT("-")));
}

static void test_chosen(struct arena *arena) {
    for (size_t i = 0; i < sizeof(chosen) / sizeof(*chosen); i++) {
        struct diagnostics problems = diag_in(arena);
        struct regex_cache regexes = {0};
        struct settings_layers layers = {0};
        CHECK(load(arena, chosen[i].yaml, chosen[i].kinds, &problems, &regexes, &layers), "%s", chosen[i].why);
        const struct image_settings *image =
            settings_for_image(arena, &layers, TEXT("a"), TEXT("a/Dockerfile"), NULL, &problems);
        CHECK_TEXT(describe(arena, &layers, image), chosen[i].expected, chosen[i].why);
        CHECK(problems.list.count == 0, "nothing is told: %s", chosen[i].why);
        regex_finish(&regexes);
    }
}

/* Told whatever the build. */
static const struct {
    const char *yaml, *problems;
} wrong[] = {
    {"profiles:\n  tags: {push: never}\n", "2:3 unknown-key: unknown key 'tags'; did you mean 'tag'?\n"},
    {"profiles:\n  tag: {pushh: never}\n", "2:9 unknown-key: unknown key 'pushh'; did you mean 'push'?\n"},
    {"profiles:\n  tag: {push: nope}\n", "2:15 settings-value: 'push' is auto, always or never, not 'nope'\n"},
    {"profiles:\n  tag: {version: 1}\n", "2:9 unknown-key: unknown key 'version' in 'profile'\n"},
    {"profiles:\n  tag: {profiles: {}}\n", "2:9 unknown-key: unknown key 'profiles' in 'profile'\n"},
    {"profiles:\n  tag: {tests: []}\n", "2:9 unknown-key: unknown key 'tests'; did you mean 'test'?\n"},
    {"profiles:\n  tag: never\n", "2:8 settings-type: 'tag' takes a mapping, not a string\n"},
    {"profiles: []\n", "1:11 settings-type: 'profiles' takes a mapping, not a list\n"},
    {"profiles:\n  tag: {tags: 'a b'}\n", "2:15 settings-value: 'a b' cannot be a tag of an image\n"},
    {"profiles:\n  tag: {token_secret: x}\n", "2:23 settings-value: 'token_secret' needs 'auth: token'\n"},
    {"auth: token\nprofiles:\n  tag: {token_secret: x}\n", ""},
    {"profiles:\n  tag:\n    images: [{name: x}]\n",
     "3:14 settings-value: an entry of 'images' needs 'match' with a name, a path, a regex or an event\n"},
    {"images:\n  - match: {event: tags}\n",
     "2:20 settings-value: 'event' is tag, merge_queue, fork, pull_request, schedule, default_branch or branch, not "
     "'tags'\n"},
    {"images:\n  - match: {name: '{a'}\n", "2:19 settings-value: '{a' is not a glob: '{' without '}'\n"},
    {"images:\n  - match: {nam: a}\n    push: never\n", "2:13 unknown-key: unknown key 'nam'; did you mean 'name'?\n"},
    {"images:\n  - match: {name: a}\n    zebra: never\n", "3:5 unknown-key: unknown key 'zebra' in 'images'\n"},
};

static void test_wrong(struct arena *arena) {
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct diagnostics problems = diag_in(arena);
        struct regex_cache regexes = {0};
        struct settings_layers layers;
        bool ok = load(arena, wrong[i].yaml, BRANCH, &problems, &regexes, &layers);
        CHECK(ok == (wrong[i].problems[0] == '\0'), "%s", wrong[i].yaml);
        CHECK_TEXT(write_problems(arena, &problems), wrong[i].problems, wrong[i].yaml);
        regex_finish(&regexes);
    }
}

static void test_unused(struct arena *arena) {
    struct diagnostics problems = diag_in(arena);
    struct regex_cache regexes = {0};
    struct settings_layers layers;
    const char *yaml = "images:\n  - match: {event: tag}\n    push: never\n  - match: {event: branch, name: z}\n";
    CHECK(load(arena, yaml, BRANCH, &problems, &regexes, &layers), "ok");
    const struct image_settings *one = settings_for_image(arena, &layers, TEXT("c"), TEXT("x"), NULL, &problems);
    CHECK(one == layers.common, "an entry of another event singles nothing out");
    settings_report_unused(&layers, &problems);
    CHECK_TEXT(write_problems(arena, &problems), "4:5 settings-unused: no image matches this entry of 'images'\n",
               "what is for other builds is not unused");
    regex_finish(&regexes);
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    size_t words = 0;
    while (event_words[words] != NULL)
        words++;
    CHECK(words == PROFILE_COUNT && settings_profiles_table.count == PROFILE_COUNT, "a profile for every kind");
    test_events(&arena);
    test_chosen(&arena);
    test_wrong(&arena);
    test_unused(&arena);
    arena_finish(&arena);
    return check_done("profiles");
}
