/*
 * process_spawn: what process.c and process_beside.c share: pipes, the start and the end of a child.
 *
 * Nobody else includes this.
 */
#ifndef DEPOT_BASE_PROCESS_SPAWN_H
#define DEPOT_BASE_PROCESS_SPAWN_H

#include "base/process.h"

#include <signal.h>
#include <sys/types.h>

enum { SPAWN_INPUT, SPAWN_OUTPUT, SPAWN_ERRORS, SPAWN_STREAMS };

struct spawned {
    pid_t pid;
    int ours[SPAWN_STREAMS];   /* our ends of the pipes; -1 when there is none or it is closed */
    int theirs[SPAWN_STREAMS]; /* the child's ends; -1: /dev/null for its input, ours for the others */
};

/* A pipe whose ends lie above the standard streams and are not inherited. False, with errno, when there is none to be had. */
bool spawn_pipe(int *reader, int *writer);

/* Starts the program; `mask`: the signals that it has blocked, NULL for ours. An errno value, 0 on success. */
int spawn(const struct process_command *command, const sigset_t *mask, struct spawned *child);

bool spawn_wait(pid_t pid, int *out);
void spawn_kill(const struct process_command *command, pid_t pid);
void spawn_close(int *fd);
void spawn_close_all(int fds[SPAWN_STREAMS]);

/* Milliseconds of a clock that only goes forward. */
int64_t spawn_now(void);

/* How long the next word of the child may take, for poll; -1: as long as it wants. `started`: when it was started. */
int spawn_patience(const struct process_command *command, int64_t started);

#endif
