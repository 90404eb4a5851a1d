#include "format/wildcard.h"

#include "base/rune.h"

bool wildcard_is_pattern(struct text element) {
    return text_has(element, '*') || text_has(element, '?') || text_has(element, '[') || text_has(element, '\\');
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
    *out = rune_at(*pattern, 0, &width);
    if (*out == RUNE_INVALID && width == 1) return false;
    drop(pattern, width);
    return pattern->len > 0;
}

/* After '['; drops the class from the pattern. False when it is malformed. */
static bool read_class(struct text *pattern, uint32_t rune, bool *matches) {
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
    *matches = is_in != is_negated;
    return true;
}

static bool match_class(struct text *pattern, uint32_t rune) {
    bool matches = false;
    return read_class(pattern, rune, &matches) && matches;
}

/* Matches a pattern without '*' against the beginning of the name and drops that from it. */
static bool match_chunk(struct text chunk, struct text *name) {
    while (chunk.len > 0) {
        if (name->len == 0) return false;
        char first = chunk.ptr[0];
        drop(&chunk, 1);
        if (first == '[' || first == '?') {
            size_t width;
            uint32_t rune = rune_at(*name, 0, &width);
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

/* Stars, if any, and the chunk behind them; false when the pattern ends with the stars. */
static bool take_part(struct text *pattern, bool *after_star, struct text *chunk) {
    *after_star = false;
    for (; pattern->len > 0 && pattern->ptr[0] == '*'; drop(pattern, 1))
        *after_star = true;
    if (*after_star && pattern->len == 0) return false;
    *chunk = take_chunk(pattern);
    return true;
}

bool wildcard_matches(struct text pattern, struct text name) {
    bool after_star;
    struct text chunk;
    while (pattern.len > 0) {
        if (!take_part(&pattern, &after_star, &chunk)) return true;
        if (!place_chunk(chunk, after_star, pattern.len == 0, &name)) return false;
    }
    return name.len == 0;
}

static bool chunk_is_well_formed(struct text chunk) {
    while (chunk.len > 0) {
        char first = chunk.ptr[0];
        bool ignored;
        drop(&chunk, 1);
        if (first == '[' && !read_class(&chunk, 0, &ignored)) return false;
        if (first == '\\' && chunk.len == 0) return false;
        if (first == '\\') drop(&chunk, 1);
    }
    return true;
}

bool wildcard_is_accepted(struct text pattern) {
    struct text name = TEXT("."), chunk;
    bool after_star;
    while (pattern.len > 0 && take_part(&pattern, &after_star, &chunk)) {
        if (!chunk_is_well_formed(chunk)) return false;
        if (!place_chunk(chunk, after_star, pattern.len == 0, &name)) return true;
    }
    return true;
}
