/*
 * standard_input: what another program hands us in a pipe.
 */
#ifndef DEPOT_SRC_STANDARD_INPUT_H
#define DEPOT_SRC_STANDARD_INPUT_H

#include "session.h"

#define STANDARD_INPUT_LIMIT ((size_t)1024 * 1024 * 1024)

/* All of it, into the arena. False when it cannot be read or has more than the limit; reported. */
bool standard_input_read(struct session *session, struct text *out);

#endif
