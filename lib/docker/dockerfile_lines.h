/*
 * dockerfile_lines: the bytes of a Dockerfile to its logical lines (parser.go Parse).
 *
 * A logical line is a physical line and those it continues on, joined with nothing between
 * them. Comments, blank lines and directives are passed over here; the escape directive
 * takes effect from the next line on. Heredocs are read on request, for only the caller
 * knows that a line has one.
 *
 * Limits: a physical line of DOCKERFILE_LINE_LIMIT bytes, which is BuildKit's own; at a
 * longer one reading ends, and `too_long` is its number.
 */
#ifndef DEPOT_DOCKER_DOCKERFILE_LINES_H
#define DEPOT_DOCKER_DOCKERFILE_LINES_H

#include "base/buffer.h"
#include "base/source.h"

#define DOCKERFILE_LINE_LIMIT 65535

struct dockerfile_lines {
    struct arena *arena;
    const struct source *source;
    size_t offset;   /* of the next physical line */
    uint32_t number; /* of the physical line read last */
    char escape;
    bool directives_done;
    bool seen[4];        /* by enum directive_kind */
    struct text problem; /* why reading stopped; absent when it did not */
    uint32_t too_long;
};

struct logical_line {
    struct text text;
    struct place place; /* of its first byte; length to the end of that physical line */
};

void dockerfile_lines_init(struct dockerfile_lines *lines, struct arena *arena, const struct source *source);

/* False at the end, and at a directive that BuildKit refuses (`problem`, in line `number`). */
bool dockerfile_lines_next(struct dockerfile_lines *lines, struct logical_line *out);

/* The physical lines up to one that is `name`, after leading tabs when `chomp`; false when there is none. */
bool dockerfile_lines_heredoc(struct dockerfile_lines *lines, struct text name, bool chomp, struct text *content);

#endif
