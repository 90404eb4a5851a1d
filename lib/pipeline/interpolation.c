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
    buffer_reserve(&buffer, text.len + text.len / 16 + 32);
    size_t done = 0;
    while (dollar != TEXT_NONE) {
        size_t at = done + dollar;
        bool is_shielded = backslashes_before(text, at) % 2 == 1;
        /* the last backslash of the run is written at its end, as a default */
        buffer_add(&buffer, text_of(text.ptr + done, at - done - is_shielded));
        if (is_shielded) buffer_add_string(&buffer, BACKSLASH);
        buffer_add(&buffer, TEXT("$$"));
        done = at + 1;
        dollar = text_find(text_from_offset(text, done), '$');
    }
    buffer_add(&buffer, text_from_offset(text, done));
    return buffer_text(&buffer);
}

bool interpolation_is_escaped(struct text text) {
    size_t at = 0, dollar;
    while ((dollar = text_find(text_from_offset(text, at), '$')) != TEXT_NONE) {
        at += dollar;
        struct text rest = text_from_offset(text, at);
        if (backslashes_before(text, at) % 2 == 1) return false;
        if (text_starts(rest, BACKSLASH)) {
            at += sizeof(BACKSLASH) - 1;
        } else if (text_starts(rest, "$$")) {
            at += 2;
        } else {
            return false;
        }
    }
    return true;
}
