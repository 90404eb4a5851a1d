#include "check.h"
#include "yaml_spelling.h"

#include <time.h>

static const struct {
    const char *yaml, *spelling, *why;
} rows[] = {
    {"", "", "an empty stream has no document"},
    {"# comment\n", "", "nor has one of comments"},
    {"---\n", "null", "an explicit document without content"},
    {"a", "a", "a scalar alone"},
    {"a: 1\nb: [x, 'y', \"z\"]\n", "{a: 1, b: [x, \"y\", \"z\"]}", "plain and quoted"},
    {"a:\nb: ~\nc: null\nd: Null\ne: NULL\nf: nULL\n", "{a: null, b: null, c: null, d: null, e: null, f: nULL}",
     "the null words of YAML 1.1"},
    {"a: 'null'\nb: \"\"\nc: |\n", "{a: \"null\", b: \"\", c: \"\"}", "quoted and block scalars are strings"},
    {"a: !!str null\nb: !!null ''\n", "{a: !!str null, b: !!null \"\"}", "a tag leaves the decision to its user"},
    {"a: !reset null\nb: !override [x]\nc: !x:y {d: e}\n", "{a: !reset null, b: !override [x], c: !x:y {d: e}}",
     "local tags are kept as written"},
    {"a: |\n  one\n  two\nb: >\n  one\n  two\n", "{a: \"one\ntwo\n\", b: \"one two\n\"}", "literal and folded"},
    {"a: \"\\x41\\u00e9\"\n", "{a: \"A\xC3\xA9\"}", "escapes"},
    {"a: \"x\\0\"\n", "!1:4 a text with a NUL, which no command can be given [yaml-nul]", "one that nobody wants"},
    {"\"\\0\": 1\n", "!1:1 a text with a NUL, which no command can be given [yaml-nul]", "as a key"},
    {"\xEF\xBB\xBF"
     "a: 1\n",
     "{a: 1}", "a byte order mark"},
    {"a: \xC3\xA9\nb: 'x'\n", "{a: \xC3\xA9, b: \"x\"}", "where a mark is no offset"},
    {"a\r\n", "a", "CR LF"},
    {"a: 1\n---\nb: 2\n...\n---\n", "{a: 1} --- {b: 2} --- null", "several documents"},
    {"x: &a 1\n---\ny: *a\n", "{x: 1} --- {y: 1}", "a later document knows anchors, too, as in go-yaml"},
    {"x: &a {k: v}\ny: *a\n", "{x: {k: v}, y: {k: v}}", "an alias is the node again"},
    {"- &a 1\n- &a 2\n- *a\n", "[1, 2, 2]", "an anchor may be set again"},
    {"a: &a [*a]\n", "!1:8 the anchor 'a' contains itself [yaml-alias]", "a circle"},
    {"a: *b\n", "!1:4 the anchor 'b' is not defined [yaml-alias]", "no such anchor"},
    {"&k key: 1\nother: *k\n", "{key: 1, other: key}", "an anchor on a key"},
    {"a: 1\nb: 2\na: 3\n", "!3:1 the key 'a' stands here a second time [yaml-duplicate-key] 1:1", "both places"},
    {"a: 1\n'a': 2\n", "!2:1 the key 'a' stands here a second time [yaml-duplicate-key] 1:1", "quotes change nothing"},
    {"x:\n  a: 1\ny:\n  a: 1\n", "{x: {a: 1}, y: {a: 1}}", "the same key in two mappings"},
    {"{[a]: 1}", "!1:2 a list cannot be a key of a mapping [yaml-key]", "a complex key"},
    {"? {a: 1}\n: 2\n", "!1:3 a mapping cannot be a key of a mapping [yaml-key]", "the explicit way"},
    /* merges: https://yaml.org/type/merge.html */
    {"b: &b {x: 1, y: 2}\nm:\n  <<: *b\n  y: 3\n", "{b: {x: 1, y: 2}, m: {y: 3, x: 1}}", "explicit keys win"},
    {"b: &b {x: 1, y: 2}\nm:\n  y: 3\n  <<: *b\n", "{b: {x: 1, y: 2}, m: {y: 3, x: 1}}", "wherever it stands"},
    {"- &a {x: 1}\n- &b {x: 2, y: 2}\n- <<: [*a, *b]\n", "[{x: 1}, {x: 2, y: 2}, {x: 1, y: 2}]", "the first wins"},
    {"<<: {a: 1}\nb: 2\n", "{b: 2, a: 1}", "a mapping that stands there"},
    {"<<: []\nb: 2\n", "{b: 2}", "nothing to merge"},
    {"'<<': {a: 1}\n", "{<<: {a: 1}}", "quoted it is a key like any other"},
    {"<<: 1\n", "!1:5 '<<' takes a mapping or a list of mappings, not a string [yaml-merge]", "a scalar"},
    {"<<: [1]\n", "!1:6 '<<' takes a mapping or a list of mappings, not a string [yaml-merge]", "a list of scalars"},
    {"<<: {a: 1}\n<<: {b: 1}\n", "!2:1 the key '<<' stands here a second time [yaml-duplicate-key] 1:1", "two of them"},
    {"- &a {x: 1}\n- &b {<<: *a, y: 2}\n- {<<: *b}\n", "[{x: 1}, {y: 2, x: 1}, {y: 2, x: 1}]", "merges in merges"},
    /* what libyaml refuses, in its words */
    {"a: [1\n", "!2:1 did not find expected ',' or ']', while parsing a flow sequence [yaml-syntax]", "no end"},
    {"a:\n\t- b\n", "!2:1 found character that cannot start any token, while scanning for the next token [yaml-syntax]",
     "a tab for indentation"},
    {"a: \"\\c\"\n", "!1:5 found unknown escape character, while parsing a quoted scalar [yaml-syntax]", "\\c"},
    {"%YAML 3.0\n---\na\n", "!1:1 found incompatible YAML document [yaml-syntax]", "a version of tomorrow"},
    {"a: b: c\n", "!1:5 mapping values are not allowed in this context [yaml-syntax]", "two on a line"},
    {"a: 1\nb: x\xFFy\n", "!2:5 invalid leading UTF-8 octet [yaml-syntax]", "the place of a byte that is not UTF-8"},
    {"a: \xC3(\n", "!1:5 invalid trailing UTF-8 octet [yaml-syntax]", "a broken character"},
    {"a: \xE2\x82", "!1:4 incomplete UTF-8 octet sequence [yaml-syntax]", "a cut one"},
    {"a: x\x01\n", "!1:5 control characters are not allowed [yaml-syntax]", "a control character"},
};

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct text spelling = yaml_spelling(arena, text_from(rows[i].yaml));
        CHECK_TEXT(spelling, rows[i].spelling, rows[i].why);
    }
}

