#include "base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text text_copy(struct arena *arena, struct text text) {
    if (text.len == 0) return text_is_given(text) ? TEXT("") : text;
    char *copy = arena_alloc(arena, text.len);
    memcpy(copy, text.ptr, text.len);
    return text_of(copy, text.len);
}

char *text_string(struct arena *arena, struct text text) {
    char *copy = arena_alloc(arena, text.len + 1);
    if (text.len > 0) memcpy(copy, text.ptr, text.len);
    return copy;
}

struct text text_format(struct arena *arena, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(len >= 0 && "a format of our own is always valid");
    char *text = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text_of(text, (size_t)len);
}

struct text text_concat(struct arena *arena, struct text a, struct text b) {
    char *joined = arena_alloc(arena, a.len + b.len);
    if (a.len > 0) memcpy(joined, a.ptr, a.len);
    if (b.len > 0) memcpy(joined + a.len, b.ptr, b.len);
    return text_of(joined, a.len + b.len);
}

static unsigned char lower(unsigned char c) {
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

bool text_equal_ignoring_case(struct text a, struct text b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower((unsigned char)a.ptr[i]) != lower((unsigned char)b.ptr[i])) return false;
    return true;
}

int text_compare(struct text a, struct text b) {
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
    if (order != 0) return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool text_has(struct text text, char byte) {
    return text_find(text, byte) != TEXT_NONE;
}

bool text_contains(struct text text, struct text part) {
    if (part.len == 0) return true;
    return text.len >= part.len && memmem(text.ptr, text.len, part.ptr, part.len) != NULL;
}

size_t text_find(struct text text, char byte) {
    const char *at = text.len == 0 ? NULL : memchr(text.ptr, byte, text.len);
    return at == NULL ? TEXT_NONE : (size_t)(at - text.ptr);
}

size_t text_find_last(struct text text, char byte) {
    size_t at = text.len;
    while (at > 0 && text.ptr[at - 1] != byte)
        at--;
    return at == 0 ? TEXT_NONE : at - 1;
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text text_trim(struct text text) {
    while (text.len > 0 && is_space(text.ptr[0]))
        text = text_from_offset(text, 1);
    while (text.len > 0 && is_space(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

struct text text_trim_right(struct text text, const char *bytes) {
    while (text.len > 0 && text.ptr[text.len - 1] != '\0' && strchr(bytes, text.ptr[text.len - 1]) != NULL)
        text.len--;
    return text;
}

struct text text_lower(struct arena *arena, struct text text) {
    char *copy = arena_alloc(arena, text.len);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = (char)lower((unsigned char)text.ptr[i]);
    return text_of(copy, text.len);
}

bool text_next(struct text *rest, char byte, struct text *out) {
    if (!text_is_given(*rest)) return false;
    size_t at = text_find(*rest, byte);
    if (at == TEXT_NONE) {
        *out = *rest;
        *rest = (struct text){0};
        return true;
    }
    *out = text_first(*rest, at);
    *rest = text_from_offset(*rest, at + 1);
    return true;
}

/* Bytes of the well-formed UTF-8 sequence at the front; 0 when there is none. */
static size_t utf8_length(const unsigned char *p, size_t len) {
    if (p[0] < 0x80) return 1;
    size_t need = p[0] >= 0xC2 && p[0] <= 0xDF ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4 : 0;
    if (need == 0 || need > len) return 0;
    for (size_t i = 1; i < need; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    bool overlong = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90);
    bool beyond = (p[0] == 0xED && p[1] >= 0xA0) || (p[0] == 0xF4 && p[1] >= 0x90);
    return overlong || beyond ? 0 : need;
}

size_t text_width(struct text text) {
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++)
        width += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return width;
}

/* Eight bytes at a time while they are ASCII, which nearly all are. */
static size_t ascii_length(struct text text) {
    size_t len = 0;
    for (uint64_t word; text.len - len >= sizeof(word); len += sizeof(word)) {
        memcpy(&word, text.ptr + len, sizeof(word));
        if ((word & 0x8080808080808080u) != 0) break;
    }
    return len;
}

bool text_is_utf8(struct text text) {
    for (size_t i = ascii_length(text); i < text.len;) {
        size_t step = utf8_length((const unsigned char *)text.ptr + i, text.len - i);
        if (step == 0) return false;
        i += step;
    }
    return true;
}

/* C0, DEL, C1, the Unicode line breaks and the bidirectional controls: what could move a cursor or end a line. */
static bool is_control(const unsigned char *p, size_t len) {
    if (len == 1) return p[0] < 0x20 || p[0] == 0x7F;
    if (len == 2) return p[0] == 0xC2 && p[1] < 0xA0;
    if (len != 3 || p[0] != 0xE2) return false;
    return (p[1] == 0x80 && p[2] >= 0xA8 && p[2] <= 0xAE) || (p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9);
}

struct text text_printable(struct arena *arena, struct text text) {
    char *copy = arena_alloc(arena, text.len);
    size_t used = 0;
    for (size_t i = 0; i < text.len;) {
        const unsigned char *p = (const unsigned char *)text.ptr + i;
        size_t step = utf8_length(p, text.len - i);
        if (step == 0 || is_control(p, step)) {
            copy[used++] = '?';
            i += step == 0 ? 1 : step;
            continue;
        }
        memcpy(copy + used, p, step);
        used += step;
        i += step;
    }
    return text_of(copy, used);
}

/* Multiply and fold, eight bytes at a time; a hostile repository gains little by collisions, for names are compared. */
static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

uint64_t text_hash(struct text text) {
    uint64_t hash = 0xCBF29CE484222325u ^ text.len, word = 0;
    size_t at = 0;
    for (; text.len - at >= sizeof(word); at += sizeof(word)) {
        memcpy(&word, text.ptr + at, sizeof(word));
        hash = mix(hash, word);
    }
    word = 0;
    if (at < text.len) memcpy(&word, text.ptr + at, text.len - at);
    return mix(hash, word);
}

struct text text_bytes(struct arena *arena, uint64_t bytes) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 999.95 && unit + 1 < sizeof(units) / sizeof(*units); unit++)
        value /= 1000;
    if (unit == 0) return text_format(arena, "%d B", (int)bytes);
    return text_format(arena, "%.1f %s", value, units[unit]);
}
