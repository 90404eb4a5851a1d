#include "check.h"

#include "base/buffer.h"
#include "format/yaml_read.h"
#include "pipeline/check.h"
#include "pipeline/split.h"

#define K100 "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"

/* Steps of one document as a list; `rules`: what is reported, in order. */
static const struct {
    const char *steps, *rules, *why;
    bool raw; /* not interpolated */
} rows[] = {
    {"[{key: a, label: l, command: c}]", "", "a good step", false},
    {"[{key: a, label: l, command: c}, {key: b, label: l, command: c}]", "", "two", false},
    {"[{key: a, block: b}, {key: b, input: i}, {key: c, label: l, trigger: t}, {key: d, label: l, plugins: [p]}]", "",
     "steps of other types", false},
    {"[{key: a, trigger: t}]", "output-step", "a trigger without a label", false},
    {"[]", "output-steps", "no steps", false},
    {"[{label: l, command: c}]", "output-step-key", "no key", false},
    {"[{key: '', label: l, command: c}]", "output-step-key", "an empty one", false},
    {"[{key: a b, label: l, command: c}]", "output-step-key", "one with a space", false},
    {"[{key: " K100 ", label: l, command: c}]", "", "one of 100 bytes", false},
    {"[{key: " K100 "k, label: l, command: c}]", "output-step-key", "one of 101", false},
    {"[{key: a, label: l, command: c}, {key: a, label: l, command: c}]", "output-step-key", "one twice", false},
    {"[{key: a, command: c}]", "output-step", "no label", false},
    {"[{key: a, label: l}]", "output-step", "no command", false},
    {"[{key: a, label: l, command: 'x $y'}]", "output-interpolation", "a bare dollar", false},
    {"[{key: a, label: l, command: 'x $y'}]", "", "which is fine where nobody interpolates", true},
    {"[{key: a, label: l, command: 'x $$y'}]", "", "an escaped one", false},
    {"[{key: a, label: l, command: 'x \\$$y'}]", "output-interpolation", "a backslash before it", false},
    {"[{key: a, label: l, command: c, plugins: [{p: {x: ['$z']}}]}]", "output-interpolation", "deep inside", false},
    {"[{key: a, label: l, command: c, env: {$A: b}}]", "output-key", "a key with a dollar", false},
    {"[{key: a, label: l, command: c, env: {A_TOKEN: b}}]", "output-secret", "a secret's name", false},
    {"[{key: a, label: l, command: c, env: {password: b}}]", "output-secret", "in any case", false},
    {"[{key: a, label: l, command: c, secrets: {DEPOT_TOKEN: s}}]", "", "secrets are the place for it", false},
    {"[{key: a, label: l, command: c, env: x}]", "", "an env that is no mapping is Buildkite's to refuse", false},
};

static const struct node *parse(struct arena *arena, const char *yaml) {
    struct diagnostics problems = diag_in(arena);
    const struct node *node = NULL;
    CHECK(yaml_read_one(arena, source_create(arena, TEXT("f"), text_from(yaml)), &problems, &node), "%s", yaml);
    return node;
}

static struct text rules_of(const struct diagnostics *problems, struct arena *arena) {
    struct buffer rules = buffer_in(arena);
    for (size_t i = 0; i < problems->list.count; i++)
        buffer_format(&rules, "%s%s", i == 0 ? "" : " ", ((const struct diagnostic *)problems->list.items[i])->rule);
    return buffer_text(&rules);
}

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct diagnostics problems = diag_in(arena);
        struct check check = {.arena = arena, .diagnostics = &problems};
        const struct node *steps = parse(arena, rows[i].steps);
        check_begin(&check, !rows[i].raw);
        for (size_t k = 0; k < steps->count; k++)
            check_step(&check, steps->items[k]);
        bool ok = check_end(&check);
        CHECK_TEXT(rules_of(&problems, arena), rows[i].rules, rows[i].why);
        CHECK(ok == (problems.list.count == 0), "%s", rows[i].why);
    }
}

static void test_bytes(struct arena *arena) {
    struct diagnostics problems = diag_in(arena);
    struct check check = {.arena = arena, .diagnostics = &problems};
    struct node *step = node_mapping(arena);
    node_set(arena, step, "key", node_string(arena, TEXT("a")));
    node_set(arena, step, "label", node_string(arena, TEXT("\xFF")));
    node_set(arena, step, "command", node_string(arena, TEXT("c")));
    check_begin(&check, true);
    check_step(&check, step);
    CHECK(!check_end(&check), "a label that is not UTF-8");
    CHECK_TEXT(rules_of(&problems, arena), "output-utf8", "its rule");
}

