#include "terminal.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

void terminal_write_error(struct text text) {
    (void)terminal_write(STDERR_FILENO, text); /* there is nowhere left to complain */
}

void terminal_report(struct diagnostics *diagnostics, enum severity least, bool colour) {
    diag_sort(diagnostics);
    struct buffer buffer = buffer_in(diagnostics->arena);
    diag_write(&buffer, diagnostics, least, colour);
    terminal_write_error(buffer_text(&buffer));
}
