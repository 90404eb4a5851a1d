#include "repo/wildcard.h"

#define RUNE_ERROR 0xFFFDu

bool wildcard_is_pattern(struct text element) {
    return text_has(element, '*') || text_has(element, '?') || text_has(element, '[') || text_has(element, '\\');
}

/* The first character of a text that is not empty, and its width; an invalid byte is RUNE_ERROR of width 1. */
static uint32_t decode(struct text text, size_t *width) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)text.ptr;
    *width = 1;
    if (p[0] < 0x80) return p[0];
    size_t len = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || text.len < len) return RUNE_ERROR;
    uint32_t rune = p[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80) return RUNE_ERROR;
        rune = rune << 6 | (p[i] & 0x3Fu);
    }
    if (rune < least[len] || rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF)) return RUNE_ERROR;
    *width = len;
    return rune;
}

static void drop(struct text *text, size_t count) {
    *text = text_from_offset(*text, count);
}

/* One end of a range in a class; false when the class is malformed or not closed. */
static bool take_class_rune(struct text *pattern, uint32_t *out) {
    if (pattern->len == 0 || pattern->ptr[0] == '-' || pattern->ptr[0] == ']') return false;
    if (pattern->ptr[0] == '\\') drop(pattern, 1);
    if (pattern->len == 0) return false;
    size_t width;
    *out = decode(*pattern, &width);
    if (*out == RUNE_ERROR && width == 1) return false;
    drop(pattern, width);
    return pattern->len > 0;
}

/* After '['; drops the class from the pattern. */
static bool match_class(struct text *pattern, uint32_t rune) {
    bool is_negated = pattern->len > 0 && pattern->ptr[0] == '^';
    if (is_negated) drop(pattern, 1);
    bool is_in = false;
    for (size_t ranges = 0; ranges == 0 || pattern->len == 0 || pattern->ptr[0] != ']'; ranges++) {
        uint32_t low, high;
        if (!take_class_rune(pattern, &low)) return false;
        high = low;
        if (pattern->ptr[0] == '-') {
            drop(pattern, 1);
            if (!take_class_rune(pattern, &high)) return false;
        }
        is_in = is_in || (low <= rune && rune <= high);
    }
    drop(pattern, 1);
    return is_in != is_negated;
}

/* Matches a pattern without '*' against the beginning of the name and drops that from it. */
static bool match_chunk(struct text chunk, struct text *name) {
    while (chunk.len > 0) {
        if (name->len == 0) return false;
        char first = chunk.ptr[0];
        drop(&chunk, 1);
        if (first == '[' || first == '?') {
            size_t width;
            uint32_t rune = decode(*name, &width);
            drop(name, width);
            if (first == '[' && !match_class(&chunk, rune)) return false;
            continue;
        }
        if (first == '\\') {
            if (chunk.len == 0) return false;
            first = chunk.ptr[0];
            drop(&chunk, 1);
        }
        if (name->ptr[0] != first) return false;
        drop(name, 1);
    }
    return true;
}

/* The part of the pattern up to the next '*' that is not escaped or in a class. */
static struct text take_chunk(struct text *pattern) {
    bool is_in_class = false;
    size_t at = 0;
    for (; at < pattern->len; at++) {
        char byte = pattern->ptr[at];
        if (byte == '*' && !is_in_class) break;
        if (byte == '\\' && at + 1 < pattern->len) at++;
        if (byte == '[') is_in_class = true;
        if (byte == ']') is_in_class = false;
    }
    struct text chunk = text_first(*pattern, at);
    drop(pattern, at);
    return chunk;
}

/* Matches the chunk at `name` or, after a '*', at the first place where it fits; the last one must fit to the end. */
static bool place_chunk(struct text chunk, bool after_star, bool is_last, struct text *name) {
    for (size_t at = 0; at <= name->len; at++) {
        struct text rest = text_from_offset(*name, at);
        if (match_chunk(chunk, &rest) && (rest.len == 0 || !is_last)) {
            *name = rest;
            return true;
        }
        if (!after_star) return false;
    }
    return false;
}

bool wildcard_matches(struct text pattern, struct text name) {
    while (pattern.len > 0) {
        bool after_star = false;
        for (; pattern.len > 0 && pattern.ptr[0] == '*'; drop(&pattern, 1))
            after_star = true;
        if (after_star && pattern.len == 0) return true;
        struct text chunk = take_chunk(&pattern);
        if (!place_chunk(chunk, after_star, pattern.len == 0, &name)) return false;
    }
    return name.len == 0;
}
