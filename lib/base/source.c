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
    struct source_cursor cursor = {0};
    return source_next_line(&cursor, source, line);
}

struct text source_next_line(struct source_cursor *cursor, const struct source *source, uint32_t line) {
    if (line == 0) return TEXT("");
    if (cursor->source != source || cursor->line == 0 || cursor->line > line)
        *cursor = (struct source_cursor){.source = source, .line = 1};
    struct text rest = text_from_offset(source->bytes, cursor->offset);
    for (; cursor->line < line; cursor->line++) {
        size_t end = text_find(rest, '\n');
        if (end == TEXT_NONE) return TEXT("");
        rest = text_from_offset(rest, end + 1);
        cursor->offset += end + 1;
    }
    size_t end = text_find(rest, '\n');
    return text_trim_right(text_first(rest, end == TEXT_NONE ? rest.len : end), "\r");
}
