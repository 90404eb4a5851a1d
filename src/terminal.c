#include "terminal.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#define VECTORS 512 /* below every system's IOV_MAX */

static size_t ask_width(void) {
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

struct terminal terminal_look(int colour, size_t columns) {
    struct terminal terminal = {.out_is_terminal = isatty(STDOUT_FILENO)};
    terminal.out_has_colour = colour == 1 || (colour == 0 && terminal.out_is_terminal);
    terminal.error_has_colour = colour == 1 || (colour == 0 && isatty(STDERR_FILENO));
    size_t width = terminal.out_is_terminal ? ask_width() : 0;
    if (columns > 0) width = columns;
    terminal.width = width == 0 ? 80 : width < 40 ? 40 : width > 200 ? 200 : width;
    return terminal;
}

bool terminal_write(int fd, struct text text) {
    while (text.len > 0) {
        ssize_t written = write(fd, text.ptr, text.len);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text = text_from_offset(text, (size_t)written);
    }
    return true;
}

static bool write_vectors(int fd, struct iovec *vectors, int count) {
    while (count > 0) {
        ssize_t written = writev(fd, vectors, count);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        for (; count > 0 && (size_t)written >= vectors->iov_len; vectors++, count--)
            written -= (ssize_t)vectors->iov_len;
        if (count == 0) break;
        vectors->iov_base = (char *)vectors->iov_base + written;
        vectors->iov_len -= (size_t)written;
    }
    return true;
}

/* Of a pipeline many pieces are short: as many as a call takes at once. */
bool terminal_write_pieces(int fd, const struct list *pieces) {
    struct iovec vectors[VECTORS];
    bool ok = true;
    for (size_t i = 0; i < pieces->count && ok;) {
        int count = 0;
        for (; count < VECTORS && i < pieces->count; i++) {
            const struct text *piece = pieces->items[i];
            vectors[count++] = (struct iovec){.iov_base = (void *)piece->ptr, .iov_len = piece->len};
        }
        ok = write_vectors(fd, vectors, count);
    }
    return ok;
}

void terminal_write_error(struct text text) {
    (void)terminal_write(STDERR_FILENO, text); /* there is nowhere left to complain */
}

void terminal_report(struct diagnostics *diagnostics, enum severity least, bool colour) {
    diag_sort(diagnostics);
    struct buffer buffer = buffer_in(diagnostics->arena);
    diag_write(&buffer, diagnostics, least, colour);
    terminal_write_error(buffer_text(&buffer));
}
