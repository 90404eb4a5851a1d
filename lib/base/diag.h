/*
 * diag: what is wrong or worth saying, as values.
 *
 * A reader reports to the list and carries on; nobody in lib/ prints or exits. The
 * program sorts the list, drops repeats, prints it once and turns it into an exit status.
 * `rule` is a stable name ("unknown-key") that people can search for.
 */
#ifndef DEPOT_BASE_DIAG_H
#define DEPOT_BASE_DIAG_H

#include "base/buffer.h"
#include "base/list.h"
#include "base/source.h"

enum severity { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR };

struct diagnostic {
    enum severity severity;
    const char *rule;
    struct text message;
    struct place place;
    struct place second;        /* where it helps: "first defined here" */
    struct text second_message; /* absent when there is no second place */
};

struct diagnostics {
    struct arena *arena;
    struct list list; /* of struct diagnostic */
};

struct diagnostics diag_in(struct arena *arena);

/* Adds one; the message is a sentence without a full stop, and names things in '…'. Returns it for diag_second. */
struct diagnostic *diag_add(struct diagnostics *diagnostics, enum severity severity, const char *rule,
                            struct place place, const char *format, ...) __attribute__((format(printf, 5, 6)));

void diag_second(struct diagnostics *diagnostics, struct diagnostic *diagnostic, struct place place,
                 const char *message);

/* By path, line, column, then the order they were reported in; repeats are dropped. */
void diag_sort(struct diagnostics *diagnostics);

bool diag_has_errors(const struct diagnostics *diagnostics);
size_t diag_count(const struct diagnostics *diagnostics, enum severity severity);

/*
 * Appends the text of all diagnostics of at least this severity, in their order:
 *
 *   compose.yml:3:18: error: service 'api' depends on 'db', which is not defined [unknown-service]
 *       3 |     depends_on: [db]
 *         |                  ^~
 *
 * `colour`: with those of a terminal. Always printable: control characters and malformed UTF-8 of the source become '?'.
 */
void diag_write(struct buffer *buffer, const struct diagnostics *diagnostics, enum severity least, bool colour);

const char *diag_severity_name(enum severity severity);

#endif
