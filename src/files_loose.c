#include "files_loose.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads until the end or one byte past the limit, for a file may grow under us. */
static enum files_status read_bytes(int fd, struct arena *arena, size_t limit, struct text *out) {
    char *bytes = arena_alloc(arena, limit + 1);
    size_t len = 0;
    while (len <= limit) {
        ssize_t got = read(fd, bytes + len, limit + 1 - len);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return FILES_UNREADABLE;
        if (got == 0) break;
        len += (size_t)got;
    }
    *out = text_of(bytes, len);
    return len > limit ? FILES_TOO_LARGE : FILES_OK;
}

static enum files_status read_loose(struct files *self, struct arena *arena, struct text path, size_t limit,
                                    const struct source **out) {
    (void)self;
    int fd = open(text_string(arena, path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? FILES_MISSING : FILES_UNREADABLE;
    struct stat status;
    bool is_regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    struct text bytes;
    enum files_status result = is_regular ? read_bytes(fd, arena, limit, &bytes) : FILES_NOT_REGULAR;
    close(fd);
    if (result == FILES_OK) *out = source_create(arena, text_copy(arena, path), bytes);
    return result;
}

void files_loose_init(struct files *files) {
    files->read = read_loose;
}
