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
    {"{\"id\": \"x19jffd9zf\"} // c", NULL, true, "no comment of YAML"},
    {"{\"id\": \"a\", \"id\": \"b\"}", NULL, true, "twice: the CLI takes the last, we say so instead"},
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
    test_usual();
    arena_finish(&arena);
    return check_done("depot");
}
