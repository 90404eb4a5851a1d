/*
 * lint_source: where the words of a Dockerfile stand, for what the readers do not keep.
 *
 * An instruction is known by the place of its first word. Its physical lines are walked again from there, without
 * comments and blank lines, so that a word can be shown where it is written although the readers join continued lines.
 *
 * Invariant: each text given out is a view into the file, and has a place (lint_source_place).
 */
#ifndef DEPOT_DOCKER_LINT_SOURCE_H
#define DEPOT_DOCKER_LINT_SOURCE_H

#include "base/map.h"
#include "docker/dockerfile.h"

struct lint_source {
    const struct source *source;
    char escape;
    size_t *starts; /* offsets of the lines */
    size_t count;
    size_t directives;                           /* lines at the top that are parser directives */
    size_t last_start, last_offset, last_column; /* of the last place: the next one is often further in the same line */
};

void lint_source_read(struct arena *arena, const struct dockerfile *dockerfile, struct lint_source *out);

/* The place of a view into the file. */
struct place lint_source_place(struct lint_source *source, struct text part);

/* The instruction's word as it is written; absent where that is broken by a continuation. */
struct text lint_source_word(const struct lint_source *source, struct place instruction, enum instruction_kind kind);

/* The options of the first `# check=` among the comments above an instruction; absent when there is none. */
struct text lint_source_options(const struct lint_source *source, struct place instruction);

/* The options of the directive at the top of the file. */
struct text lint_source_file_options(const struct source *source);

/* The physical lines of an instruction, heredocs left out. */
struct lint_lines {
    const struct lint_source *source;
    size_t next; /* index of the line that comes next */
    bool goes_on;
    struct text blank; /* the first blank line among them that was passed; absent when none was */
    struct text rest;  /* of the line at hand, for lint_lines_find */
};

struct lint_lines lint_lines_of(const struct lint_source *source, struct place instruction);

/* The next one, without the escape at its end. */
bool lint_lines_next(struct lint_lines *lines, struct text *out);

/* The next word between white space or quotes; it may end before a '='. Absent, from then on, when there is none. */
struct text lint_lines_find(struct lint_lines *lines, struct text word);

/* What is between white space, the instruction's word included. */
struct texts lint_source_words(struct arena *arena, const struct lint_source *source, struct place instruction);

/*
 * Gives each name (→ something that begins with a struct place, still without a line) the place of its first `$name`
 * or `${name` in `text`.
 */
void lint_source_place_names(struct lint_source *source, struct text text, const struct map *names);

#endif
