/*
 * standard_input: paths that another program hands us in a pipe, one at a time.
 *
 * Read through a window, so that a list of any length needs the memory of its longest path.
 *
 * Limits: RECORD_LIMIT bytes a path.
 */
#ifndef DEPOT_SRC_STANDARD_INPUT_H
#define DEPOT_SRC_STANDARD_INPUT_H

#include "session.h"

#define STANDARD_INPUT_RECORD_LIMIT ((size_t)16 * 1024 * 1024)

struct standard_input {
    char *window;
    size_t at, end, capacity; /* window[at .. end] is read and not yet handed out */
    char separator;
    bool is_over;
    bool failed; /* reported */
};

struct standard_input standard_input_open(char separator);

/* The next path, valid until the next call; false at the end, or when it failed. */
bool standard_input_next(struct session *session, struct standard_input *input, struct text *out);

#endif
