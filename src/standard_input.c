#include "standard_input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define WINDOW ((size_t)256 * 1024)

struct standard_input standard_input_open(char separator) {
    return (struct standard_input){.separator = separator};
}

static bool fail(struct session *session, struct standard_input *input, const char *why) {
    diag_add(&session->diagnostics, DIAG_ERROR, "input", (struct place){0}, "standard input: %s", why);
    input->failed = true;
    return false;
}

/* Makes room behind what is left, which moves to the front. */
static bool make_room(struct session *session, struct standard_input *input) {
    size_t left = input->end - input->at;
    if (left > STANDARD_INPUT_RECORD_LIMIT) return fail(session, input, "a path of more than 16 MiB");
    if (left > 0) memmove(input->window, input->window + input->at, left);
    input->at = 0;
    input->end = left;
    if (input->capacity - left >= WINDOW) return true;
    size_t capacity = input->capacity == 0 ? 2 * WINDOW : 2 * input->capacity;
    input->window = arena_grow(session->arena, input->window, input->capacity, capacity);
    input->capacity = capacity;
    return true;
}

static bool fill(struct session *session, struct standard_input *input) {
    if (!make_room(session, input)) return false;
    for (;;) {
        ssize_t got = read(STDIN_FILENO, input->window + input->end, input->capacity - input->end);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(session, input, strerror(errno));
        input->end += (size_t)got;
        input->is_over = got == 0;
        return true;
    }
}

bool standard_input_next(struct session *session, struct standard_input *input, struct text *out) {
    for (size_t seen = 0;;) {
        size_t len = input->end - input->at;
        const char *begin = len == 0 ? "" : input->window + input->at;
        const char *end = len > seen ? memchr(begin + seen, input->separator, len - seen) : NULL;
        if (end != NULL) {
            *out = text_of(begin, (size_t)(end - begin));
            input->at += out->len + 1;
            return true;
        }
        if (input->is_over) {
            *out = text_of(begin, len);
            input->at = input->end;
            return len > 0 && !input->failed;
        }
        seen = len;
        if (!fill(session, input)) return false;
    }
}
