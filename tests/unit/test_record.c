#include "check.h"
#include "yaml_spelling.h"

#include "format/record.h"

#include <stddef.h>

struct inner {
    struct record_text_value name;
    int colour;
};

struct outer {
    const struct node *node;
    struct record_text_value text;
    int flag;
    struct list texts;
    struct list pairs;
    const struct node *any;
    struct inner record;
    struct list records;
    struct inner spread;
    struct list some;
};

static const char *const colours[] = {"red", "green", "blue", NULL};
static const struct record_field inner_fields[] = {
    {"name", &record_text, offsetof(struct inner, name), "A name.", NULL, NULL, "^[a-z]+$"},
    {"colour", &record_choice, offsetof(struct inner, colour), "A colour.", colours, NULL, NULL},
};
static const struct record_table inner_table = {"inner", "An inner one.", inner_fields, 2, sizeof(struct inner), false};
static const struct record_field spread_fields[] = {
    {"shade", &record_choice, offsetof(struct inner, colour), "A shade.", colours, NULL, NULL},
};
static const struct record_table spread_table = {"spread", "Spread.", spread_fields, 1, sizeof(struct inner), false};
static const struct record_field outer_fields[] = {
    {"text", &record_text, offsetof(struct outer, text), "Text.", NULL, NULL, NULL},
    {"flag", &record_bool, offsetof(struct outer, flag), "A flag.", NULL, NULL, NULL},
    {"texts", &record_texts, offsetof(struct outer, texts), "Texts.", NULL, NULL, NULL},
    {"pairs", &record_pairs, offsetof(struct outer, pairs), "Pairs.", NULL, NULL, NULL},
    {"any", &record_any, offsetof(struct outer, any), "Anything.", NULL, NULL, NULL},
    {"record", &record_record, offsetof(struct outer, record), "One.", NULL, &inner_table, NULL},
    {"records", &record_records, offsetof(struct outer, records), "Many.", NULL, &inner_table, NULL},
    {"some", &record_some, offsetof(struct outer, some), "One or many.", NULL, &inner_table, NULL},
    {NULL, &record_inline, offsetof(struct outer, spread), NULL, NULL, &spread_table, NULL},
};
static const struct record_table outer_table = {"outer", "An outer one.", outer_fields, 9, sizeof(struct outer), true};

static const struct node *parse(struct arena *arena, const char *yaml) {
    struct diagnostics problems = diag_in(arena);
    const struct node *node = NULL;
    bool ok = yaml_read_one(arena, source_create(arena, TEXT("f"), text_from(yaml)), &problems, &node);
    CHECK(ok, "the test's own YAML: %s", yaml);
    return node;
}

static const struct {
    const char *yaml;
    const char *problems; /* "line:column message", each with a line end; "" when it is accepted */
} rows[] = {
    {"{}", ""},
    {"text: 1.10\nflag: true\ntexts: x\nshade: red\n", ""},
    {"text: ''\nflag: false\ntexts: [x, 1]\npairs: {a: 1, b: , c: ''}\nany: {x: [y]}\n", ""},
    {"text:\nflag: ~\nrecord:\nrecords: null\n", ""}, /* null is as good as absent */
    {"records: [{name: a}, {colour: blue}]\nrecord: {name: b}\n", ""},
    {"text: [a]\n", "1:7 'text' takes a string, not a list\n"},
    {"text: {a: b}\n", "1:7 'text' takes a string, not a mapping\n"},
    {"flag: yes\n", "1:7 'flag' takes true or false, not a string\n"},
    {"flag: [true]\n", "1:7 'flag' takes true or false, not a list\n"},
    {"texts: {a: b}\n", "1:8 'texts' takes a string or a list of strings, not a mapping\n"},
    {"texts:\n  - a\n  - [b]\n  -\n",
     "3:5 'texts' takes a string, not a list\n4:4 'texts' takes a string, not nothing\n"}, /* all of them are told */
    {"pairs: [a]\n", "1:8 'pairs' takes a mapping of names to values, not a list\n"},
    {"pairs: {a: [b]}\n", "1:12 'pairs' takes a string as each value, not a list\n"},
    {"any: x\n", "1:6 'any' takes a mapping, not a string\n"},
    {"record: x\n", "1:9 'record' takes a mapping, not a string\n"},
    {"records: {name: a}\n", "1:10 'records' takes a list of mappings, not a mapping\n"},
    {"some: {name: a}\n", ""},
    {"some: [{name: a}, {}]\n", ""},
    {"some: x\n", "1:7 'some' takes a mapping or a list of mappings, not a string\n"},
    {"some: [{nam: a}]\n", "1:9 unknown key 'nam'; did you mean 'name'?\n"},
    {"records: [x]\n", "1:11 'records' takes a mapping, not a string\n"},
    {"shade: pink\n", "1:8 'shade' is red, green or blue, not 'pink'\n"},
    {"shade: [red]\n", "1:8 'shade' is red, green or blue, not 'a list'\n"},
    {"txet: a\n", "1:1 unknown key 'txet'; did you mean 'text'?\n"},
    {"shaed: red\n", "1:1 unknown key 'shaed'; did you mean 'shade'?\n"}, /* a key of the inline table */
    {"record:\n  nam: a\n", "2:3 unknown key 'nam'; did you mean 'name'?\n"},
    {"x: 1\ntext: a\nflga: true\nrecord: {zzzzz: 1}\n",
     "1:1 unknown key 'x' in 'outer'\n3:1 unknown key 'flga'; did you mean 'flag'?\n4:10 unknown key 'zzzzz' in "
     "'inner'\n"},
    {"\"a\\nb\": 1\n", "1:1 unknown key 'a?b' in 'outer'\n"},
};

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct diagnostics problems = diag_in(arena);
        struct record_reader reader = {.arena = arena, .diagnostics = &problems};
        struct outer out = {0};
        bool ok = record_read(&reader, &outer_table, parse(arena, rows[i].yaml), &out);
        struct buffer got = buffer_in(arena);
        for (size_t k = 0; k < problems.list.count; k++) {
            const struct diagnostic *problem = problems.list.items[k];
            buffer_format(&got, "%u:%u %.*s\n", problem->place.line, problem->place.column, TEXT_ARG(problem->message));
        }
        CHECK_TEXT(buffer_text(&got), rows[i].problems, rows[i].yaml);
        CHECK(ok == (problems.list.count == 0), "refused just when it is reported: %s", rows[i].yaml);
    }
}

