/*
 * terminal: what standard output and standard error are, and writing to them.
 */
#ifndef DEPOT_SRC_TERMINAL_H
#define DEPOT_SRC_TERMINAL_H

#include "base/diag.h"

struct terminal {
    bool out_is_terminal;
    bool out_has_colour;
    bool error_has_colour;
    size_t width; /* columns of standard output, 80 when unknown, at least 40 */
};

/* `columns`: what the environment says; 0 for nothing. `colour`: -1 never, 0 where a terminal is, 1 always. */
struct terminal terminal_look(int colour, size_t columns);

/* False when not all of it could be written; errno tells why. */
bool terminal_write(int fd, struct text text);
bool terminal_write_pieces(int fd, const struct list *pieces); /* of struct text */
void terminal_write_error(struct text text);

/* All diagnostics of at least this severity, sorted, on standard error. */
void terminal_report(struct diagnostics *diagnostics, enum severity least, bool colour);

#endif
