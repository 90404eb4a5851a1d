#include "check.h"

#include "docker/depot.h"

static const struct {
    const char *file;
    const char *id; /* NULL: none */
    bool warns;
    const char *why;
} rows[] = {
    {"{\"id\": \"x19jffd9zf\"}", "x19jffd9zf", false, "what `depot init` writes"},
    {"id: x19jffd9zf\n", "x19jffd9zf", false, "as YAML"},
    {"id: 'x19jffd9zf'", "x19jffd9zf", false, "quoted"},
    {"{\"id\": \"x19jffd9zf\",}", "x19jffd9zf", false, "a comma too many: it is YAML, whatever the name"},
    {"# c\nid: x19jffd9zf # d\n", "x19jffd9zf", false, "comments"},
    {"{\n\t\"id\": \"x19jffd9zf\"\n}\n", "x19jffd9zf", false, "tabs inside braces"},
    {"\xEF\xBB\xBF{\"id\": \"x19jffd9zf\"}", "x19jffd9zf", false, "a byte order mark"},
    {"{\"id\": \"x19jffd9zf\"}\r\n", "x19jffd9zf", false, "a Windows line end"},
    {"{\"id\": \"\\u0078\\u00319jffd9zf\"}", "x19jffd9zf", false, "JSON's escapes"},
    {"name: n\nid: x19jffd9zf\n", "x19jffd9zf", false, "other keys are nobody's business"},
    {"id: 1234567890", "1234567890", false, "a number keeps its text"},
    {"id: 0123e4", "0123e4", true, "whatever it is as a number"},
    {"id: 1_0", "1_0", true, NULL},
    {"id: true", "true", true, "so does a boolean"},
    {"id: \" abc \"", " abc ", true, "spaces stay, as in the CLI"},
    {"id: X19JFFD9ZF", "X19JFFD9ZF", true, "capitals look wrong, but are passed on"},
    {"id: x19jffd9zfa", "x19jffd9zfa", true, "eleven characters"},
    {"base: &b {id: x19jffd9zf}\n<<: *b\n", "x19jffd9zf", false, "a merge"},
    {"id: x19jffd9zf\n---\nid: other\n", "x19jffd9zf", false, "the first document counts"},
    {"id: x19jffd9zf\n---\n{ broken", "x19jffd9zf", false, "also before one that is broken"},
    {"id: x19jffd9zf\n...\nid: other", "x19jffd9zf", false, "or after its end"},
    {"{\"id\": \"x19jffd9zf\"} // c", "x19jffd9zf", false, "what follows the braces is not looked at"},
    {"{\"id\": \"x19jffd9zf\"}}", "x19jffd9zf", false, "not a brace too many"},
    {"{\"id\": \"x19jffd9zf\"} {\"id\": \"y\"}", "x19jffd9zf", false, "nor another object"},
    {"{\"id\": \"a\", \"id\": \"x19jffd9zf\"}", "x19jffd9zf", false, "twice: the last one counts"},
    {"id: \"\"\nid: x19jffd9zf", "x19jffd9zf", false, NULL},
    {"id: x19jffd9zf\nid : 0123456789", "0123456789", false, NULL},
    {"id: x19jffd9zf\nother: {a: 1, a: 2, [b]: 3}", "x19jffd9zf", false, "what other keys hold does not matter"},
    {"1: 2\nnull: 3\nid: x19jffd9zf", "x19jffd9zf", false, NULL},
    {"base: &b {id: other}\n<<: *b\nid: x19jffd9zf\n", "x19jffd9zf", false, "a merge has its place in the order"},
    {"base: &b {id: x19jffd9zf}\nid: other\n<<: *b\n", "x19jffd9zf", false, "so it wins from the end"},
    {"a: &a {id: x19jffd9zf}\nb: &b {id: other}\n<<: [*a, *b]", "x19jffd9zf", false, "of a list the first"},
    {"a: &a\n  <<: {id: x19jffd9zf}\n<<: *a", "x19jffd9zf", false, "a merge in a merge"},
    {"!!merge <<: {id: x19jffd9zf}", "x19jffd9zf", false, NULL},
    {"<<: []\nid: x19jffd9zf", "x19jffd9zf", false, "nothing to merge"},
    {"%YAML 1.1\n---\nid: x19jffd9zf", "x19jffd9zf", false, NULL},
    {"!!map {id: x19jffd9zf}", "x19jffd9zf", false, NULL},
    {"id: !!str x19jffd9zf", "x19jffd9zf", false, NULL},
    {"id: !other x19jffd9zf", "x19jffd9zf", false, "a tag that means nothing"},
    {"id: !!str ~", "~", true, NULL},
    {"? id\n: x19jffd9zf", "x19jffd9zf", false, NULL},
    {"{id: x19jffd9zf", NULL, true, NULL},
    {"{\"id\":x19jffd9zf}", "x19jffd9zf", false, "the colon follows a quote"},
    {"id: 'x19jffd9zf'\r", "x19jffd9zf", false, NULL},
    {"id: x19jffd9zf # a\\/b", "x19jffd9zf", false, "no escape in a comment"},
    {"id: x19jffd9zf\nurl: a\\/b", "x19jffd9zf", false, "none without quotes"},
    {"id: x19jffd9zf\nurl: 'a\\/b'", "x19jffd9zf", false, NULL},
    {"id: x19jffd9zf\nurl: \"a\\\\/b\"", "x19jffd9zf", false, "here it is the backslash that is escaped"},
    {"{\"url\": \"https:\\/\\/a\", \"id\": \"x19jffd9zf\"}", NULL, true,
     "JSON's own escape of a slash, which PHP writes"},
    {"id: 0x1F", "0x1F", true, NULL},
    {"id: 2020-01-01", "2020-01-01", true, NULL},
    {"id: yes", "yes", true, NULL},
    {"id: |\n  x19jffd9zf\n", "x19jffd9zf\n", true, "with its line feed"},
    {"id: >-\n  x19jffd9zf\n", "x19jffd9zf", false, NULL},
    {"id: x19jffd9zf\n  y", "x19jffd9zf y", true, "goes on in the next line"},
    {"id: \"\\u00e9\"", "\xC3\xA9", true, NULL},
    {"id: \"\\e\"", "\x1B", true, NULL},

    {"", NULL, true, "an empty file"},
    {"# only a comment\n", NULL, true, NULL},
    {"{}", NULL, true, "no key"},
    {"[]", NULL, true, "a list"},
    {"x19jffd9zf", NULL, true, "the id alone"},
    {"id:", NULL, true, "no value"},
    {"id: null", NULL, true, "null"},
    {"id: ~", NULL, true, NULL},
    {"id: \"\"", NULL, true, "the empty string"},
    {"id: [a]", NULL, true, "a list as id"},
    {"id: {a: b}", NULL, true, "a mapping as id"},
    {"ID: x19jffd9zf", NULL, true, "capitals"},
    {"{\"projectID\": \"x19jffd9zf\"}", NULL, true, "what a README says"},
    {"{\"id\": \"x19jffd9zf\"", NULL, true, "no closing brace"},
    {"// c\n{\"id\": \"x19jffd9zf\"}", NULL, true, "no comment of YAML"},
    {"{\n  \"id\": \"x19jffd9zf\", // c\n}", "x19jffd9zf", false, "here '// c' is a key without a value"},
    {"{\"id\": \"x19jffd9zf\" /* c */}", NULL, true, NULL},
    {"{\"id\": \"x19jffd9zf\",,}", NULL, true, "two commas too many"},
    {"id: x19jffd9zf\nname: [a\n", NULL, true, "broken behind the id"},
    {"id: x19jffd9zf\n\"y\"", NULL, true, NULL},
    {"id:x19jffd9zf", NULL, true, "no blank after the colon"},
    {"\tid: x19jffd9zf", NULL, true, "a tab that indents"},
    {"id: x19jffd9zf\nb: *u", NULL, true, "an alias of nothing"},
    {"id: &a [*a]", NULL, true, NULL},
    {"{\"id\": \"x19jffd9zf\", \"id\": []}", NULL, true, "one id that is a list spoils the others"},
    {"{\"id\": [], \"id\": \"x19jffd9zf\"}", NULL, true, NULL},
    {"{\"id\": \"x19jffd9zf\", \"id\": null}", NULL, true, NULL},
    {"<<: [{id: [y]}]\nid: x19jffd9zf", NULL, true, NULL},
    {"[a]: b\nid: x19jffd9zf", NULL, true, "a list as a key"},
    {"<<: 5\nid: x19jffd9zf", NULL, true, "nothing that can be merged"},
    {"<<:\nid: x19jffd9zf", NULL, true, NULL},
    {"<<: [{id: x19jffd9zf}, 5]", NULL, true, NULL},
    {"\"<<\": {id: x19jffd9zf}", NULL, true, "in quotes it is a key"},
    {"%YAML 1.2\n---\nid: x19jffd9zf", NULL, true, "another version of YAML"},
    {"--- \n---\nid: x19jffd9zf", NULL, true, "the first document is empty"},
    {"id: !!null x", NULL, true, NULL},
    {"id: !!int abc", NULL, true, NULL},
    {"id: !!binary eDE5amZmZDl6Zg==", NULL, true, "the CLI would take what it encodes"},
    {"id: \"\\ud83d\\ude00\"", NULL, true, "halves of a character"},
    {"id: \xC3\xA9\x07", NULL, true, "a control character"},
    {"name: x19jffd9zf", NULL, true, NULL},
};

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *why = rows[i].why == NULL ? rows[i].file : rows[i].why;
        struct diagnostics diagnostics = diag_in(arena);
        struct depot_file file;
        depot_parse(arena, source_create(arena, TEXT("depot.json"), text_from(rows[i].file)), &diagnostics, &file);
        CHECK(text_is_given(file.id) == (rows[i].id != NULL), "<%s> %s", rows[i].file, why);
        if (rows[i].id != NULL) CHECK_TEXT(file.id, rows[i].id, why);
        CHECK((diag_count(&diagnostics, DIAG_WARNING) == 1) == rows[i].warns, "<%s> %s", rows[i].file, why);
        CHECK(!diag_has_errors(&diagnostics), "<%s> is never an error", rows[i].file);
        CHECK(file.place.source != NULL, "<%s> has a place", rows[i].file);
    }
}

