#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool report(struct session *session, const char *what) {
    struct diagnostics late = diag_in(session->arena);
    diag_add(&late, DIAG_ERROR, "output", (struct place){0}, "cannot write %s: %s", what, strerror(errno));
    terminal_report(&late, DIAG_ERROR, session->terminal.error_has_colour);
    return false;
}

static bool write_all(int fd, const struct list *texts) {
    for (size_t i = 0; i < texts->count; i++) {
        struct text rest = *(const struct text *)texts->items[i];
        while (rest.len > 0) {
            ssize_t written = write(fd, rest.ptr, rest.len);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return false;
            rest = text_from_offset(rest, (size_t)written);
        }
    }
    return true;
}

/* A FIFO, /dev/stdout and the like are written as they are. */
static bool is_special(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

static bool write_to(const char *path, const struct list *texts) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return false;
    bool ok = write_all(fd, texts);
    return close(fd) == 0 && ok;
}

bool output_write_file(struct session *session, const char *path, const struct list *texts) {
    if (is_special(path)) return write_to(path, texts) || report(session, path);
    struct text beside = text_format(session->arena, "%s.%ld.tmp", path, (long)getpid());
    const char *temporary = text_string(session->arena, beside);
    if (write_to(temporary, texts) && rename(temporary, path) == 0) return true;
    int error = errno;
    unlink(temporary);
    errno = error;
    return report(session, path);
}

bool output_write(struct session *session, const struct list *texts) {
    struct text path = session->options.output;
    if (text_is_given(path) && !text_is(path, "-"))
        return output_write_file(session, text_string(session->arena, path), texts);
    return write_all(STDOUT_FILENO, texts) || report(session, "standard output");
}

bool output_write_text(struct session *session, struct text text) {
    struct list texts = {0};
    list_add(session->arena, &texts, &text);
    return output_write(session, &texts);
}