static void test_values(struct arena *arena) {
    struct diagnostics problems = diag_in(arena);
    struct record_reader reader = {.arena = arena, .diagnostics = &problems};
    struct outer out = {0};
    const struct node *node = parse(
        arena, "text: 1.10\nflag: true\ntexts: [x, 010]\npairs: {b: 1, a: , c: ''}\nany: {k: v}\n"
               "record: {name: n, colour: blue}\nrecords: [{colour: red}, {}]\nshade: green\nsome: {colour: red}\n");
    CHECK(record_read(&reader, &outer_table, node, &out), "accepted");
    CHECK(out.node == node, "the mapping it was read from");
    CHECK_TEXT(out.text.text, "1.10", "a number as it was written");
    CHECK(out.text.node == node_find(node, "text") && out.flag == 2, "its node; true is 2");
    CHECK(out.texts.count == 2, "two texts");
    CHECK_TEXT(((const struct record_text_value *)out.texts.items[1])->text, "010", "as written");
    const struct record_pair *first = out.pairs.items[0], *second = out.pairs.items[1], *third = out.pairs.items[2];
    CHECK_TEXT(first->name, "b", "pairs keep their order");
    CHECK(!text_is_given(second->value) && text_is_given(third->value), "null is absent, the empty string is not");
    CHECK(node_find(out.any, "k") != NULL && out.record.colour == 3 && out.spread.colour == 2, "choices count from 1");
    CHECK(out.records.count == 2 && ((const struct inner *)out.records.items[0])->colour == 1, "records");
    CHECK(out.some.count == 1 && ((const struct inner *)out.some.items[0])->colour == 1, "one is a list of one");
    struct texts keys = {0};
    record_keys(arena, &outer_table, &keys);
    CHECK(keys.count == 9 && texts_has(&keys, TEXT("shade")), "inline keys are among the keys");
}

static const struct {
    const char *lower, *higher, *merged;
} merges[] = {
    {"{a: 1, b: 2}", "{b: 3, c: 4}", "{a: 1, b: 3, c: 4}"},
    {"{a: {x: 1, y: 2}}", "{a: {y: 3}}", "{a: {x: 1, y: 3}}"},
    {"{a: [1, 2]}", "{a: [3]}", "{a: [3]}"}, /* lists are replaced */
    {"{a: {x: 1}}", "{a: 2}", "{a: 2}"},
    {"{a: 1}", "{a: {x: 1}}", "{a: {x: 1}}"},
    {"{a: 1}", "{a: null}", "{a: null}"}, /* null takes a value back */
    {"{}", "{a: 1}", "{a: 1}"},
    {"{a: 1}", "{}", "{a: 1}"},
};

static void test_merge(struct arena *arena) {
    for (size_t i = 0; i < sizeof(merges) / sizeof(*merges); i++) {
        struct buffer got = buffer_in(arena);
        spell(&got, record_merge(arena, parse(arena, merges[i].lower), parse(arena, merges[i].higher)));
        CHECK_TEXT(buffer_text(&got), merges[i].merged, merges[i].higher);
    }
    const struct node *node = parse(arena, "{a: 1}");
    CHECK(record_merge(arena, node, NULL) == node && record_merge(arena, NULL, node) == node, "one layer");
    CHECK(record_merge(arena, NULL, NULL) == NULL, "none");
}

static void test_schema(struct arena *arena) {
    const struct node *schema = record_schema(arena, &outer_table, "id");
    struct buffer got = buffer_in(arena);
    spell(&got, schema);
    CHECK_TEXT(
        buffer_text(&got),
        "{$schema: http://json-schema.org/draft-07/schema#, $id: id, title: An outer one., type: object, "
        "additionalProperties: false, properties: {"
        "text: {type: [string, number, boolean], description: Text.}, "
        "flag: {type: boolean, description: A flag.}, "
        "texts: {anyOf: [{type: [string, number, boolean]}, {type: array, items: {type: [string, number, boolean]}}], "
        "description: Texts.}, "
        "pairs: {type: object, additionalProperties: {type: [string, number, boolean, null]}, description: Pairs.}, "
        "any: {type: object, description: Anything.}, "
        "record: {allOf: [{$ref: #/definitions/inner}], description: One.}, "
        "records: {type: array, items: {$ref: #/definitions/inner}, description: Many.}, "
        "some: {anyOf: [{$ref: #/definitions/inner}, {type: array, items: {$ref: #/definitions/inner}}], "
        "description: One or many.}, "
        "shade: {enum: [red, green, blue], description: A shade.}}, "
        "definitions: {inner: {type: object, additionalProperties: false, properties: {"
        "name: {type: [string, number, boolean], pattern: ^[a-z]+$, description: A name.}, "
        "colour: {enum: [red, green, blue], description: A colour.}}}}}",
        "the schema");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_values(&arena);
    test_merge(&arena);
    test_schema(&arena);
    arena_finish(&arena);
    return check_done("record");
}
