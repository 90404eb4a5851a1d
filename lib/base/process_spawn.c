/* The one place that starts children: posix_spawn, with pipes that the child alone inherits. */
#include "base/process_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void spawn_close(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

void spawn_close_all(int fds[SPAWN_STREAMS]) {
    for (int i = 0; i < SPAWN_STREAMS; i++)
        spawn_close(&fds[i]);
}

/*
 * A program that was started with a standard stream closed would get that number for a pipe, and dup2 in the
 * child would then overwrite it: pipes stay above 2.
 */
static bool lift_fd(int *fd) {
    int lifted = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (lifted < 0) return false;
    close(*fd);
    *fd = lifted;
    return true;
}

bool spawn_pipe(int *reader, int *writer) {
    int ends[2];
    if (pipe(ends) != 0) return false;
    *reader = ends[0];
    *writer = ends[1];
    if (*reader <= STDERR_FILENO && !lift_fd(reader)) return false;
    if (*writer <= STDERR_FILENO && !lift_fd(writer)) return false;
    /* not pipe2: macOS has none, and no other thread can start a child in between */
    return fcntl(*reader, F_SETFD, FD_CLOEXEC) == 0 && fcntl(*writer, F_SETFD, FD_CLOEXEC) == 0;
}

static int add_streams(posix_spawn_file_actions_t *actions, const int theirs[SPAWN_STREAMS]) {
    int error = 0;
    if (theirs[SPAWN_INPUT] < 0)
        error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    for (int i = 0; i < SPAWN_STREAMS && error == 0; i++) {
        if (theirs[i] >= 0) error = posix_spawn_file_actions_adddup2(actions, theirs[i], i);
    }
    return error;
}

/* The child gets the mask and the SIGPIPE that a program started from a shell has. */
static int set_attributes(posix_spawnattr_t *attributes, const sigset_t *mask, bool own_session) {
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    int error = posix_spawnattr_setsigdefault(attributes, &defaults);
    short flags = POSIX_SPAWN_SETSIGDEF;
    if (error == 0 && mask != NULL) {
        error = posix_spawnattr_setsigmask(attributes, mask);
        flags |= POSIX_SPAWN_SETSIGMASK;
    }
#ifdef POSIX_SPAWN_SETSID
    if (own_session) flags |= POSIX_SPAWN_SETSID;
#endif
    return error != 0 ? error : posix_spawnattr_setflags(attributes, flags);
}

int spawn(const struct process_command *command, const sigset_t *mask, struct spawned *child) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        error = add_streams(&actions, child->theirs);
        if (error == 0) error = set_attributes(&attributes, mask, command->own_session);
        if (error == 0) {
            /* the prototype predates const; neither array is written to */
            error = posix_spawnp(&child->pid, command->argv[0], &actions, &attributes, (char *const *)command->argv,
                                 (char *const *)command->environment);
        }
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

bool spawn_wait(pid_t pid, int *out) {
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) return false;
    }
    *out = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return true;
}

/* A session of its own is a group of its own: what the child has started ends with it. */
void spawn_kill(const struct process_command *command, pid_t pid) {
#ifdef POSIX_SPAWN_SETSID
    if (command->own_session) kill(-pid, SIGKILL);
#else
    (void)command;
#endif
    kill(pid, SIGKILL);
}

int64_t spawn_now(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The nearer of the two limits. */
int spawn_patience(const struct process_command *command, int64_t started) {
    int64_t idle = command->idle_seconds == 0 ? INT32_MAX : (int64_t)command->idle_seconds * 1000;
    int64_t left = command->seconds == 0 ? INT32_MAX : started + (int64_t)command->seconds * 1000 - spawn_now();
    if (left < 0) left = 0;
    int64_t least = idle < left ? idle : left;
    return least >= INT32_MAX ? -1 : (int)least;
}
