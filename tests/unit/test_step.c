#include "check.h"
#include "yaml_spelling.h"

#include "base/map.h"
#include "pipeline/step.h"

#define B10 "bbbbbbbbbb"
#define B90 B10 B10 B10 B10 B10 B10 B10 B10 B10

static struct plan plan_of(struct arena *arena, const struct texts *names) {
    struct plan plan = {0};
    for (size_t i = 0; i < names->count; i++) {
        struct image *image = arena_alloc(arena, sizeof(*image));
        struct plan_image *planned = arena_alloc(arena, sizeof(*planned));
        image->name = names->items[i];
        planned->image = image;
        list_add(arena, &plan.images, planned);
    }
    return plan;
}

static struct texts keys_of(struct arena *arena, const char *names, const char *prefix) {
    struct texts list = {0};
    struct text rest = text_from(names), name;
    while (text_next(&rest, '|', &name))
        texts_add(arena, &list, name);
    struct plan plan = plan_of(arena, &list);
    return step_keys(arena, &plan, text_from(prefix));
}

static bool is_key(struct text key) {
    for (size_t i = 0; i < key.len; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", key.ptr[i]) == NULL)
            return false;
    return key.len > 0 && key.len <= STEP_KEY_LIMIT;
}

/* '*' in an expected key stands for a hash of eight digits. */
static bool looks_as(struct text key, const char *expected) {
    const char *star = strchr(expected, '*');
    if (star == NULL) return text_is(key, expected);
    size_t before = (size_t)(star - expected);
    return key.len == before + 8 + strlen(star + 1) && text_equal(text_first(key, before), text_of(expected, before)) &&
           text_ends(key, star + 1);
}

static const struct {
    const char *names, *prefix, *keys, *why;
} rows[] = {
    {"api", "", "build-api", "the usual case"},
    {"services/api|web", "", "build-services-api|build-web", "a slash"},
    {"api", "x_", "x_build-api", "a prefix"},
    {"a b", "", "build-a-b", "what does not fit becomes a dash"},
    {"\xC3\xA9", "", "build---", "byte by byte"},
    {"a-b|a/b", "", "build-a-b|build-a-b-*", "two names, one key: the second gets its hash"},
    {"a b|a-b", "", "build-a-b-*|build-a-b", "a simple name has the first right, wherever it stands"},
    {"a b|a.b|a/b", "", "build-a-b-*|build-a-b-*|build-a-b", "three"},
    {B90 "bbbb", "", "build-" B90 "bbbb", "just fits"},
    {B90 "bbbbb", "", "build-" B10 B10 B10 B10 B10 B10 B10 B10 "bbbbb-*", "one more does not"},
    {B90 " bbb|" B90 "-bbb", "", "build-" B10 B10 B10 B10 B10 B10 B10 B10 "bbbbb-*|build-" B90 "-bbb",
     "a collision at the limit: the hash takes the place of the end"},
};

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct texts keys = keys_of(arena, rows[i].names, rows[i].prefix);
        struct text rest = text_from(rows[i].keys), expected;
        for (size_t k = 0; k < keys.count && text_next(&rest, '|', &expected); k++) {
            CHECK(looks_as(keys.items[k], text_string(arena, expected)), "%s: <%.*s>", rows[i].why,
                  TEXT_ARG(keys.items[k]));
            CHECK(is_key(keys.items[k]), "%s", rows[i].why);
        }
        CHECK(!text_is_given(rest), "%s: as many keys as names", rows[i].why);
    }
}

/* A name made to collide with another one's hash, and with the one after it. */
static void test_hostile(struct arena *arena) {
    struct text hashed = keys_of(arena, "a-b|a b", "").items[1];
    char *names = text_string(arena, text_format(arena, "a-b|%.*s|%.*s-2|a b", TEXT_ARG(text_from_offset(hashed, 6)),
                                                 TEXT_ARG(text_from_offset(hashed, 6))));
    struct texts keys = keys_of(arena, names, "");
    for (size_t i = 0; i < keys.count; i++)
        for (size_t k = 0; k < i; k++)
            CHECK(!text_equal(keys.items[i], keys.items[k]), "%zu and %zu: %.*s", i, k, TEXT_ARG(keys.items[i]));
    CHECK(is_key(keys.items[3]), "still a key");
}