static struct text repeat(struct arena *arena, const char *head, const char *unit, size_t count, const char *tail) {
    struct buffer buffer = buffer_in(arena);
    buffer_add_string(&buffer, head);
    for (size_t i = 0; i < count; i++)
        buffer_add_string(&buffer, unit);
    buffer_add_string(&buffer, tail);
    return buffer_text(&buffer);
}

/* a0: &a0 [x, x], a1: &a1 [*a0, *a0] …: 2^levels values */
static struct text bomb(struct arena *arena, unsigned levels, const char *kind) {
    struct buffer buffer = buffer_in(arena);
    bool merges = strcmp(kind, "merge") == 0;
    buffer_add_string(&buffer, merges ? "a0: &a0 {k: v}\n" : "a0: &a0 [x, x]\n");
    for (unsigned i = 1; i <= levels; i++) {
        if (merges) buffer_format(&buffer, "a%u: &a%u {<<: [*a%u, *a%u], k%u: v}\n", i, i, i - 1, i - 1, i);
        if (!merges) buffer_format(&buffer, "a%u: &a%u [*a%u, *a%u]\n", i, i, i - 1, i - 1);
    }
    return buffer_text(&buffer);
}

/* 40 mappings of 60,000 keys, all merged again and again */
static struct text merge_storm(struct arena *arena) {
    struct buffer buffer = buffer_in(arena);
    buffer_add_string(&buffer, "- &a {");
    for (unsigned i = 0; i < 60000; i++)
        buffer_format(&buffer, "k%u: v, ", i);
    buffer_add_string(&buffer, "}\n");
    for (unsigned i = 0; i < 40; i++)
        buffer_add_string(&buffer, "- {<<: *a}\n");
    return buffer_text(&buffer);
}