static void test_hints(struct arena *arena) {
    struct diagnostics diagnostics = diag_in(arena);
    struct depot_file file;
    struct text bytes = TEXT("{\"name\": \"n\",\n \"projectID\": \"x19jffd9zf\"}");
    depot_parse(arena, source_create(arena, TEXT("depot.json"), bytes), &diagnostics, &file);
    const struct diagnostic *diagnostic = diagnostics.list.items[0];
    CHECK_TEXT(diagnostic->message, "the Depot CLI finds no project id here: the key is 'id', not 'projectID'", "hint");
    CHECK(diagnostic->place.line == 2, "points at the key: %u", diagnostic->place.line);
}

static void check_first(struct arena *arena, const char *bytes, uint32_t line, const char *message) {
    struct diagnostics diagnostics = diag_in(arena);
    struct depot_file file;
    depot_parse(arena, source_create(arena, TEXT("depot.json"), text_from(bytes)), &diagnostics, &file);
    CHECK(diagnostics.list.count == 1, "<%s> has one message", bytes);
    const struct diagnostic *first = diagnostics.list.items[0];
    CHECK_TEXT(first->message, message, bytes);
    CHECK(first->place.line == line, "<%s> line %u", bytes, first->place.line);
}

static void test_reasons(struct arena *arena) {
    struct text nothing = TEXT("the Depot CLI finds no project id here: ");
    const struct {
        const char *bytes, *reason;
        uint32_t line;
    } reasons[] = {
        {"", "the file is empty", 0},
        {"{}", "the key 'id' is missing", 1},
        {"[]", "the file does not hold a mapping with the key 'id'", 1},
        {"{\n// c\n\"id\": \"x\"}", "the file is not valid YAML or JSON, for '//' begins no comment", 2},
        {"name: a\nID: x", "the key is 'id', not 'ID'", 2},
        {"a: 1\nname: x", "the key is 'id', not 'name'", 2},
        {"a: 1\nid: [x]\nid: {}", "'id' must be a string", 2},
        {"id: a\nid: ''", "'id' is empty", 2},
    };
    for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
        struct text message = text_concat(arena, nothing, text_from(reasons[i].reason));
        check_first(arena, reasons[i].bytes, reasons[i].line, text_string(arena, message));
    }
    check_first(arena, "id: ' x '", 1,
                "' x ' has blanks at an end, which the Depot CLI keeps: one is ten lower-case letters and digits");
    check_first(arena, "id: a/b", 1,
                "'a/b' has characters that no project id has: one is ten lower-case letters and digits");
    check_first(arena, "id: My-App", 1,
                "'My-App' does not look like a project id: one is ten lower-case letters and digits");
}

static void test_usual(void) {
    CHECK(depot_is_usual_id(TEXT("x19jffd9zf")), "usual");
    CHECK(!depot_is_usual_id(TEXT("x19jffd9z")), "nine");
    CHECK(!depot_is_usual_id(TEXT("x19jffd9z-")), "a dash");
    CHECK(!depot_is_usual_id(TEXT("")), "nothing");
    CHECK(depot_file_names[3] == NULL && text_is(text_from(depot_file_names[0]), "depot.json"), "three names");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_hints(&arena);
    test_reasons(&arena);
    test_usual();
    arena_finish(&arena);
    return check_done("depot");
}
