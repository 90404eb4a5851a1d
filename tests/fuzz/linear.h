/*
 * linear: inputs that are made to be slow, and how to read each.
 *
 * A list for each kind of file; it ends with a row without a name.
 */
#ifndef DEPOT_TESTS_LINEAR_H
#define DEPOT_TESTS_LINEAR_H

#include "base/buffer.h"

#include <stdio.h>

struct linear_row {
    const char *name;
    bool (*run)(struct arena *arena, struct text input); /* false when it is refused, which would be no measure */
    void (*make)(struct buffer *out, size_t n);
    size_t n;     /* of the smallest of the three sizes */
    bool bounded; /* it meets a limit of the library */
};

extern const struct linear_row linear_dockerfile[];
extern const struct linear_row linear_compose[];

/* `%zu` in the format is the number of the repetition. */
__attribute__((format(printf, 3, 0), unused)) static void repeat(struct buffer *out, size_t count, const char *format) {
    for (size_t i = 0; i < count; i++) {
        char text[256];
        snprintf(text, sizeof(text), format, i, i + 1, i + 2);
        buffer_add_string(out, text);
    }
}

#endif
