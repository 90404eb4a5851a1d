#include "check.h"
#include "yaml_spelling.h"

#include "format/json_write.h"

static const struct {
    struct text text;
    const char *written;
    const char *why;
} rows[] = {
    {TEXT_INIT(""), "\"\"", "empty"},
    {TEXT_INIT("a/b"), "\"a/b\"", "a slash is not escaped"},
    {TEXT_INIT("\"\\\n\t\r\b\f"), "\"\\\"\\\\\\n\\t\\r\\b\\f\"", "the short escapes"},
    {TEXT_INIT("\x01\033"), "\"\\u0001\\u001B\"", "control characters"},
    {TEXT_INIT("a\0b"), "\"a\\u0000b\"", "NUL"},
    {TEXT_INIT("\x7F"), "\"\\u007f\"", "DEL, which YAML readers refuse"},
    {TEXT_INIT("\xC2\x80\xC2\x85\xC2\x9F"), "\"\\u0080\\u0085\\u009f\"", "C1"},
    {TEXT_INIT("\xC2\xA0"), "\"\xC2\xA0\"", "a no-break space stands as it is"},
    {TEXT_INIT("\xE2\x80\xA8\xE2\x80\xA9"), "\"\\u2028\\u2029\"", "Unicode line breaks"},
    {TEXT_INIT("\xEF\xBB\xBF"), "\"\\ufeff\"", "a byte order mark"},
    {TEXT_INIT("\xC3\xA9\xF0\x9F\x90\xB3"), "\"\xC3\xA9\xF0\x9F\x90\xB3\"", "no surrogate pairs"},
};

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buffer buffer = buffer_in(arena);
        CHECK(json_write(&buffer, node_string(arena, rows[i].text)), "%s", rows[i].why);
        struct text written = buffer_text(&buffer);
        CHECK_TEXT(text_first(written, written.len - 1), rows[i].written, rows[i].why);
        if (text_has(rows[i].text, '\0')) continue; /* our own reader refuses it */
        struct text read = yaml_spelling(arena, written);
        CHECK(read.len == rows[i].text.len + 2 &&
                  text_equal(text_first(text_from_offset(read, 1), read.len - 2), rows[i].text),
              "a YAML reader gets it back: %s", rows[i].why);
    }
}

static void test_tree(struct arena *arena) {
    struct node *root = node_mapping(arena), *list = node_sequence(arena);
    node_append(arena, list, node_number(arena, -7));
    node_append(arena, list, node_bool(arena, true));
    node_append(arena, list, node_bool(arena, false));
    node_append(arena, list, node_null(arena));
    node_append(arena, list, node_mapping(arena));
    node_set(arena, root, "z", list);
    node_set(arena, root, "a", node_sequence(arena));
    node_set(arena, root, "\xC2\x85", node_string(arena, (struct text){0}));
    struct buffer buffer = buffer_in(arena);
    CHECK(json_write(&buffer, root), "written");
    CHECK_TEXT(buffer_text(&buffer),
               "{\n  \"z\": [\n    -7,\n    true,\n    false,\n    null,\n    {}\n  ],\n  \"a\": [],\n  \"\\u0085\": "
               "\"\"\n}\n",
               "in the order of insertion");
    struct node *bad = node_string(arena, TEXT("\xFF"));
    struct node *in_list = node_sequence(arena), *in_mapping = node_mapping(arena), *as_key = node_mapping(arena);
    node_append(arena, in_list, bad);
    node_set(arena, in_mapping, "k", in_list);
    node_set_pair(arena, as_key, bad, node_null(arena));
    size_t before = buffer.len;
    CHECK(!json_write(&buffer, bad) && !json_write(&buffer, in_mapping) && !json_write(&buffer, as_key), "not UTF-8");
    CHECK(buffer.len == before, "nothing is appended");
}

/* Every character of the first plane survives the YAML reader that the agent has (libyaml here). */
static void test_characters(struct arena *arena) {
    for (unsigned code = 1; code < 0x10000; code++) {
        if (code >= 0xD800 && code < 0xE000) continue;
        struct arena_mark mark = arena_mark(arena);
        struct text text = code < 0x80 ? text_format(arena, "%c", (int)code)
                           : code < 0x800
                               ? text_format(arena, "%c%c", (int)(0xC0 | code >> 6), (int)(0x80 | (code & 63)))
                               : text_format(arena, "%c%c%c", (int)(0xE0 | code >> 12), (int)(0x80 | (code >> 6 & 63)),
                                             (int)(0x80 | (code & 63)));
        struct buffer buffer = buffer_in(arena);
        CHECK(json_write(&buffer, node_string(arena, text)), "U+%04X", code);
        struct text read = yaml_spelling(arena, buffer_text(&buffer));
        CHECK(read.len == text.len + 2 && text_contains(read, text), "U+%04X", code);
        arena_release(arena, mark);
    }
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_tree(&arena);
    test_characters(&arena);
    arena_finish(&arena);
    return check_done("json_write");
}
