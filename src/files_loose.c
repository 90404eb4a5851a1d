#include "files_loose.h"

#include "base/buffer.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads until the end or one byte past the limit, for a file may grow under us. `size`: what it is said to have. */
static enum files_status read_bytes(int fd, struct arena *arena, size_t size, size_t limit, struct text *out) {
    struct buffer bytes = buffer_in(arena);
    for (size_t more = (size < limit ? size : limit) + 1; bytes.len <= limit;) {
        buffer_reserve(&bytes, more);
        ssize_t got = read(fd, bytes.ptr + bytes.len, more);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return FILES_UNREADABLE;
        if (got == 0) break;
        bytes.len += (size_t)got;
        if ((size_t)got == more) more = bytes.len;
    }
    *out = bytes.len == 0 ? TEXT("") : buffer_text(&bytes);
    return bytes.len > limit ? FILES_TOO_LARGE : FILES_OK;
}

/* Already open for us: standard input, and what a shell gives for <(…). It may be a pipe, and is waited for. */
static bool is_handed_over(struct text path) {
    return text_is(path, "-") || text_is(path, "/dev/stdin") || text_starts(path, "/dev/fd/") ||
           text_starts(path, "/proc/self/fd/");
}

static int open_loose(struct arena *arena, struct text path) {
    if (text_is(path, "-")) return dup(STDIN_FILENO);
    int how = is_handed_over(path) ? 0 : O_NONBLOCK;
    return open(text_string(arena, path), O_RDONLY | O_CLOEXEC | O_NOCTTY | how);
}

static enum files_status read_loose(struct files *self, struct arena *arena, struct text path, size_t limit,
                                    const struct source **out) {
    (void)self;
    int fd = open_loose(arena, path);
    if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? FILES_MISSING : FILES_UNREADABLE;
    struct stat status;
    bool is_regular =
        fstat(fd, &status) == 0 && (S_ISREG(status.st_mode) || (is_handed_over(path) && !S_ISDIR(status.st_mode)));
    struct text bytes;
    enum files_status result =
        is_regular ? read_bytes(fd, arena, (size_t)status.st_size, limit, &bytes) : FILES_NOT_REGULAR;
    close(fd);
    if (result == FILES_OK) *out = source_create(arena, text_copy(arena, path), bytes);
    return result;
}

void files_loose_init(struct files *files) {
    files->read = read_loose;
}

struct text files_loose_path(struct arena *arena, struct text directory, struct text path) {
    if (directory.len == 0 || path_is_absolute(path) || text_is(path, "-")) return path;
    return text_format(arena, "%.*s/%.*s", TEXT_ARG(directory), TEXT_ARG(path));
}

static enum files_status read_under(struct files *self, struct arena *arena, struct text path, size_t limit,
                                    const struct source **out) {
    struct files_under *under = (struct files_under *)self; /* `files` is its first member */
    bool is_here = path_is_absolute(path) || text_is(under->directory, ".");
    struct text place = is_here ? path : path_clean(arena, files_loose_path(arena, under->directory, path));
    enum files_status status = read_loose(self, arena, place, limit, out);
    if (status == FILES_OK) list_add(under->arena, &under->sources, (void *)*out);
    return status;
}

void files_under_init(struct files_under *under, struct arena *arena, struct text directory) {
    *under = (struct files_under){.files = {.read = read_under}, .arena = arena, .directory = directory};
}
