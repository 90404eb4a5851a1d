#include "pipeline/interpolation.h"

#include "base/buffer.h"

#define BACKSLASH "${" INTERPOLATION_NEVER_SET ":-\\}"

static size_t backslashes_before(struct text text, size_t at) {
    size_t count = 0;
    while (count < at && text.ptr[at - 1 - count] == '\\')
        count++;
    return count;
}

struct text interpolation_escape(struct arena *arena, struct text text) {
    size_t dollar = text_find(text, '$');
    if (dollar == TEXT_NONE) return text;
    struct buffer buffer = buffer_in(arena);
    buffer_reserve(&buffer, text.len + 32);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '$') {
            buffer_add_byte(&buffer, text.ptr[i]);
            continue;
        }
        if (backslashes_before(text, i) % 2 == 1) {
            buffer.len--; /* the last backslash, written at the end of the run */
            buffer_add_string(&buffer, BACKSLASH);
        }
        buffer_add_string(&buffer, "$$");
    }
    return buffer_text(&buffer);
}

bool interpolation_is_escaped(struct text text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '$') continue;
        struct text rest = text_from_offset(text, i);
        bool is_shielded = backslashes_before(text, i) % 2 == 1;
        if (is_shielded) return false;
        if (text_starts(rest, BACKSLASH)) {
            i += sizeof(BACKSLASH) - 2;
        } else if (text_starts(rest, "$$")) {
            i++;
        } else {
            return false;
        }
    }
    return true;
}
