#include "base/source.h"

struct source *source_create(struct arena *arena, struct text path, struct text bytes) {
    struct source *source = arena_alloc(arena, sizeof(*source));
    source->path = path;
    source->bytes = bytes;
    return source;
}

struct place source_whole(const struct source *source) {
    return (struct place){.source = source};
}

static bool is_view_into(struct text whole, struct text part) {
    return part.ptr != NULL && part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

struct place source_place(const struct source *source, struct text part) {
    if (source == NULL || !is_view_into(source->bytes, part)) return source_whole(source);
    size_t offset = (size_t)(part.ptr - source->bytes.ptr), start = 0;
    uint32_t line = 1;
    for (size_t i = 0; i < offset; i++)
        if (source->bytes.ptr[i] == '\n') {
            line++;
            start = i + 1;
        }
    return (struct place){.source = source,
                          .line = line,
                          .column = (uint32_t)text_width(text_of(source->bytes.ptr + start, offset - start)) + 1,
                          .length = (uint32_t)text_width(part)};
}

struct text source_line(const struct source *source, uint32_t line) {
    struct text rest = source->bytes, current = {0};
    for (uint32_t i = 0; i < line; i++)
        if (!text_next(&rest, '\n', &current)) return TEXT("");
    return text_trim_right(current, "\r");
}