/* Keys are unique over all documents; jobs are counted for each. */
static void test_documents(struct arena *arena) {
    struct diagnostics problems = diag_in(arena);
    struct check check = {.arena = arena, .diagnostics = &problems};
    for (unsigned document = 0; document < 3; document++) {
        check_begin(&check, true);
        check_group(&check, text_format(arena, "group-%u", document), node_string(arena, TEXT("g")));
        for (unsigned i = 0; i < SPLIT_JOBS_OF_DOCUMENT; i++) {
            struct text yaml = text_format(arena, "{key: k%u-%u, label: l, command: c}", document, i);
            check_step(&check, parse(arena, text_string(arena, yaml)));
        }
        CHECK(check_end(&check) && check.jobs == (document + 1) * SPLIT_JOBS_OF_DOCUMENT, "500 jobs each");
    }
    check_begin(&check, true);
    check_step(&check, parse(arena, "{key: k1-1, label: l, command: c}"));
    CHECK(!check_end(&check), "a key of an earlier document");
    problems = diag_in(arena);
    check = (struct check){.arena = arena, .diagnostics = &problems};
    check_begin(&check, true);
    check_group(&check, TEXT("g"), node_string(arena, TEXT("g")));
    check_step(&check, parse(arena, "{key: g, label: l, command: c}"));
    CHECK(!check_end(&check), "a key of a group");
    check = (struct check){.arena = arena, .diagnostics = &problems};
    check_begin(&check, true);
    for (unsigned i = 0; i <= SPLIT_JOBS_OF_DOCUMENT; i++)
        check_step(&check, parse(arena, text_string(arena, text_format(arena, "{key: k%u, label: l, command: c}", i))));
    CHECK(!check_end(&check), "501 jobs");
}

/* Values of six bytes and more, of names on the agent's list, wherever they stand, escaped as the pipeline is. */
static void test_secrets(struct arena *arena) {
    static const char *const environment[] = {"NPM_TOKEN=abc123",     "HOME=harmless",
                                              "SHORT_TOKEN=true",     "A_SECRET=x$y\\z12",
                                              "npm_token=lower-case", "X_API_KEY=",
                                              "PASSWORD=not-listed",  "_PASSWORD=nothing-before",
                                              "NO_EQUALS_TOKEN",      NULL};
    static const struct {
        const char *step, *words;
    } cases[] = {
        {"{key: a, label: l, command: c}", ""},
        {"{key: a, label: l, command: 'echo abc123 '}",
         "the value of NPM_TOKEN stands in 'command' of a: agents refuse such a pipeline"},
        {"{key: a, label: l, command: c, plugins: [{p#v1: {x: ['y abc123']}}]}",
         "the value of NPM_TOKEN stands in 'plugins' of a: agents refuse such a pipeline"},
        {"{key: a, label: l, command: c, agents: {abc123: x}}",
         "the value of NPM_TOKEN stands in 'agents' of a: agents refuse such a pipeline"},
        {"{key: a, label: l, command: 'x$$y\\z12'}",
         "the value of A_SECRET stands in 'command' of a: agents refuse such a pipeline"},
        {"{key: a, label: 'harmless true lower-case not-lis', command: c}", ""},
        {"{key: a, label: not-listed, command: c}", ""},
    };
    struct list secrets = {0};
    secrets_read(arena, environment, true, &secrets);
    CHECK(secrets.count == 3, "NPM_TOKEN, A_SECRET, _PASSWORD");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct diagnostics problems = diag_in(arena);
        struct check check = {.arena = arena, .diagnostics = &problems, .secrets = &secrets};
        check_begin(&check, true);
        check_step(&check, parse(arena, cases[i].step));
        struct text words = TEXT("");
        if (problems.list.count > 0) words = ((const struct diagnostic *)problems.list.items[0])->message;
        CHECK_TEXT(words, cases[i].words, cases[i].step);
        CHECK(check_end(&check) == (problems.list.count == 0), "%s", cases[i].step);
    }
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_bytes(&arena);
    test_documents(&arena);
    test_secrets(&arena);
    arena_finish(&arena);
    return check_done("check");
}
