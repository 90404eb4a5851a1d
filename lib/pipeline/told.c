#include "pipeline/told.h"

#include "base/buffer.h"

struct text told_name(struct arena *arena, const struct image *image) {
    struct text name = text_printable(arena, image->name);
    struct buffer escaped = buffer_in(arena);
    for (size_t i = 0; i < name.len; i++) {
        char byte = name.ptr[i];
        if (byte == '<' || byte == '>' || byte == '&') {
            buffer_format(&escaped, "\\u%04x", (unsigned)byte);
            continue;
        }
        if (byte == '"' || byte == '\\') buffer_add_byte(&escaped, '\\');
        buffer_add_byte(&escaped, byte);
    }
    return buffer_text(&escaped);
}

struct text told_platforms(struct arena *arena, const struct image *image) {
    struct buffer words = buffer_in(arena);
    for (size_t i = 0; i < image->platforms.count; i++) {
        if (i > 0) buffer_add_byte(&words, ',');
        buffer_add(&words, *(const struct text *)image->platforms.items[i]);
    }
    return buffer_text(&words);
}
