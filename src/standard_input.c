#include "standard_input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CHUNK ((size_t)1024 * 1024)

static bool complain(struct session *session, const char *why) {
    diag_add(&session->diagnostics, DIAG_ERROR, "input", (struct place){0}, "standard input %s", why);
    return false;
}

bool standard_input_read(struct session *session, struct text *out) {
    struct buffer buffer = buffer_in(session->arena);
    for (;;) {
        buffer_reserve(&buffer, CHUNK);
        ssize_t got = read(STDIN_FILENO, buffer.ptr + buffer.len, CHUNK);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return complain(session, strerror(errno));
        if (got == 0) break;
        buffer.len += (size_t)got;
        if (buffer.len > STANDARD_INPUT_LIMIT) return complain(session, "has more than 1 GiB");
    }
    *out = buffer.len == 0 ? TEXT("") : buffer_text(&buffer);
    return true;
}
