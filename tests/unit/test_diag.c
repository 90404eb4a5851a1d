#include "check.h"

#include "base/diag.h"

/* A source with a line of each kind that is hard to show. */
static const char hard[] = "plain line\n"
                           "\ttabbed\tline\n"
                           "escape \033[31m and \xFF here\n"
                           "windows line\r\n"
                           "\n"
                           "last";

static const struct {
    uint32_t line, column, length;
    const char *expected;
    const char *why;
} rows[] = {
    {1, 7, 4, "f:1:7: error: m [r]\n    1 | plain line\n      |       ^~~~\n", "the usual case"},
    {1, 7, 0, "f:1:7: error: m [r]\n    1 | plain line\n      |       ^\n", "only the point is known"},
    {1, 7, 400, "f:1:7: error: m [r]\n    1 | plain line\n      |       ^~~~\n", "never past the line's end"},
    {1, 11, 1, "f:1:11: error: m [r]\n    1 | plain line\n      |           ^\n", "just behind the line"},
    {2, 9, 4, "f:2:9: error: m [r]\n    2 | \ttabbed\tline\n      | \t      \t^~~~\n",
     "tabs keep the caret in its column"},
    {3, 1, 6, "f:3:1: error: m [r]\n    3 | escape ?[31m and ? here\n      | ^~~~~~\n", "nothing moves the cursor"},
    {4, 1, 7, "f:4:1: error: m [r]\n    4 | windows line\n      | ^~~~~~~\n", "a CR is part of the line's end"},
    {5, 1, 0, "f:5:1: error: m [r]\n", "an empty line shows nothing"},
    {6, 1, 4, "f:6:1: error: m [r]\n    6 | last\n      | ^~~~\n", "the last line needs no end"},
    {7, 1, 1, "f:7:1: error: m [r]\n", "past the end"},
    {0, 0, 0, "f: error: m [r]\n", "the file as a whole"},
    {1, 0, 0, "f:1: error: m [r]\n    1 | plain line\n", "the line as a whole"},
};

static struct text write_one(struct arena *arena, struct diagnostic *diagnostic, bool colour) {
    struct buffer buffer = buffer_in(arena);
    struct diagnostics list = diag_in(arena);
    list_add(arena, &list.list, diagnostic);
    diag_write(&buffer, &list, DIAG_NOTE, colour);
    return buffer_text(&buffer);
}

static void test_rows(struct arena *arena) {
    const struct source *source = source_create(arena, TEXT("f"), text_from(hard));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct diagnostics list = diag_in(arena);
        struct place place = {source, rows[i].line, rows[i].column, rows[i].length};
        struct diagnostic *added = diag_add(&list, DIAG_ERROR, "r", place, "%s", "m");
        CHECK_TEXT(write_one(arena, added, false), rows[i].expected, rows[i].why);
    }
}

/* A minified file: the window moves so that the place stays in it. */
static void test_long_line(struct arena *arena) {
    static const uint32_t columns[] = {1, 80, 159, 160, 161, 162, 500000, 999999, 1000000};
    struct buffer line = buffer_in(arena);
    buffer_add_repeated(&line, 'x', 1000000);
    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
        char *bytes = text_string(arena, buffer_text(&line));
        bytes[columns[i] - 1] = '!';
        const struct source *source = source_create(arena, TEXT("f"), text_of(bytes, line.len));
        struct diagnostics list = diag_in(arena);
        struct text text =
            write_one(arena, diag_add(&list, DIAG_ERROR, "r", (struct place){source, 1, columns[i], 5}, "m"), false);
        struct text head, shown, caret;
        text_next(&text, '\n', &head);
        text_next(&text, '\n', &shown);
        text_next(&text, '\n', &caret);
        CHECK(shown.len <= 8 + 160, "column %u: %zu bytes", columns[i], shown.len);
        CHECK(text_find(shown, '!') == text_find(caret, '^'), "column %u: the caret stands under it", columns[i]);
    }
}