/* Every one of these ends within seconds, most with an error. */
static void test_limits(struct arena *arena) {
    struct {
        struct text yaml;
        const char *problem; /* NULL: none */
        const char *why;
    } limits[] = {
        {repeat(arena, "", "[", 100, repeat(arena, "", "]", 100, "\n").ptr), NULL, "100 levels are allowed"},
        {repeat(arena, "", "[", 101, ""), "nested too deeply [yaml-limit]", "101 are not"},
        {repeat(arena, "", "[", 100000, ""), "nested too deeply [yaml-limit]", "nor are 100,000 lists"},
        {repeat(arena, "", "{a: ", 100000, ""), "nested too deeply [yaml-limit]", "100,000 mappings"},
        {repeat(arena, "", "{", 100000, ""), "[yaml-", "100,000 open braces"},
        {repeat(arena, "", "- ", 100000, "\n"), "nested too deeply [yaml-limit]", "100,000 dashes"},
        {repeat(arena, "", "? ", 100000, "\n"), "nested too deeply [yaml-limit]", "100,000 explicit keys"},
        {repeat(arena, "a: ", "!!str ", 100000, "x\n"), "[yaml-syntax]", "100,000 tags"},
        {repeat(arena, "'", "x", 1000000, "'\n"), NULL, "a long string is no harm"},
        {repeat(arena, "a: ", "# x\n", 200000, "  b\n"), NULL, "many comments"},
        {repeat(arena, "", "- x\n", 500000, ""), NULL, "half a million values"},
        {repeat(arena, "", "---\n", 200000, ""), NULL, "many documents"},
        {repeat(arena, "[", "a: 1, ", 200000, "]\n"), NULL, "many pairs in a list"},
        {bomb(arena, 40, "list"), "its aliases expand to too many values [yaml-limit]", "the billion laughs"},
        {bomb(arena, 15, "list"), NULL, "a small one is legal"},
        {bomb(arena, 60, "merge"), "[yaml-limit]", "the laughs by merging"},
        {merge_storm(arena), "[yaml-limit]", "too much is merged"},
    };
    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
        struct arena own;
        arena_init(&own);
        clock_t start = clock();
        struct text spelling = yaml_spelling(&own, limits[i].yaml);
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        bool refused = text_starts(spelling, "!");
        CHECK(refused == (limits[i].problem != NULL), "%s: %.*s", limits[i].why, (int)text_first(spelling, 100).len,
              spelling.ptr);
        if (limits[i].problem != NULL)
            CHECK(text_contains(spelling, text_from(limits[i].problem)), "%s: %.*s", limits[i].why,
                  (int)text_first(spelling, 100).len, spelling.ptr);
        CHECK(seconds < 20, "%s: %.1f seconds", limits[i].why, seconds);
        arena_finish(&own);
    }
}

