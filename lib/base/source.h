/*
 * source: the bytes of one file and places in it.
 *
 * `path` is what a person knows the file by: relative to the repository root. Lines and
 * columns count from 1; a column counts characters, as an editor does. A place without a source (NULL) means the
 * program as a whole, line 0 means the file as a whole.
 */
#ifndef DEPOT_BASE_SOURCE_H
#define DEPOT_BASE_SOURCE_H

#include "base/text.h"

struct source {
    struct text path;
    struct text bytes;
};

struct place {
    const struct source *source;
    uint32_t line;
    uint32_t column;
    uint32_t length; /* characters to underline; 0 when only the point is known */
};

struct source *source_create(struct arena *arena, struct text path, struct text bytes);

/* The place of `part`, which must be a view into source->bytes; else the file as a whole. */
struct place source_place(const struct source *source, struct text part);

/* The whole file. */
struct place source_whole(const struct source *source);

/* The text of a line without its end; the empty text past the last line. */
struct text source_line(const struct source *source, uint32_t line);

/* The same for one who asks for many lines, mostly downward: goes on from the last one. Starts zeroed. */
struct source_cursor {
    const struct source *source;
    uint32_t line; /* whose beginning `offset` is; 0 before the first question */
    size_t offset;
};
struct text source_next_line(struct source_cursor *cursor, const struct source *source, uint32_t line);

#endif