/* Thousands of names that differ in what a key cannot hold, at every length around the limit. */
static void test_many(struct arena *arena) {
    struct texts names = {0};
    for (unsigned len = 85; len < 100; len++)
        for (unsigned i = 0; i < 200; i++) {
            char *name = memset(arena_alloc(arena, len), 'x', len);
            name[i % 7] = " ./:@-_"[i % 7];
            name[20 + i % 31] = "+.,;=#~"[i / 31];
            texts_add(arena, &names, text_of(name, len));
        }
    struct plan plan = plan_of(arena, &names);
    struct texts keys = step_keys(arena, &plan, TEXT("p-"));
    struct map seen = {0};
    for (size_t i = 0; i < keys.count; i++) {
        const struct text *other = map_find(&seen, keys.items[i]);
        CHECK(other == NULL || text_equal(*other, names.items[i]), "<%.*s>", TEXT_ARG(keys.items[i]));
        CHECK(is_key(keys.items[i]), "<%.*s>", TEXT_ARG(keys.items[i]));
        map_set(arena, &seen, keys.items[i], &names.items[i]);
    }
}

static const struct node *parse(struct arena *arena, const char *yaml) {
    struct diagnostics problems = diag_in(arena);
    const struct node *node = NULL;
    CHECK(yaml_read_one(arena, source_create(arena, TEXT("f"), text_from(yaml)), &problems, &node), "%s", yaml);
    return node;
}

static void test_node(struct arena *arena) {
    static const int status = 70;
    struct step step = {.key = TEXT_INIT("k"), .label = TEXT_INIT("l"), .command = TEXT_INIT("c")};
    struct buffer got = buffer_in(arena);
    spell(&got, step_node(arena, &step));
    CHECK_TEXT(buffer_text(&got), "{label: l, key: k, command: c}", "the least");
    step.queue = TEXT("q");
    step.builds = true;
    step.token_secret = TEXT("s");
    list_add(arena, &step.retried, (void *)&status);
    step.attributes = parse(arena, "{timeout_in_minutes: 5, env: {A: b}, agents: {os: linux}, soft_fail: true}");
    got.len = 0;
    spell(&got, step_node(arena, &step));
    CHECK_TEXT(buffer_text(&got),
               "{label: l, key: k, command: c, agents: {queue: q, os: linux}, env: {DEPOT_DISABLE_OTEL: 1, "
               "DEPOT_SUPPRESS_NO_OUTPUT_WARNING: 1, A: b}, secrets: {DEPOT_TOKEN: s}, timeout_in_minutes: 5, retry: "
               "{automatic: [{exit_status: -1, limit: 2}, {signal_reason: stack_error, limit: 2}, {exit_status: 70, "
               "limit: 2}]}, soft_fail: true}",
               "a building step with the user's own attributes");
    step.attributes = parse(arena, "{retry: {automatic: [{exit_status: 9, limit: 1}], manual: {allowed: false}}}");
    got.len = 0;
    spell(&got, node_find(step_node(arena, &step), "retry"));
    CHECK_TEXT(buffer_text(&got), "{automatic: [{exit_status: 9, limit: 1}], manual: {allowed: false}}",
               "rules of the user's own are all there are");
    step.attributes = parse(arena, "{retry: {manual: {allowed: false}}}");
    got.len = 0;
    spell(&got, node_find(step_node(arena, &step), "retry"));
    CHECK_TEXT(buffer_text(&got),
               "{automatic: [{exit_status: -1, limit: 2}, {signal_reason: stack_error, limit: 2}, {exit_status: 70, "
               "limit: 2}], manual: {allowed: false}}",
               "what says nothing of them leaves ours");
    step.attributes = parse(arena, "{secrets: [A, B]}");
    got.len = 0;
    spell(&got, node_find(step_node(arena, &step), "secrets"));
    CHECK_TEXT(buffer_text(&got), "{DEPOT_TOKEN: s, A: A, B: B}", "a list of secrets does not take the token away");
    step.attributes = parse(arena, "{secrets: {A: a}}");
    got.len = 0;
    spell(&got, node_find(step_node(arena, &step), "secrets"));
    CHECK_TEXT(buffer_text(&got), "{DEPOT_TOKEN: s, A: a}", "nor does a mapping");
    step = (struct step){.key = TEXT_INIT("k"),
                         .label = TEXT_INIT("l"),
                         .command = TEXT_INIT("c"),
                         .skip = TEXT_INIT("why"),
                         .queue = TEXT_INIT("q")};
    got.len = 0;
    spell(&got, step_node(arena, &step));
    CHECK_TEXT(buffer_text(&got), "{label: l, key: k, command: c, skip: why}", "a skipped one needs no queue");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_hostile(&arena);
    test_many(&arena);
    test_node(&arena);
    arena_finish(&arena);
    return check_done("step");
}
