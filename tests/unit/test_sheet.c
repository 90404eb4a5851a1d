#include "check.h"

#include "report/sheet.h"

#include <string.h>

/* given: "name=value" between '|' */
static const struct {
    const char *body, *given, *written, *why;
} rows[] = {
    {"", "", "", "nothing"},
    {"a\n\nb\n", "", "a\n\nb\n", "text without holes, empty lines too"},
    {"{{a}}\n", "a=x", "x\n", "a hole alone"},
    {"<{{a}}{{b}} {{a}}>\n", "a=x|b=y", "<xy x>\n", "holes beside each other, one twice"},
    {"{a} {{b}} }}\n", "b=y", "{a} y }}\n", "single braces are text"},
    {"{{?a}}line\nrest\n", "", "rest\n", "a line whose value is absent"},
    {"{{?a}}line\nrest\n", "a=", "line\nrest\n", "an empty value is there, and the mark is gone"},
    {"{{?a}}{{?b}}both {{b}}\n", "a=|b=y", "both y\n", "two marks, and a hole"},
    {"{{?a}}{{?b}}both {{b}}\n", "b=y", "", "one of two is absent"},
    {"x {{a}}\n", "a={{b}}", "x {{b}}\n", "what is put in is not looked at again"},
};

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct map values = {0};
        struct text rest = text_from(rows[i].given), pair;
        while (rest.len > 0 && text_next(&rest, '|', &pair)) {
            size_t equals = text_find(pair, '=');
            struct text *value = arena_alloc(arena, sizeof(*value));
            *value = text_from_offset(pair, equals + 1);
            map_set(arena, &values, text_first(pair, equals), value);
        }
        struct sheet sheet = {.name = "test", .body = text_from(rows[i].body)};
        struct buffer buffer = buffer_in(arena);
        sheet_write(&buffer, &sheet, &values);
        CHECK_TEXT(buffer.len == 0 ? TEXT("") : buffer_text(&buffer), rows[i].written, rows[i].why);
    }
}

/* Each mark and hole is closed, and no sheet holds what the pipeline's own output may not. */
static void test_table(void) {
    CHECK(sheet_count == 5, "%zu", sheet_count);
    for (size_t i = 0; i < sheet_count; i++) {
        struct text rest = sheet_table[i].body, line;
        while (rest.len > 0 && text_next(&rest, '\n', &line)) {
            size_t opened = 0, closed = 0;
            for (size_t k = 0; k + 1 < line.len; k++) {
                opened += line.ptr[k] == '{' && line.ptr[k + 1] == '{';
                closed += line.ptr[k] == '}' && line.ptr[k + 1] == '}';
            }
            CHECK(opened == closed, "%s: %.*s", sheet_table[i].name, TEXT_ARG(line));
            CHECK(!text_has(line, '\t') && !text_ends(line, " "), "%s: %.*s", sheet_table[i].name, TEXT_ARG(line));
        }
        CHECK(sheet_find(sheet_table[i].name) == &sheet_table[i], "%s", sheet_table[i].name);
    }
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_table();
    arena_finish(&arena);
    return check_done("sheet");
}
