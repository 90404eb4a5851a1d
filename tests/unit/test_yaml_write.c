#include "check.h"
#include "yaml_spelling.h"

#include "format/yaml_write.h"

static const struct {
    struct text text;
    const char *written; /* as the value of a key */
    const char *why;
} rows[] = {
    {TEXT_INIT("word"), "\"word\"", "values are quoted, whatever they look like"},
    {TEXT_INIT("true"), "\"true\"", "a boolean for everyone"},
    {TEXT_INIT("yes"), "\"yes\"", "a boolean for YAML 1.1"},
    {TEXT_INIT("null"), "\"null\"", "null"},
    {TEXT_INIT("~"), "\"~\"", "null"},
    {TEXT_INIT(""), "\"\"", "null, were it plain"},
    {TEXT_INIT("1.0"), "\"1.0\"", "a number"},
    {TEXT_INIT("010"), "\"010\"", "eight for some"},
    {TEXT_INIT("1e3"), "\"1e3\"", "a float"},
    {TEXT_INIT("1:30"), "\"1:30\"", "sexagesimal"},
    {TEXT_INIT("2026-01-01"), "\"2026-01-01\"", "a date"},
    {TEXT_INIT("0x1f"), "\"0x1f\"", "hexadecimal"},
    {TEXT_INIT("a b "), "\"a b \"", "a trailing space"},
    {TEXT_INIT("- a"), "\"- a\"", "a list"},
    {TEXT_INIT("# a"), "\"# a\"", "a comment"},
    {TEXT_INIT("a: b"), "\"a: b\"", "a mapping"},
    {TEXT_INIT("*a"), "\"*a\"", "an alias"},
    {TEXT_INIT("!a"), "\"!a\"", "a tag"},
    {TEXT_INIT("a\tb"), "\"a\\tb\"", "a tab"},
    {TEXT_INIT("a\rb"), "\"a\\rb\"", "a carriage return"},
    {TEXT_INIT("\033[0m"), "\"\\e[0m\"", "a control character"},
    {TEXT_INIT("a\0b"), "\"a\\0b\"", "NUL"},
    {TEXT_INIT("\x7F"), "\"\\x7F\"", "DEL"},
    {TEXT_INIT("\xC2\x85"), "\"\\N\"", "U+0085, a line end of YAML 1.1"},
    {TEXT_INIT("\xE2\x80\xA8"), "\"\\L\"", "U+2028"},
    {TEXT_INIT("\xE2\x80\xA9"), "\"\\P\"", "U+2029"},
    {TEXT_INIT("\xEF\xBB\xBF"), "\"\\uFEFF\"", "a byte order mark"},
    {TEXT_INIT("\xC2\x80"), "\"\\x80\"", "C1"},
    {TEXT_INIT("\xEF\xBF\xBE"), "\"\\uFFFE\"", "no character"},
    {TEXT_INIT("\xC3\xA9 \xE2\x82\xAC"), "\"\xC3\xA9 \xE2\x82\xAC\"", "other text stands as it is"},
    {TEXT_INIT("\xF0\x9F\x90\xB3"), "\"\\U0001F433\"", "but past the first plane libyaml escapes"},
    {TEXT_INIT("\"\\"), "\"\\\"\\\\\"", "quotes and backslashes"},
    {TEXT_INIT("'"), "\"'\"", "a single quote"},
    {TEXT_INIT("a\nb\n"), "|\n  a\n  b", "lines: a literal block"},
    {TEXT_INIT("a\n\n  b # c\n"), "|\n  a\n\n    b # c", "with an empty and an indented line"},
    {TEXT_INIT("a\nb"), "\"a\\nb\"", "no line end at the end"},
    {TEXT_INIT("a\nb\n\n"), "\"a\\nb\\n\\n\"", "two at the end"},
    {TEXT_INIT("\na\n"), "\"\\na\\n\"", "an empty line first"},
    {TEXT_INIT(" a\nb\n"), "\" a\\nb\\n\"", "an indented line first"},
    {TEXT_INIT("a \nb\n"), "\"a \\nb\\n\"", "a space before a line end"},
    {TEXT_INIT("a\tb\nc\n"), "\"a\\tb\\nc\\n\"", "a tab in a line"},
    {TEXT_INIT("---\nb\n"), "|\n  ---\n  b", "a document's start is only text"},
    {TEXT_INIT("\n"), "\"\\n\"", "a line end alone"},
};

