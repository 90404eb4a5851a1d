/*
 * process: runs a child program and collects what it prints.
 *
 * Only lib/repo and src include this header. Children are started by posix_spawn, never
 * by fork (a fork of a process with much memory costs five times as much). Both pipes are
 * drained while the child runs, so neither side can block the other.
 *
 * Files: process (run and wait), process_beside (run beside us), process_spawn (what both need).
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
    unsigned seconds;               /* the same for all it does */
    bool own_session;               /* it has no terminal to ask at, and what it starts is ended with it */
    bool pass_output;               /* standard output and error go where ours go; nothing is kept */
};

struct process_result {
    int status;         /* exit status; 128 + n for signal n; 127 when the program was not found */
    bool truncated;     /* the limit was passed and the child was ended */
    bool timed_out;     /* it said nothing for idle_seconds, or took more than seconds, and was ended */
    struct text output; /* standard output */
    struct text errors; /* the first 16 KiB of standard error */
};

/* False when the program could not be started; errno tells why and `out` has status 127. */
bool process_run(struct arena *arena, const struct process_command *command, struct process_result *out);

/*
 * A child that works beside us. Its output goes to a file without a name, so it never waits for a reader.
 * `command` and what it points to live until the end; its input and limit are not looked at here.
 */
struct process;

/* False when it could not be started; errno tells why. */
bool process_begin(struct arena *arena, const struct process_command *command, struct process **out);

/* Waits for it. `limit` of the command counts here. False when its output could not be had. */
bool process_end(struct arena *arena, struct process *process, struct process_result *out);

/* Ends it at once; nothing of it is kept. NULL is nothing to end. */
void process_cancel(struct process *process);

/* A child that is asked and answers, one question after the other. Its standard error is dropped. */
bool process_begin_talk(struct arena *arena, const struct process_command *command, struct process **out);

/* False when the child does not listen any more. */
bool process_say(struct process *process, struct text words);

/* Adds `size` bytes of its answer to the buffer, or up to and with the next line end. False when there were fewer, in time. */
bool process_hear(struct process *process, size_t size, struct buffer *buffer);
bool process_hear_line(struct process *process, struct buffer *buffer);

#endif
