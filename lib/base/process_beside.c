/* Children that work beside us: one that writes to a file without a name, and one that answers questions. */
#include "base/process_spawn.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ERRORS_KEPT ((size_t)16 * 1024)
#define READ_AT_ONCE ((size_t)64 * 1024)

struct process {
    const struct process_command *command;
    struct spawned child;
    int64_t started;
    int file;             /* where the output goes; -1 for one that talks */
    struct buffer unread; /* of a talk: heard, and not yet asked for */
    size_t at;
};

/* -1, with errno, when there is none. */
static int nameless_file(void) {
#ifdef MFD_CLOEXEC
    int fd = memfd_create("depot-pipeline", MFD_CLOEXEC);
    if (fd >= 0) return fd;
#endif
    FILE *file = tmpfile();
    if (file == NULL) return -1;
    int copy = fcntl(fileno(file), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    (void)fclose(file);
    return copy;
}

static struct process *create(struct arena *arena, const struct process_command *command) {
    assert(!text_is_given(command->input) && "who is given input is waited for");
    struct process *process = arena_alloc(arena, sizeof(*process));
    process->command = command;
    process->child = (struct spawned){.ours = {-1, -1, -1}, .theirs = {-1, -1, -1}};
    process->file = -1;
    process->unread = buffer_in(arena);
    process->started = spawn_now();
    return process;
}

static bool start(struct process *process, bool has_pipes) {
    int error = has_pipes ? spawn(process->command, NULL, &process->child) : errno;
    spawn_close_all(process->child.theirs);
    if (error == 0) return true;
    spawn_close_all(process->child.ours);
    spawn_close(&process->file);
    errno = error;
    return false;
}

bool process_begin(struct arena *arena, const struct process_command *command, struct process **out) {
    struct process *process = create(arena, command);
    struct spawned *child = &process->child;
    process->file = nameless_file();
    child->theirs[SPAWN_OUTPUT] = process->file < 0 ? -1 : fcntl(process->file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    bool has_pipes =
        child->theirs[SPAWN_OUTPUT] >= 0 && spawn_pipe(&child->ours[SPAWN_ERRORS], &child->theirs[SPAWN_ERRORS]);
    if (!start(process, has_pipes)) return false;
    *out = process;
    return true;
}

/* Until standard error is closed, which is when the child has ended. */
static void hear_errors(struct process *process, struct buffer *errors, struct process_result *out) {
    int *fd = &process->child.ours[SPAWN_ERRORS];
    while (*fd >= 0) {
        struct pollfd polled = {.fd = *fd, .events = POLLIN};
        int ready = poll(&polled, 1, spawn_patience(process->command, process->started));
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) {
            out->timed_out = true;
            spawn_kill(process->command, process->child.pid);
        }
        if (ready <= 0) return;
        char bytes[1024];
        ssize_t got = read(*fd, bytes, sizeof(bytes));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) spawn_close(fd);
        size_t room = ERRORS_KEPT - errors->len;
        if (got > 0) buffer_add(errors, text_of(bytes, (size_t)got < room ? (size_t)got : room));
    }
}

static bool read_file(struct arena *arena, struct process *process, struct process_result *out) {
    struct stat status;
    struct buffer bytes = buffer_in(arena);
    if (fstat(process->file, &status) != 0) return false;
    size_t size = (size_t)status.st_size;
    out->truncated = size > process->command->limit;
    if (out->truncated) size = process->command->limit;
    buffer_reserve(&bytes, size + 1);
    while (bytes.len < size) {
        ssize_t got = pread(process->file, bytes.ptr + bytes.len, size - bytes.len, (off_t)bytes.len);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        bytes.len += (size_t)got;
    }
    out->output = buffer_text(&bytes);
    return true;
}

bool process_end(struct arena *arena, struct process *process, struct process_result *out) {
    struct buffer errors = buffer_in(arena);
    *out = (struct process_result){.output = TEXT("")};
    hear_errors(process, &errors, out);
    bool ok = spawn_wait(process->child.pid, &out->status) && read_file(arena, process, out);
    spawn_close_all(process->child.ours);
    spawn_close(&process->file);
    out->errors = errors.len == 0 ? TEXT("") : buffer_text(&errors);
    return ok;
}

void process_cancel(struct process *process) {
    int status;
    if (process == NULL) return;
    spawn_kill(process->command, process->child.pid);
    spawn_wait(process->child.pid, &status);
    spawn_close_all(process->child.ours);
    spawn_close(&process->file);
}

/* --- talks --- */

bool process_begin_talk(struct arena *arena, const struct process_command *command, struct process **out) {
    struct process *process = create(arena, command);
    struct spawned *child = &process->child;
    child->theirs[SPAWN_ERRORS] = open("/dev/null", O_WRONLY | O_CLOEXEC);
    bool has_pipes = child->theirs[SPAWN_ERRORS] >= 0 &&
                     spawn_pipe(&child->theirs[SPAWN_INPUT], &child->ours[SPAWN_INPUT]) &&
                     spawn_pipe(&child->ours[SPAWN_OUTPUT], &child->theirs[SPAWN_OUTPUT]);
    if (!start(process, has_pipes)) return false;
    *out = process;
    return true;
}

bool process_say(struct process *process, struct text words) {
    while (words.len > 0) {
        ssize_t written = write(process->child.ours[SPAWN_INPUT], words.ptr, words.len);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        words = text_from_offset(words, (size_t)written);
    }
    return true;
}

/* One more piece of the answer; false at its end, or when it does not come in time. */
static bool hear_more(struct process *process) {
    struct buffer *unread = &process->unread;
    int fd = process->child.ours[SPAWN_OUTPUT];
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    int ready;
    if (process->at == unread->len) process->at = unread->len = 0;
    do {
        ready = poll(&polled, 1, spawn_patience(process->command, process->started));
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0) return false;
    buffer_reserve(unread, READ_AT_ONCE);
    ssize_t got = read(fd, unread->ptr + unread->len, READ_AT_ONCE);
    if (got < 0 && errno == EINTR) return true;
    if (got > 0) unread->len += (size_t)got;
    return got > 0;
}

static size_t take(struct process *process, size_t most, struct buffer *out) {
    struct text heard = text_of(process->unread.ptr + process->at, process->unread.len - process->at);
    struct text taken = text_first(heard, most);
    buffer_add(out, taken);
    process->at += taken.len;
    return taken.len;
}

bool process_hear(struct process *process, size_t size, struct buffer *buffer) {
    for (;;) {
        if (process->at < process->unread.len) size -= take(process, size, buffer);
        if (size == 0) return true;
        if (!hear_more(process)) return false;
    }
}

bool process_hear_line(struct process *process, struct buffer *buffer) {
    for (;;) {
        bool has_unread = process->at < process->unread.len;
        struct text heard = has_unread ? text_from_offset(buffer_text(&process->unread), process->at) : TEXT("");
        size_t end = text_find(heard, '\n');
        if (has_unread) take(process, end == TEXT_NONE ? heard.len : end + 1, buffer);
        if (end != TEXT_NONE) return true;
        if (!hear_more(process)) return false;
    }
}
