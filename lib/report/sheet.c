#include "report/sheet.h"

#include <assert.h>

const struct sheet *sheet_find(const char *name) {
    for (size_t i = 0; i < sheet_count; i++)
        if (text_is(text_from(name), sheet_table[i].name)) return &sheet_table[i];
    assert(false && "sheets are named by constants");
    return NULL;
}

/* The name at the beginning of "name}}…"; `rest` is what follows. */
static struct text take_name(struct text text, struct text *rest) {
    size_t end = text_find(text, '}');
    assert(end != TEXT_NONE && end + 1 < text.len && text.ptr[end + 1] == '}');
    *rest = text_from_offset(text, end + 2);
    return text_first(text, end);
}

static size_t find_hole(struct text text) {
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '{' && text.ptr[i + 1] == '{') return i;
    return TEXT_NONE;
}

static void write_line(struct buffer *buffer, struct text line, const struct map *values) {
    size_t at;
    while ((at = find_hole(line)) != TEXT_NONE) {
        struct text rest, name = take_name(text_from_offset(line, at + 2), &rest);
        const struct text *value = map_find(values, name);
        assert(value != NULL && "every hole has its value");
        buffer_add(buffer, text_first(line, at));
        if (value != NULL) buffer_add(buffer, *value);
        line = rest;
    }
    buffer_add(buffer, line);
    buffer_add_byte(buffer, '\n');
}

void sheet_write(struct buffer *buffer, const struct sheet *sheet, const struct map *values) {
    struct text rest = sheet->body, line;
    while (rest.len > 0 && text_next(&rest, '\n', &line)) {
        bool stands = true;
        while (stands && text_starts(line, "{{?")) {
            struct text after;
            stands = map_has(values, take_name(text_from_offset(line, 3), &after));
            line = after;
        }
        if (stands) write_line(buffer, line, values);
    }
}
