/*
 * choice: what is chosen of a build, as lines:
 *
 *     target
 *     platform
 *     NAME=value      a build argument
 *     NAME            one whose value only the step knows
 *     @name           a named context
 */
#ifndef DEPOT_TESTS_CHOICE_H
#define DEPOT_TESTS_CHOICE_H

#include "docker/stages.h"
#include "fuzz.h"

static inline void choice_read_line(struct arena *arena, struct text line, struct build_choice *choice) {
    size_t equals = text_find(line, '=');
    struct text *value = NULL;
    if (text_starts(line, "@")) {
        map_set(arena, &choice->contexts, text_from_offset(line, 1), choice);
        return;
    }
    if (equals != TEXT_NONE) {
        value = arena_alloc(arena, sizeof(*value));
        *value = text_from_offset(line, equals + 1);
    }
    map_set(arena, &choice->arguments, text_first(line, equals == TEXT_NONE ? line.len : equals), value);
}

static inline void choice_read(struct arena *arena, struct text lines, struct build_choice *choice) {
    struct text line;
    if (text_next(&lines, '\n', &line)) choice->target = line;
    if (text_next(&lines, '\n', &line)) choice->platform = line;
    while (text_next(&lines, '\n', &line))
        if (line.len > 0) choice_read_line(arena, line, choice);
}

#endif
