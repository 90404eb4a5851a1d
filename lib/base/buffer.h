/*
 * buffer: bytes that grow, in an arena.
 *
 * Only the newest state is valid: appending may move the bytes. buffer_text gives a view
 * that stays valid when the buffer is not appended to any more.
 */
#ifndef DEPOT_BASE_BUFFER_H
#define DEPOT_BASE_BUFFER_H

#include "base/text.h"

struct buffer {
    struct arena *arena;
    char *ptr;
    size_t len;
    size_t capacity;
};

static inline struct buffer buffer_in(struct arena *arena) {
    return (struct buffer){.arena = arena};
}

void buffer_reserve(struct buffer *buffer, size_t more);
void buffer_add(struct buffer *buffer, struct text text);
void buffer_add_string(struct buffer *buffer, const char *string);
void buffer_add_byte(struct buffer *buffer, char byte);
void buffer_add_repeated(struct buffer *buffer, char byte, size_t count);
void buffer_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct text buffer_text(const struct buffer *buffer);

#endif