static void test_words(struct arena *arena) {
    const struct source *source = source_create(arena, TEXT("a\nb"), TEXT("one\ntwo\n"));
    struct diagnostics list = diag_in(arena);
    struct diagnostic *first = diag_add(&list, DIAG_WARNING, "r", (struct place){0}, "a\033b\n%s", "c");
    CHECK_TEXT(write_one(arena, first, false), "depot-pipeline: warning: a?b?c [r]\n", "the program as a whole");
    CHECK_TEXT(write_one(arena, first, true), "depot-pipeline: \033[1;33mwarning:\033[0m a?b?c [r]\n", "in colour");
    struct diagnostic *second = diag_add(&list, DIAG_NOTE, "r", (struct place){source, 1, 1, 3}, "m");
    diag_second(&list, second, (struct place){source, 2, 1, 3}, "first defined here");
    CHECK_TEXT(
        write_one(arena, second, false),
        "a?b:1:1: note: m [r]\n    1 | one\n      | ^~~\na?b:2:1: first defined here\n    2 | two\n      | ^~~\n",
        "a second place; a path that would break the line");
    struct buffer buffer = buffer_in(arena);
    diag_write(&buffer, &list, DIAG_WARNING, false);
    CHECK_TEXT(buffer_text(&buffer), "depot-pipeline: warning: a?b?c [r]\n", "at least a warning");
    CHECK(!diag_has_errors(&list) && diag_count(&list, DIAG_NOTE) == 1, "no error yet");
    diag_add(&list, DIAG_ERROR, "r", (struct place){0}, "e");
    CHECK(diag_has_errors(&list), "now");
}

/* Sorted by place; what was reported first at one place stays first, and repeats are dropped wherever they stand. */
static void test_sort(struct arena *arena) {
    static const struct {
        char path;
        uint32_t line, column;
        enum severity severity;
        const char *message;
    } reported[] = {
        {'b', 1, 1, DIAG_ERROR, "8"},
        {'a', 2, 1, DIAG_ERROR, "6"},
        {'a', 1, 9, DIAG_ERROR, "5"},
        {'a', 1, 2, DIAG_ERROR, "2"},
        {'a', 1, 2, DIAG_ERROR, "3"},
        {'a', 1, 2, DIAG_ERROR, "2"}, /* a repeat */
        {0, 0, 0, DIAG_ERROR, "0"},
        {'a', 1, 2, DIAG_WARNING, "2"},
        /* not one: milder */ {'a', 0, 0, DIAG_ERROR, "1"},
        {'a', 2, 1, DIAG_ERROR, "6"},
        {'a', 10, 1, DIAG_ERROR, "7"},
    };
    struct diagnostics list = diag_in(arena);
    for (size_t i = 0; i < sizeof(reported) / sizeof(*reported); i++) {
        struct text path = text_format(arena, "%c", reported[i].path);
        const struct source *source = reported[i].path == 0 ? NULL : source_create(arena, path, TEXT(""));
        struct place place = {source, reported[i].line, reported[i].column, 0};
        diag_add(&list, reported[i].severity, "r", place, "%s", reported[i].message);
    }
    diag_sort(&list);
    struct text order = TEXT("");
    for (size_t i = 0; i < list.list.count; i++)
        order = text_concat(arena, order, ((const struct diagnostic *)list.list.items[i])->message);
    CHECK_TEXT(order,
               "0123256"
               "78",
               "the order of places");
}

static void test_places(struct arena *arena) {
    struct text bytes = TEXT("ab\ncd\n");
    const struct source *source = source_create(arena, TEXT("f"), bytes);
    struct place place = source_place(source, text_of(bytes.ptr + 4, 1));
    CHECK(place.line == 2 && place.column == 2 && place.length == 1, "%u:%u", place.line, place.column);
    place = source_place(source, text_of(bytes.ptr + 6, 0));
    CHECK(place.line == 3 && place.column == 1 && place.length == 0, "the very end");
    place = source_place(source, TEXT("other bytes"));
    CHECK(place.source == source && place.line == 0, "no view into the source: the file as a whole");
    CHECK(source_place(NULL, bytes).source == NULL, "no source");
    CHECK_TEXT(source_line(source, 2), "cd", "a line");
    CHECK_TEXT(source_line(source, 9), "", "no such line");
    struct source_cursor cursor = {0};
    CHECK_TEXT(source_next_line(&cursor, source, 2), "cd", "with a cursor");
    CHECK_TEXT(source_next_line(&cursor, source, 2), "cd", "the same line again");
    CHECK_TEXT(source_next_line(&cursor, source, 1), "ab", "and upward");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_long_line(&arena);
    test_words(&arena);
    test_sort(&arena);
    test_places(&arena);
    arena_finish(&arena);
    return check_done("diag");
}
