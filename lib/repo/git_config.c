#include "repo/git_config.h"

#include "base/buffer.h"

struct reader {
    struct arena *arena;
    struct text rest;
};

/* The next byte, or -1 at the end; CR before LF is not there. */
static int peek(const struct reader *reader) {
    if (reader->rest.len == 0) return -1;
    bool is_crlf = reader->rest.len > 1 && reader->rest.ptr[0] == '\r' && reader->rest.ptr[1] == '\n';
    return is_crlf ? '\n' : (unsigned char)reader->rest.ptr[0];
}

static int take(struct reader *reader) {
    int byte = peek(reader);
    if (byte < 0) return byte;
    size_t width = byte == '\n' && reader->rest.ptr[0] == '\r' ? 2 : 1;
    reader->rest = text_from_offset(reader->rest, width);
    return byte;
}

static bool is_space(int byte) {
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\v' || byte == '\f';
}

static bool is_name_byte(int byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '-';
}

static void skip_spaces(struct reader *reader) {
    while (is_space(peek(reader)))
        take(reader);
}

static void skip_line(struct reader *reader) {
    for (int byte = take(reader); byte != '\n' && byte >= 0;)
        byte = take(reader);
}

static struct text read_name(struct reader *reader, bool with_dots) {
    struct buffer name = buffer_in(reader->arena);
    while (is_name_byte(peek(reader)) || (with_dots && peek(reader) == '.'))
        buffer_add_byte(&name, (char)take(reader));
    return text_lower(reader->arena, buffer_text(&name));
}

/* The part of [section "subsection"] after the opening quote. */
static bool read_subsection(struct reader *reader, struct text *out) {
    struct buffer name = buffer_in(reader->arena);
    for (int byte = take(reader); byte != '"'; byte = take(reader)) {
        if (byte == '\\') byte = take(reader);
        if (byte < 0 || byte == '\n') return false;
        buffer_add_byte(&name, (char)byte);
    }
    *out = buffer_text(&name);
    return true;
}

/* The old spelling [section.subsection], whose case does not count. */
static void split_section(struct config_variable *variable) {
    size_t dot = text_find(variable->section, '.');
    if (dot == TEXT_NONE) return;
    variable->subsection = text_from_offset(variable->section, dot + 1);
    variable->section = text_first(variable->section, dot);
}

/* After '['. */
static bool read_section(struct reader *reader, struct config_variable *variable) {
    *variable = (struct config_variable){.section = read_name(reader, true)};
    split_section(variable);
    skip_spaces(reader);
    if (peek(reader) == '"') {
        take(reader);
        if (!read_subsection(reader, &variable->subsection)) return false;
    }
    return take(reader) == ']';
}

/* After a backslash; a line end joins two lines and adds nothing. */
static bool read_escape(struct reader *reader, struct buffer *value) {
    int byte = take(reader);
    switch (byte) {
    case '\n':
        return true;
    case 't':
        buffer_add_byte(value, '\t');
        return true;
    case 'n':
        buffer_add_byte(value, '\n');
        return true;
    case 'b':
        buffer_add_byte(value, '\b');
        return true;
    case '\\':
    case '"':
        buffer_add_byte(value, (char)byte);
        return true;
    default:
        return false;
    }
}

/* After '='; `kept` is the length without the white space at the end, which counts only inside quotes. */
static bool read_value(struct reader *reader, struct text *out) {
    struct buffer value = buffer_in(reader->arena);
    size_t kept = 0;
    bool is_quoted = false;
    skip_spaces(reader);
    for (int byte = take(reader); byte >= 0 && byte != '\n'; byte = take(reader)) {
        if (!is_quoted && (byte == '#' || byte == ';')) {
            skip_line(reader);
            break;
        }
        if (byte == '"') {
            is_quoted = !is_quoted;
        } else if (byte == '\\') {
            if (!read_escape(reader, &value)) return false;
        } else {
            buffer_add_byte(&value, (char)byte);
            if (!is_quoted && is_space(byte)) continue;
        }
        kept = value.len;
    }
    value.len = kept;
    *out = buffer_text(&value);
    return !is_quoted;
}

static bool read_variable(struct reader *reader, struct config_variable *variable) {
    variable->name = read_name(reader, false);
    variable->value = (struct text){NULL, 0};
    skip_spaces(reader);
    int byte = peek(reader);
    if (byte == '=') {
        take(reader);
        return read_value(reader, &variable->value);
    }
    return byte < 0 || byte == '\n' || byte == '#' || byte == ';';
}

bool config_parse(struct arena *arena, struct text bytes, config_visitor *visit, void *self) {
    struct reader reader = {arena, bytes};
    struct config_variable variable = {.section = TEXT("")};
    if (text_starts(reader.rest, "\xEF\xBB\xBF")) reader.rest = text_from_offset(reader.rest, 3);
    for (int byte = peek(&reader); byte >= 0; byte = peek(&reader)) {
        if (byte == '\n' || is_space(byte)) {
            take(&reader);
        } else if (byte == '#' || byte == ';') {
            skip_line(&reader);
        } else if (byte == '[') {
            take(&reader);
            if (!read_section(&reader, &variable)) return false;
        } else {
            if (!is_name_byte(byte) || !read_variable(&reader, &variable)) return false;
            visit(self, &variable);
        }
    }
    return true;
}

bool config_is_true(struct text value) {
    static const char *const words[] = {"true", "yes", "on"};
    if (!text_is_given(value)) return true;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (text_equal_ignoring_case(value, text_from(words[i]))) return true;
    bool is_number = value.len > 0;
    bool is_zero = true;
    for (size_t i = 0; i < value.len; i++) {
        is_number = is_number && value.ptr[i] >= '0' && value.ptr[i] <= '9';
        is_zero = is_zero && value.ptr[i] == '0';
    }
    return is_number && !is_zero;
}