static struct text write_value(struct arena *arena, struct text text) {
    struct node *mapping = node_mapping(arena);
    node_set(arena, mapping, "k", node_string(arena, text));
    struct buffer buffer = buffer_in(arena);
    return yaml_write(&buffer, mapping, false) ? buffer_text(&buffer) : (struct text){0};
}

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct text written = write_value(arena, rows[i].text);
        CHECK(text_starts(written, "k: ") && text_ends(written, "\n"), "%s: one pair", rows[i].why);
        written = text_from_offset(text_first(written, written.len - 1), 3);
        CHECK_TEXT(written, rows[i].written, rows[i].why);
    }
}

static const struct {
    const char *key;
    bool plain;
} keys[] = {
    {"steps", true},
    {"timeout_in_minutes", true},
    {"A-1/b", true},
    {"true", false},
    {"True", false},
    {"yes", false},
    {"Off", false},
    {"y", false},
    {"N", false},
    {"null", false},
    {"1a", false},
    {"_a", false},
    {"-a", false},
    {"", false},
    {"a.b", false},
    {"a b", false},
    {"a:", false},
    {"~", false},
    {"\xC3\xA9", false},
    {"on", false},
    /* GitHub's famous key */ {"yesterday", true},
};

static void test_keys(struct arena *arena) {
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        CHECK(yaml_is_plain_word(text_from(keys[i].key)) == keys[i].plain, "<%s>", keys[i].key);
        struct node *mapping = node_mapping(arena);
        node_set(arena, mapping, keys[i].key, node_null(arena));
        struct buffer buffer = buffer_in(arena);
        CHECK(yaml_write(&buffer, mapping, false), "<%s>", keys[i].key);
        struct text expected = text_format(arena, keys[i].plain ? "%s: null\n" : "\"%s\": null\n", keys[i].key);
        CHECK_TEXT(buffer_text(&buffer), text_string(arena, expected), "a key");
    }
}

static void test_tree(struct arena *arena) {
    struct node *root = node_mapping(arena), *list = node_sequence(arena), *inner = node_mapping(arena);
    node_set(arena, root, "empty-map", node_mapping(arena));
    node_set(arena, root, "empty-list", node_sequence(arena));
    node_set(arena, root, "number", node_number(arena, -7));
    node_set(arena, root, "bool", node_bool(arena, true));
    node_set(arena, root, "null", node_null(arena));
    node_append(arena, list, node_string(arena, TEXT("a")));
    node_set(arena, inner, "b", list);
    node_append(arena, list, node_bool(arena, false));
    node_set(arena, root, "list", inner);
    node_set(arena, root, "number", node_number(arena, 8)); /* a present key keeps its place */
    struct buffer buffer = buffer_in(arena);
    buffer_add_string(&buffer, "before\n");
    CHECK(yaml_write(&buffer, root, true), "written");
    CHECK_TEXT(buffer_text(&buffer),
               "before\n---\nempty-map: {}\nempty-list: []\nnumber: 8\nbool: true\n\"null\": null\nlist:\n  b:\n  - "
               "\"a\"\n  - false\n",
               "a tree, appended");
    struct text line = write_value(arena, text_of(memset(arena_alloc(arena, 5000), 'x', 5000), 5000));
    CHECK(text_find(line, '\n') == line.len - 1, "a long line is not folded");
}

static const struct {
    struct text text;
    const char *why;
} refused[] = {
    {TEXT_INIT("\xFF"), "no UTF-8"},
    {TEXT_INIT("a\xC3"), "cut"},
    {TEXT_INIT("\xC0\xAF"), "overlong"},
    {TEXT_INIT("\xED\xA0\x80"), "a surrogate"},
    {TEXT_INIT("\xF4\x90\x80\x80"), "past U+10FFFF"},
};

