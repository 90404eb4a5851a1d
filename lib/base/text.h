/*
 * text: a view of bytes, usually into a source file that the arena holds.
 *
 * A text is not terminated and may hold any byte, NUL and invalid UTF-8 included. It is
 * passed by value. The absent text has a NULL pointer; `text_is_given` tells it from the
 * empty one. A C string is made (text_string) only at an edge that needs one: a file
 * name, a command line.
 */
#ifndef DEPOT_BASE_TEXT_H
#define DEPOT_BASE_TEXT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct text {
    const char *ptr;
    size_t len;
};

/* A text from a string literal; usable where a constant is needed. */
#define TEXT(literal) ((struct text){"" literal, sizeof(literal) - 1})
#define TEXT_INIT(literal)                                                                                             \
    { "" literal, sizeof(literal) - 1 }

/* The two arguments of a "%.*s". */
#define TEXT_ARG(text) (int)(text).len, (text).ptr

/*
 * The smallest calls are inline: nearly all are made with a constant, and a compiler that sees both
 * makes one comparison of them.
 */

static inline struct text text_of(const char *ptr, size_t len) {
    return (struct text){ptr, len};
}

/* NULL gives the absent text. */
static inline struct text text_from(const char *string) {
    return text_of(string, string == NULL ? 0 : strlen(string));
}

struct text text_copy(struct arena *arena, struct text text);
char *text_string(struct arena *arena, struct text text); /* a NUL-terminated copy */
struct text text_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct text text_concat(struct arena *arena, struct text a, struct text b);

static inline bool text_is_given(struct text text) {
    return text.ptr != NULL;
}
static inline bool text_is_empty(struct text text) {
    return text.len == 0;
}

static inline bool text_equal(struct text a, struct text b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool text_is(struct text text, const char *string) {
    return text_equal(text, text_from(string));
}

/* The beginning; len is clamped. */
static inline struct text text_first(struct text text, size_t len) {
    return text_of(text.ptr, len < text.len ? len : text.len);
}

/* The rest; offset is clamped. */
static inline struct text text_from_offset(struct text text, size_t offset) {
    if (offset > text.len) offset = text.len;
    return text_of(text.ptr == NULL ? NULL : text.ptr + offset, text.len - offset);
}

static inline bool text_starts(struct text text, const char *prefix) {
    struct text front = text_from(prefix);
    return text.len >= front.len && text_equal(text_first(text, front.len), front);
}

/* The same with texts. */
static inline bool text_has_prefix(struct text text, struct text prefix) {
    return text.len >= prefix.len && text_equal(text_first(text, prefix.len), prefix);
}

static inline bool text_has_suffix(struct text text, struct text suffix) {
    return text.len >= suffix.len && text_equal(text_from_offset(text, text.len - suffix.len), suffix);
}

static inline bool text_ends(struct text text, const char *suffix) {
    struct text back = text_from(suffix);
    return text.len >= back.len && text_equal(text_from_offset(text, text.len - back.len), back);
}

bool text_equal_ignoring_case(struct text a, struct text b); /* ASCII only */
int text_compare(struct text a, struct text b);              /* by bytes, as memcmp */
bool text_has(struct text text, char byte);
bool text_contains(struct text text, struct text part);

#define TEXT_NONE SIZE_MAX
size_t text_find(struct text text, char byte);      /* offset, or TEXT_NONE */
size_t text_find_last(struct text text, char byte); /* offset, or TEXT_NONE */

struct text text_trim(struct text text); /* without ASCII white space at both ends */
struct text text_trim_right(struct text text, const char *bytes);
struct text text_lower(struct arena *arena, struct text text); /* ASCII only */

/* Takes the part before `byte` off the front of `rest`; false at the end. Empty parts count. */
bool text_next(struct text *rest, char byte, struct text *out);

/* Characters of UTF-8; a byte that begins none counts too, unless it goes on another. */
size_t text_width(struct text text);

/* True when the bytes are well-formed UTF-8 (no surrogates, no overlong forms). */
bool text_is_utf8(struct text text);

/* Copies, with each byte of a malformed sequence and each control character replaced by '?': for messages and labels. */
struct text text_printable(struct arena *arena, struct text text);

/* An amount of bytes for people: "512 B", "1.2 MB" (of 1000). */
struct text text_bytes(struct arena *arena, uint64_t bytes);

/* For maps of this run only: it differs between byte orders. */
uint64_t text_hash(struct text text);

#endif
