/*
 * process: runs a child program and collects what it prints.
 *
 * Only lib/repo and src include this header. Children are started by posix_spawn, never
 * by fork (a fork of a process with much memory costs five times as much). Both pipes are
 * drained while the child runs, so neither side can block the other.
 */
#ifndef DEPOT_BASE_PROCESS_H
#define DEPOT_BASE_PROCESS_H

#include "base/buffer.h"

struct process_command {
    const char *const *argv;        /* NULL-terminated; argv[0] is looked up in PATH */
    const char *const *environment; /* NULL-terminated "NAME=value" */
    struct text input;              /* given on standard input; absent: /dev/null */
    size_t limit;                   /* bytes of standard output kept; more is an error */
    unsigned idle_seconds;          /* a child that says nothing for so long is ended; 0: it may take its time */
    bool pass_output;               /* standard output and error go where ours go; nothing is kept */
};

struct process_result {
    int status;         /* exit status; 128 + n for signal n; 127 when the program was not found */
    bool truncated;     /* the limit was passed and the child was ended */
    bool timed_out;     /* it said nothing for idle_seconds and was ended */
    struct text output; /* standard output */
    struct text errors; /* the first 16 KiB of standard error */
};

/* False when the program could not be started; errno tells why and `out` has status 127. */
bool process_run(struct arena *arena, const struct process_command *command, struct process_result *out);

#endif