static void test_refused(struct arena *arena) {
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        CHECK(!text_is_given(write_value(arena, refused[i].text)), "%s", refused[i].why);
        struct node *mapping = node_mapping(arena);
        node_set_pair(arena, mapping, node_string(arena, refused[i].text), node_null(arena));
        struct buffer buffer = buffer_in(arena);
        CHECK(!yaml_write(&buffer, mapping, false), "%s as a key", refused[i].why);
    }
}

/* Pieces that a writer stumbles over, put together at random. */
static struct text random_text(struct arena *arena, unsigned *state) {
    static const char *const pieces[] = {"\n",
                                         "\n\n",
                                         " ",
                                         "  ",
                                         "\t",
                                         "\r",
                                         "a",
                                         "b: ",
                                         "- ",
                                         "# ",
                                         "'",
                                         "\"",
                                         "\\",
                                         "$",
                                         "---",
                                         "...",
                                         "\xC2\x85",
                                         "\xE2\x80\xA8",
                                         "\xEF\xBB\xBF",
                                         "\xC3\xA9",
                                         "|",
                                         ">",
                                         "%",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         "&a",
                                         "*a",
                                         "!",
                                         "@",
                                         "`",
                                         "\x01",
                                         "\x7F",
                                         "?",
                                         "\xF0\x9F\x90\xB3",
                                         "0",
                                         "true",
                                         "\xC2\xA0",
                                         "\xE2\x80\x94",
                                         "\xEF\xBF\xBD"};
    struct buffer buffer = buffer_in(arena);
    for (unsigned count = (*state >> 20) % 9; count > 0; count--) {
        *state = *state * 1664525u + 1013904223u;
        buffer_add_string(&buffer, pieces[(*state >> 8) % (sizeof(pieces) / sizeof(*pieces))]);
    }
    *state = *state * 1664525u + 1013904223u;
    return buffer_text(&buffer);
}

static bool survives(struct arena *arena, struct text key, struct text value) {
    struct node *root = node_mapping(arena), *list = node_sequence(arena), *inner = node_mapping(arena);
    node_append(arena, list, node_string(arena, value));
    node_append(arena, list, inner);
    node_set_pair(arena, inner, node_string(arena, key), node_string(arena, value));
    node_set(arena, root, "list", list);
    struct buffer buffer = buffer_in(arena);
    struct diagnostics problems = diag_in(arena);
    const struct node *read = NULL;
    if (!yaml_write(&buffer, root, true)) return false;
    if (!yaml_read_one(arena, source_create(arena, TEXT("f"), buffer_text(&buffer)), &problems, &read)) return false;
    const struct node *items = node_find(read, "list");
    if (items == NULL || items->count != 2) return false;
    const struct node *again = node_find_text(items->items[1], key);
    return again != NULL && items->items[0]->kind == NODE_STRING && items->items[0]->style == NODE_STYLE_QUOTED &&
           text_equal(items->items[0]->text, value) && text_equal(again->text, value);
}

static void test_round_trip(struct arena *arena) {
    unsigned state = 20260101;
    for (unsigned i = 0; i < 20000; i++) {
        struct arena_mark mark = arena_mark(arena);
        struct text key = random_text(arena, &state), value = random_text(arena, &state);
        struct text shown = text_printable(arena, value);
        CHECK(survives(arena, key, value), "round %u: %.*s", i, TEXT_ARG(shown));
        arena_release(arena, mark);
    }
    for (unsigned code = 1; code < 0x11000;
         code++) { /* every character of the first plane, but NUL: the reader refuses it */
        if (code >= 0xD800 && code < 0xE000) continue;
        struct arena_mark mark = arena_mark(arena);
        char bytes[4] = {(char)code};
        size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        for (size_t k = len - 1; len > 1 && k > 0; k--)
            bytes[k] = (char)(0x80 | (code >> 6 * (len - 1 - k) & 0x3F));
        if (len > 1) bytes[0] = (char)((0xF00 >> len & 0xFF) | code >> 6 * (len - 1));
        struct text text = text_format(arena, "a%.*sb\n", (int)len, bytes);
        CHECK(text_is_utf8(text) && survives(arena, text, text), "U+%04X", code);
        arena_release(arena, mark);
    }
}

