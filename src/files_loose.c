#include "files_loose.h"

#include "base/buffer.h"

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

static enum files_status read_loose(struct files *self, struct arena *arena, struct text path, size_t limit,
                                    const struct source **out) {
    (void)self;
    int fd = open(text_string(arena, path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? FILES_MISSING : FILES_UNREADABLE;
    struct stat status;
    bool is_regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
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