/* Duplicates are found below and above the number of keys from which on a hash is used. */
static void test_many_keys(struct arena *arena) {
    static const unsigned counts[] = {1, 15, 16, 17, 18, 100, 3000};
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
        for (unsigned repeated = 0; repeated < counts[i]; repeated += 1 + counts[i] / 40) {
            struct buffer yaml = buffer_in(arena);
            for (unsigned k = 0; k < counts[i]; k++)
                buffer_format(&yaml, "k%u: 1\n", k);
            bool unique = !text_starts(yaml_spelling(arena, buffer_text(&yaml)), "!");
            CHECK(unique, "%u keys are all different", counts[i]);
            buffer_format(&yaml, "k%u: 2\n", repeated);
            struct text expected =
                text_format(arena, "!%u:1 the key 'k%u' stands here a second time [yaml-duplicate-key] %u:1",
                            counts[i] + 1, repeated, repeated + 1);
            struct text got = yaml_spelling(arena, buffer_text(&yaml));
            CHECK(text_equal(got, expected), "%u keys, the one of line %u again", counts[i], repeated + 1);
        }
}

static void test_one(struct arena *arena) {
    struct diagnostics problems = diag_in(arena);
    const struct node *node = NULL;
    const struct source *empty = source_create(arena, TEXT("f"), TEXT(""));
    CHECK(yaml_read_one(arena, empty, &problems, &node) && node->kind == NODE_NULL, "an empty stream is a null");
    CHECK(node_place(node).source == empty, "that knows its file");
    node = NULL;
    const struct source *two = source_create(arena, TEXT("f"), TEXT("a\n---\nb\n"));
    CHECK(!yaml_read_one(arena, two, &problems, &node) && node == NULL, "two documents, `out` untouched");
    const struct diagnostic *problem = problems.list.items[0];
    CHECK(problem->place.line == 3 && strcmp(problem->rule, "yaml-documents") == 0, "the place of the second");
}

/* A scalar that stands in the source as it is is a view into it. */
static void test_views(struct arena *arena) {
    const struct source *source = source_create(arena, TEXT("f"), TEXT("key: plain\nother: 'quoted'\n"));
    struct diagnostics problems = diag_in(arena);
    const struct node *node = NULL;
    CHECK(yaml_read_one(arena, source, &problems, &node), "read");
    CHECK(node_find(node, "key")->text.ptr == source->bytes.ptr + 5, "plain");
    CHECK(node_find(node, "other")->text.ptr == source->bytes.ptr + 19, "quoted");
    CHECK(node_find(node, "none") == NULL && node_find(NULL, "x") == NULL, "absent keys");
    CHECK(node_find(node_find(node, "key"), "x") == NULL, "a scalar has no keys");
}

static void test_first(struct arena *arena) {
    struct diagnostics problems = diag_in(arena);
    struct text bytes = TEXT("a: 1\n<<: {b: 2}\na: 3\n--- [broken");
    const struct node *node = NULL;
    CHECK(yaml_read_first(arena, source_create(arena, TEXT("f"), bytes), &problems, &node), "a broken second document");
    CHECK(node->kind == NODE_MAPPING && node->count == 3, "pairs as they stand");
    CHECK_TEXT(node_key(node, 1)->text, "<<", "no merge is carried out");
    CHECK_TEXT(node_value(node, 2)->text, "3", "a key comes twice");
    CHECK(yaml_read_first(arena, source_create(arena, TEXT("f"), TEXT("")), &problems, &node), "nothing");
    CHECK(node->kind == NODE_NULL && node->source != NULL, "is null");
    CHECK(problems.list.count == 0, "no complaint so far");
    node = NULL;
    CHECK(!yaml_read_first(arena, source_create(arena, TEXT("f"), TEXT("%YAML 1.2\n---\na")), &problems, &node),
          "another version");
    CHECK(!yaml_read_first(arena, source_create(arena, TEXT("f"), TEXT("{a")), &problems, &node), "a broken first one");
    CHECK(node == NULL && problems.list.count == 2, "both are reported");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_limits(&arena);
    test_many_keys(&arena);
    test_one(&arena);
    test_first(&arena);
    test_views(&arena);
    arena_finish(&arena);
    return check_done("yaml_read");
}
