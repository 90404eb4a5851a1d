#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A reader that has seen enough (`| head`) needs no words. */
static bool report(struct session *session, const char *what) {
    if (errno != EPIPE) session_complain(session, "output", "cannot write %s: %s", what, strerror(errno));
    return false;
}

/* A FIFO, /dev/stdout and the like are written as they are. */
static bool is_special(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

static bool write_to(const char *path, int how, const struct list *texts) {
    int fd = open(path, O_WRONLY | O_CLOEXEC | how, 0666);
    if (fd < 0) return false;
    bool ok = terminal_write_pieces(fd, texts);
    return close(fd) == 0 && ok;
}

bool output_write_file(struct session *session, const char *path, const struct list *texts) {
    if (is_special(path)) return write_to(path, O_APPEND, texts) || report(session, path);
    struct text beside = text_format(session->arena, "%s.%ld.tmp", path, (long)getpid());
    const char *temporary = text_string(session->arena, beside);
    if (write_to(temporary, O_CREAT | O_EXCL, texts) && rename(temporary, path) == 0) return true;
    int error = errno;
    unlink(temporary);
    errno = error;
    return report(session, path);
}

bool output_write(struct session *session, const struct list *texts) {
    struct text path = session->options.output;
    if (text_is_given(path) && !text_is(path, "-"))
        return output_write_file(session, text_string(session->arena, path), texts);
    return terminal_write_pieces(STDOUT_FILENO, texts) || report(session, "standard output");
}

bool output_write_documents(struct session *session) {
    struct list all = {0};
    for (size_t i = 0; i < session->pipeline.documents.count; i++) {
        const struct list *pieces = session->pipeline.documents.items[i];
        for (size_t j = 0; j < pieces->count; j++)
            list_add(session->arena, &all, pieces->items[j]);
    }
    return output_write(session, &all);
}

bool output_write_text(struct session *session, struct text text) {
    struct list texts = {0};
    list_add(session->arena, &texts, &text);
    return output_write(session, &texts);
}
