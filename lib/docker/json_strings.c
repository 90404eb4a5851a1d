#include "docker/json_strings.h"

#include "base/rune.h"

#include <string.h>

struct reader {
    struct arena *arena;
    struct text rest;
    struct buffer open; /* the arrays and objects that are open: '[' and '{' */
};

static char first(const struct reader *reader) {
    if (reader->rest.len == 0) return '\0';
    return reader->rest.ptr[0];
}

static void skip(struct reader *reader, size_t count) {
    reader->rest = text_from_offset(reader->rest, count);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct reader *reader) {
    size_t count = 0;
    while (count < reader->rest.len && is_blank(reader->rest.ptr[count]))
        count++;
    skip(reader, count);
}

static bool take(struct reader *reader, char byte) {
    skip_blanks(reader);
    if (reader->rest.len == 0 || first(reader) != byte) return false;
    skip(reader, 1);
    return true;
}

/* --- strings --- */

/* Four hexadecimal digits at an offset; false when they are not there. */
static bool hex_at(struct text text, size_t offset, uint32_t *out) {
    if (offset + 4 > text.len) return false;
    uint32_t value = 0;
    for (size_t i = offset; i < offset + 4; i++) {
        const char *digits = "0123456789abcdefABCDEF";
        const char *at = text.ptr[i] == '\0' ? NULL : strchr(digits, text.ptr[i]);
        if (at == NULL) return false;
        size_t digit = (size_t)(at - digits);
        value = value << 4 | (uint32_t)(digit > 15 ? digit - 6 : digit);
    }
    *out = value;
    return true;
}