/* { steps: [ { command: lead + text } … ] }, and what comes out when the insertions are put in. */
static struct text write_led(struct arena *arena, struct text lead, const struct text *texts, size_t count,
                             struct list *insertions) {
    struct buffer buffer = buffer_in(arena), whole = buffer_in(arena);
    struct yaml_writer *writer = yaml_writer_open(&buffer, false);
    yaml_writer_lead(writer, lead, insertions);
    yaml_writer_begin_sequence(writer);
    for (size_t i = 0; i < count; i++) {
        struct node *step = node_mapping(arena), *command = node_string(arena, texts[i]);
        command->style = NODE_STYLE_LED;
        node_set(arena, step, "label", node_string(arena, TEXT("l")));
        node_set(arena, step, "command", command);
        yaml_writer_node(writer, step);
    }
    yaml_writer_end_sequence(writer);
    CHECK(yaml_writer_close(writer), "it can be written");
    size_t at = 0;
    for (size_t i = 0; i < insertions->count; i++) {
        const struct yaml_insertion *insertion = insertions->items[i];
        buffer_add(&whole, text_of(buffer.ptr + at, insertion->at - at));
        buffer_add(&whole, insertion->text);
        at = insertion->at;
    }
    buffer_add(&whole, text_of(buffer.ptr + at, buffer.len - at));
    return buffer_text(&whole);
}

static void test_lead(struct arena *arena) {
    static const struct {
        const char *lead, *text;
        bool is_inserted;
        const char *why;
    } rows[] = {
        {"a\nb\n", "c\n", true, "both are plain lines"},
        {"a\n\nb\n", "\nc\n\n  d\n", true, "blank lines inside, and where the rest begins"},
        {"a\n", "\n", false, "the rest is no line"},
        {"a\n", "c", false, "the rest does not end in a line end"},
        {"a\n", "c\n\n", false, "it ends in two"},
        {"a\n", "c \n", false, "a line ends in a space"},
        {"a\n", "c\td\n", false, "a tab is left to double quotes"},
        {" a\n", "c\n", false, "the lead is indented"},
        {"\na\n", "c\n", false, "the lead begins with a blank line"},
        {"a\x01\n", "c\n", false, "a control character in the lead"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct text texts[] = {text_from(rows[i].text), TEXT("x\n"), text_from(rows[i].text)};
        struct list insertions = {0}, documents = {0};
        struct text lead = text_from(rows[i].lead);
        struct text yaml = write_led(arena, lead, texts, 3, &insertions);
        struct diagnostics problems = diag_in(arena);
        bool ok = yaml_read(arena, source_create(arena, TEXT("out"), yaml), &problems, &documents);
        CHECK(ok && documents.count == 1, "%s: it is YAML", rows[i].why);
        const struct node *steps = documents.count == 0 ? node_sequence(arena) : documents.items[0];
        for (size_t j = 0; j < 3 && j < steps->count; j++) {
            struct text expected = text_concat(arena, lead, texts[j]);
            CHECK(text_equal(node_find(steps->items[j], "command")->text, expected), "%s: scalar %zu", rows[i].why, j);
        }
        bool lead_is_block = text_is(lead, "a\nb\n") || text_is(lead, "a\n\nb\n") || text_is(lead, "a\n");
        size_t expected = rows[i].is_inserted ? 3 : lead_is_block ? 1 : 0;
        CHECK(insertions.count == expected, "%s: %zu insertions", rows[i].why, insertions.count);
        for (size_t j = 1; j < insertions.count; j++) {
            const struct yaml_insertion *first = insertions.items[0], *other = insertions.items[j];
            CHECK(first->text.ptr == other->text.ptr, "%s: one text for all", rows[i].why);
        }
    }
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_keys(&arena);
    test_tree(&arena);
    test_refused(&arena);
    test_round_trip(&arena);
    test_lead(&arena);
    arena_finish(&arena);
    return check_done("yaml_write");
}
