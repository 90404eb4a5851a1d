/* The one place that starts children: posix_spawn, and a poll loop that feeds and drains all pipes at once. */
#include "base/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define ERRORS_KEPT ((size_t)16 * 1024)
#define READ_LEAST ((size_t)4 * 1024)
#define STATUS_NOT_STARTED 127

enum { INPUT, OUTPUT, ERRORS, STREAMS };

struct child {
    pid_t pid;
    int ours[STREAMS];   /* our ends of the pipes; -1 when there is none or it is closed */
    int theirs[STREAMS]; /* the child's ends */
};

/* What SIGPIPE was like before a child was fed. */
struct sigpipe {
    bool is_blocked;
    bool was_pending;
    sigset_t mask;
};

static void close_fd(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void close_all(int fds[STREAMS]) {
    for (int i = 0; i < STREAMS; i++)
        close_fd(&fds[i]);
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

static bool make_pipe(int *reader, int *writer) {
    int ends[2];
    if (pipe(ends) != 0) return false;
    *reader = ends[0];
    *writer = ends[1];
    if (*reader <= STDERR_FILENO && !lift_fd(reader)) return false;
    if (*writer <= STDERR_FILENO && !lift_fd(writer)) return false;
    /* not pipe2: macOS has none, and no other thread can start a child in between */
    return fcntl(*reader, F_SETFD, FD_CLOEXEC) == 0 && fcntl(*writer, F_SETFD, FD_CLOEXEC) == 0;
}

static bool make_pipes(const struct process_command *command, struct child *child) {
    if (text_is_given(command->input)) {
        if (!make_pipe(&child->theirs[INPUT], &child->ours[INPUT])) return false;
        if (fcntl(child->ours[INPUT], F_SETFL, O_NONBLOCK) != 0) return false;
    }
    if (command->pass_output) return true;
    return make_pipe(&child->ours[OUTPUT], &child->theirs[OUTPUT]) &&
           make_pipe(&child->ours[ERRORS], &child->theirs[ERRORS]);
}

static int add_streams(posix_spawn_file_actions_t *actions, const int theirs[STREAMS]) {
    int error = 0;
    if (theirs[INPUT] < 0) error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    for (int i = 0; i < STREAMS && error == 0; i++) {
        if (theirs[i] >= 0) error = posix_spawn_file_actions_adddup2(actions, theirs[i], i);
    }
    return error;
}

/* The child gets the mask and the SIGPIPE that a program started from a shell has. */
static int set_signals(posix_spawnattr_t *attributes, const struct sigpipe *sigpipe) {
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    int error = posix_spawnattr_setsigdefault(attributes, &defaults);
    short flags = POSIX_SPAWN_SETSIGDEF;
    if (error == 0 && sigpipe->is_blocked) {
        error = posix_spawnattr_setsigmask(attributes, &sigpipe->mask);
        flags |= POSIX_SPAWN_SETSIGMASK;
    }
    return error != 0 ? error : posix_spawnattr_setflags(attributes, flags);
}

/* An errno value, 0 on success. */
static int spawn(const struct process_command *command, const struct sigpipe *sigpipe, struct child *child) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        error = add_streams(&actions, child->theirs);
        if (error == 0) error = set_signals(&attributes, sigpipe);
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

/* Writing to a child that has gone must be an error (EPIPE), not our end. */
static void block_sigpipe(struct sigpipe *sigpipe) {
    sigset_t set, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    sigpipe->was_pending = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
    sigpipe->is_blocked = sigprocmask(SIG_BLOCK, &set, &sigpipe->mask) == 0;
}

static void restore_sigpipe(const struct sigpipe *sigpipe) {
    sigset_t set, pending;
    int taken;
    if (!sigpipe->is_blocked) return;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    bool is_ours = !sigpipe->was_pending && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
    if (is_ours) sigwait(&set, &taken);
    sigprocmask(SIG_SETMASK, &sigpipe->mask, NULL);
}

static void feed(int *fd, struct text *input) {
    ssize_t written = write(*fd, input->ptr, input->len);
    if (written < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (written > 0) *input = text_from_offset(*input, (size_t)written);
    /* a child that does not want its input says so by its status */
    if (written < 0 || input->len == 0) close_fd(fd);
}

/* Reads once; keeps at most `limit` bytes in all. False when there was more than that. */
static bool drain(int *fd, struct buffer *buffer, size_t limit) {
    buffer_reserve(buffer, READ_LEAST);
    ssize_t got = read(*fd, buffer->ptr + buffer->len, buffer->capacity - buffer->len);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got <= 0) {
        close_fd(fd);
        return true;
    }
    size_t room = limit - buffer->len;
    buffer->len += (size_t)got < room ? (size_t)got : room;
    return (size_t)got <= room;
}

static bool has_open_pipe(const struct child *child) {
    return child->ours[INPUT] >= 0 || child->ours[OUTPUT] >= 0 || child->ours[ERRORS] >= 0;
}

/* Until the child has closed everything; one that says too much, or nothing for too long, is killed. */
static void exchange(struct child *child, const struct process_command *command, struct buffer *output,
                     struct buffer *errors, struct process_result *out) {
    struct text input = command->input;
    if (child->ours[INPUT] >= 0 && input.len == 0) close_fd(&child->ours[INPUT]);
    while (has_open_pipe(child)) {
        struct pollfd polled[STREAMS];
        for (int i = 0; i < STREAMS; i++) {
            polled[i] = (struct pollfd){.fd = child->ours[i], .events = i == INPUT ? POLLOUT : POLLIN};
        }
        int ready = poll(polled, STREAMS, command->idle_seconds == 0 ? -1 : (int)command->idle_seconds * 1000);
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) {
            out->timed_out = true;
            kill(child->pid, SIGKILL);
        }
        if (ready <= 0) break;
        if (polled[INPUT].revents != 0) feed(&child->ours[INPUT], &input);
        if (polled[ERRORS].revents != 0) drain(&child->ours[ERRORS], errors, ERRORS_KEPT);
        if (polled[OUTPUT].revents != 0 && !drain(&child->ours[OUTPUT], output, command->limit)) {
            out->truncated = true;
            kill(child->pid, SIGKILL);
            break;
        }
    }
}

static bool wait_for(pid_t pid, int *out) {
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) return false;
    }
    *out = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return true;
}

static bool run(struct arena *arena, const struct process_command *command, const struct sigpipe *sigpipe,
                struct child *child, struct process_result *out) {
    int error = make_pipes(command, child) ? spawn(command, sigpipe, child) : errno;
    close_all(child->theirs);
    if (error != 0) {
        errno = error;
        return false;
    }
    struct buffer output = buffer_in(arena), errors = buffer_in(arena);
    exchange(child, command, &output, &errors, out);
    close_all(child->ours);
    out->output = buffer_text(&output);
    out->errors = buffer_text(&errors);
    return wait_for(child->pid, &out->status);
}

bool process_run(struct arena *arena, const struct process_command *command, struct process_result *out) {
    assert(command->argv[0] != NULL && "a command has a name");
    struct sigpipe sigpipe = {.is_blocked = false};
    struct child child = {.ours = {-1, -1, -1}, .theirs = {-1, -1, -1}};
    *out = (struct process_result){.status = STATUS_NOT_STARTED};
    if (text_is_given(command->input)) block_sigpipe(&sigpipe);
    bool is_started = run(arena, command, &sigpipe, &child, out);
    int error = errno;
    close_all(child.ours);
    close_all(child.theirs);
    restore_sigpipe(&sigpipe);
    errno = error;
    return is_started;
}