/* `\u` and its digits, two of them when they are a surrogate pair. */
static bool read_unicode(struct reader *reader, struct buffer *out) {
    uint32_t high, low;
    if (!hex_at(reader->rest, 2, &high)) return false;
    bool has_second = text_starts(text_from_offset(reader->rest, 6), "\\u") && hex_at(reader->rest, 8, &low);
    bool is_pair = has_second && high >= 0xD800 && high < 0xDC00 && low >= 0xDC00 && low < 0xE000;
    if (is_pair) {
        rune_add(out, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
    } else {
        rune_add(out, high >= 0xD800 && high < 0xE000 ? RUNE_INVALID : high);
    }
    skip(reader, is_pair ? 12 : 6);
    return true;
}

static bool read_escape(struct reader *reader, struct buffer *out) {
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (reader->rest.len < 2) return false;
    char name = reader->rest.ptr[1];
    if (name == 'u') return read_unicode(reader, out);
    const char *at = name == '\0' ? NULL : strchr(names, name);
    if (at == NULL) return false;
    buffer_add_byte(out, values[at - names]);
    skip(reader, 2);
    return true;
}

/* Most strings are what they look like, and then no copy is made. */
static bool read_plain_string(struct reader *reader, struct text *out) {
    size_t len = 0;
    while (len < reader->rest.len && reader->rest.ptr[len] >= 0x20 && reader->rest.ptr[len] < 0x7F &&
           reader->rest.ptr[len] != '"' && reader->rest.ptr[len] != '\\')
        len++;
    if (len == reader->rest.len || reader->rest.ptr[len] != '"') return false;
    *out = text_first(reader->rest, len);
    skip(reader, len + 1);
    return true;
}

/* White space, then a string. */
static bool read_string(struct reader *reader, struct text *out) {
    struct buffer buffer = buffer_in(reader->arena);
    if (!take(reader, '"')) return false;
    if (read_plain_string(reader, out)) return true;
    while (reader->rest.len > 0 && first(reader) != '"') {
        if ((unsigned char)first(reader) < 0x20) return false;
        if (first(reader) == '\\') {
            if (!read_escape(reader, &buffer)) return false;
            continue;
        }
        size_t len;
        rune_add(&buffer, rune_at(reader->rest, 0, &len));
        skip(reader, len);
    }
    if (reader->rest.len == 0) return false;
    skip(reader, 1);
    *out = buffer_text(&buffer);
    return true;
}

/* --- other values: only whether they are well formed matters --- */

static size_t digits(struct text text, size_t at) {
    size_t count = 0;
    while (at + count < text.len && text.ptr[at + count] >= '0' && text.ptr[at + count] <= '9')
        count++;
    return count;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool skip_number(struct reader *reader) {
    struct text text = reader->rest;
    size_t at = first(reader) == '-';
    size_t whole = digits(text, at);
    if (whole == 0) return false;
    at += text.ptr[at] == '0' ? 1 : whole;
    if (at < text.len && text.ptr[at] == '.') {
        size_t fraction = digits(text, at + 1);
        if (fraction == 0) return false;
        at += 1 + fraction;
    }
    if (at < text.len && (text.ptr[at] | 0x20) == 'e') {
        at++;
        if (at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-')) at++;
        size_t exponent = digits(text, at);
        if (exponent == 0) return false;
        at += exponent;
    }
    skip(reader, at);
    return true;
}

static bool skip_scalar(struct reader *reader) {
    static const char *const words[] = {"true", "false", "null"};
    struct text string;
    if (first(reader) == '"') return read_string(reader, &string);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (text_starts(reader->rest, words[i])) {
            skip(reader, strlen(words[i]));
            return true;
        }
    return skip_number(reader);
}

static char innermost(const struct reader *reader) {
    if (reader->open.len == 0) return '\0';
    return reader->open.ptr[reader->open.len - 1];
}

static bool skip_key(struct reader *reader) {
    struct text key;
    return innermost(reader) != '{' || (read_string(reader, &key) && take(reader, ':'));
}

/* Opens an array or object, and goes to its first member; an empty one is closed at once. */
static bool open(struct reader *reader, bool *is_empty) {
    char bracket = first(reader);
    if (reader->open.len >= JSON_DEPTH_LIMIT) return false;
    skip(reader, 1);
    *is_empty = take(reader, bracket == '[' ? ']' : '}');
    if (*is_empty) return true;
    buffer_add_byte(&reader->open, bracket);
    return skip_key(reader);
}

/* After a value: closes what ends here, and goes to the next member; `*done` when nothing is open any more. */
static bool close(struct reader *reader, size_t floor, bool *done) {
    while (reader->open.len > floor) {
        if (take(reader, ',')) {
            *done = false;
            return skip_key(reader);
        }
        if (!take(reader, innermost(reader) == '[' ? ']' : '}')) return false;
        reader->open.len--;
    }
    *done = true;
    return true;
}

/* One value of any kind, without recursion: a file may nest as deep as it likes. */
static bool skip_value(struct reader *reader) {
    size_t floor = reader->open.len;
    for (bool done = false; !done;) {
        skip_blanks(reader);
        bool opens = first(reader) == '[' || first(reader) == '{', is_empty = true;
        if (opens ? !open(reader, &is_empty) : !skip_scalar(reader)) return false;
        if (is_empty && !close(reader, floor, &done)) return false;
    }
    return true;
}

static bool is_at_end(struct reader *reader) {
    skip_blanks(reader);
    return reader->rest.len == 0;
}

enum json_array json_array_read(struct arena *arena, struct text text, struct texts *out) {
    struct reader reader = {.arena = arena, .rest = text, .open = buffer_in(arena)};
    struct texts strings = {0};
    bool mixed = false;
    if (!take(&reader, '[')) return JSON_ARRAY_NONE;
    for (bool is_end = take(&reader, ']'); !is_end; is_end = take(&reader, ']')) {
        if ((strings.count > 0 || mixed) && !take(&reader, ',')) return JSON_ARRAY_NONE;
        skip_blanks(&reader);
        struct text string;
        bool is_string = first(&reader) == '"';
        if (is_string ? !read_string(&reader, &string) : !skip_value(&reader)) return JSON_ARRAY_NONE;
        if (is_string) texts_add(arena, &strings, string);
        mixed = mixed || !is_string;
    }
    if (!is_at_end(&reader)) return JSON_ARRAY_NONE;
    if (mixed) return JSON_ARRAY_MIXED;
    for (size_t i = 0; i < strings.count; i++)
        texts_add(arena, out, strings.items[i]);
    return JSON_ARRAY_STRINGS;
}

struct text json_object_string(struct arena *arena, struct text text, const char *key) {
    struct reader reader = {.arena = arena, .rest = text, .open = buffer_in(arena)};
    struct text found = {0}, name, value;
    bool is_first = true;
    if (!take(&reader, '{')) return found;
    for (bool is_end = take(&reader, '}'); !is_end; is_end = take(&reader, '}')) {
        if (!is_first && !take(&reader, ',')) return (struct text){0};
        is_first = false;
        if (!read_string(&reader, &name) || !take(&reader, ':')) return (struct text){0};
        skip_blanks(&reader);
        bool is_string = first(&reader) == '"';
        if (is_string ? !read_string(&reader, &value) : !skip_value(&reader)) return (struct text){0};
        if (text_is(name, key)) found = is_string ? value : (struct text){0};
    }
    return is_at_end(&reader) ? found : (struct text){0};
}
