#include "base/buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void buffer_reserve(struct buffer *buffer, size_t more) {
    if (buffer->capacity - buffer->len >= more) return;
    size_t capacity = buffer->capacity < 128 ? 256 : buffer->capacity * 2;
    if (capacity < buffer->len + more) capacity = buffer->len + more;
    buffer->ptr = arena_grow(buffer->arena, buffer->ptr, buffer->capacity, capacity);
    buffer->capacity = capacity;
}

void buffer_add(struct buffer *buffer, struct text text) {
    if (text.len == 0) return;
    buffer_reserve(buffer, text.len);
    memcpy(buffer->ptr + buffer->len, text.ptr, text.len);
    buffer->len += text.len;
}

void buffer_add_string(struct buffer *buffer, const char *string) {
    buffer_add(buffer, text_from(string));
}

void buffer_add_byte(struct buffer *buffer, char byte) {
    buffer_reserve(buffer, 1);
    buffer->ptr[buffer->len++] = byte;
}

void buffer_add_repeated(struct buffer *buffer, char byte, size_t count) {
    buffer_reserve(buffer, count);
    if (count > 0) memset(buffer->ptr + buffer->len, byte, count);
    buffer->len += count;
}

void buffer_format(struct buffer *buffer, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(len >= 0 && "a format of our own is always valid");
    buffer_reserve(buffer, (size_t)len + 1);
    vsnprintf(buffer->ptr + buffer->len, (size_t)len + 1, format, again);
    va_end(again);
    buffer->len += (size_t)len;
}

struct text buffer_text(const struct buffer *buffer) {
    return buffer->len == 0 ? TEXT("") : text_of(buffer->ptr, buffer->len);
}
