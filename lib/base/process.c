/* A child that is waited for: a poll loop feeds and drains all pipes at once. */
#include "base/process_spawn.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define ERRORS_KEPT ((size_t)16 * 1024)
#define READ_LEAST ((size_t)4 * 1024)
#define STATUS_NOT_STARTED 127

/* What SIGPIPE was like before a child was fed. */
struct sigpipe {
    bool is_blocked;
    bool was_pending;
    sigset_t mask;
};

static bool make_pipes(const struct process_command *command, struct spawned *child) {
    if (text_is_given(command->input)) {
        if (!spawn_pipe(&child->theirs[SPAWN_INPUT], &child->ours[SPAWN_INPUT])) return false;
        if (fcntl(child->ours[SPAWN_INPUT], F_SETFL, O_NONBLOCK) != 0) return false;
    }
    if (command->pass_output) return true;
    return spawn_pipe(&child->ours[SPAWN_OUTPUT], &child->theirs[SPAWN_OUTPUT]) &&
           spawn_pipe(&child->ours[SPAWN_ERRORS], &child->theirs[SPAWN_ERRORS]);
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
    if (written < 0 || input->len == 0) spawn_close(fd);
}

/* Reads once; keeps at most `limit` bytes in all. False when there was more than that. */
static bool drain(int *fd, struct buffer *buffer, size_t limit) {
    buffer_reserve(buffer, READ_LEAST);
    ssize_t got = read(*fd, buffer->ptr + buffer->len, buffer->capacity - buffer->len);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got <= 0) {
        spawn_close(fd);
        return true;
    }
    size_t room = limit - buffer->len;
    buffer->len += (size_t)got < room ? (size_t)got : room;
    return (size_t)got <= room;
}

static bool has_open_pipe(const struct spawned *child) {
    return child->ours[SPAWN_INPUT] >= 0 || child->ours[SPAWN_OUTPUT] >= 0 || child->ours[SPAWN_ERRORS] >= 0;
}

/* Until the child has closed everything; one that says too much, or nothing for too long, is killed. */
static void exchange(struct spawned *child, const struct process_command *command, struct buffer *output,
                     struct buffer *errors, struct process_result *out) {
    struct text input = command->input;
    int64_t started = spawn_now();
    if (child->ours[SPAWN_INPUT] >= 0 && input.len == 0) spawn_close(&child->ours[SPAWN_INPUT]);
    while (has_open_pipe(child)) {
        struct pollfd polled[SPAWN_STREAMS];
        for (int i = 0; i < SPAWN_STREAMS; i++) {
            polled[i] = (struct pollfd){.fd = child->ours[i], .events = i == SPAWN_INPUT ? POLLOUT : POLLIN};
        }
        int ready = poll(polled, SPAWN_STREAMS, spawn_patience(command, started));
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) {
            out->timed_out = true;
            spawn_kill(command, child->pid);
        }
        if (ready <= 0) break;
        if (polled[SPAWN_INPUT].revents != 0) feed(&child->ours[SPAWN_INPUT], &input);
        if (polled[SPAWN_ERRORS].revents != 0) drain(&child->ours[SPAWN_ERRORS], errors, ERRORS_KEPT);
        if (polled[SPAWN_OUTPUT].revents != 0 && !drain(&child->ours[SPAWN_OUTPUT], output, command->limit)) {
            out->truncated = true;
            spawn_kill(command, child->pid);
            break;
        }
    }
}

static bool run(struct arena *arena, const struct process_command *command, const struct sigpipe *sigpipe,
                struct spawned *child, struct process_result *out) {
    int error = make_pipes(command, child) ? spawn(command, sigpipe->is_blocked ? &sigpipe->mask : NULL, child) : errno;
    spawn_close_all(child->theirs);
    if (error != 0) {
        errno = error;
        return false;
    }
    struct buffer output = buffer_in(arena), errors = buffer_in(arena);
    exchange(child, command, &output, &errors, out);
    spawn_close_all(child->ours);
    out->output = buffer_text(&output);
    out->errors = buffer_text(&errors);
    return spawn_wait(child->pid, &out->status);
}

bool process_run(struct arena *arena, const struct process_command *command, struct process_result *out) {
    assert(command->argv[0] != NULL && "a command has a name");
    struct sigpipe sigpipe = {.is_blocked = false};
    struct spawned child = {.ours = {-1, -1, -1}, .theirs = {-1, -1, -1}};
    *out = (struct process_result){.status = STATUS_NOT_STARTED};
    if (text_is_given(command->input)) block_sigpipe(&sigpipe);
    bool is_started = run(arena, command, &sigpipe, &child, out);
    int error = errno;
    spawn_close_all(child.ours);
    spawn_close_all(child.theirs);
    restore_sigpipe(&sigpipe);
    errno = error;
    return is_started;
}
