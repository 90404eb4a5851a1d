/*
 * fuzz: what every target needs.
 *
 * A target turns bytes into a call of one reader and checks what must hold whatever the bytes are. What does
 * not hold ends the process, for that is what both a fuzzer and the replay understand.
 *
 * Memory comes from tests/fuzz/arena.c, where each allocation stands alone, so that AddressSanitizer sees a step
 * over the end of any of them.
 */
#ifndef DEPOT_TESTS_FUZZ_H
#define DEPOT_TESTS_FUZZ_H

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

/* What libFuzzer calls, and the replay too. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The condition holds for every input; else `what`, a printf format and its arguments, says what is wrong. */
#define FUZZ_CHECK(condition, ...)                                                                                     \
    do {                                                                                                               \
        if (condition) break;                                                                                          \
        fprintf(stderr, "%s:%d: does not hold: %s: ", __FILE__, __LINE__, #condition);                                 \
        fprintf(stderr, __VA_ARGS__);                                                                                  \
        fputc('\n', stderr);                                                                                           \
        abort();                                                                                                       \
    } while (0)

/* The input as a text; never absent, and what is behind its end may not be read. */
static inline struct text fuzz_text(const uint8_t *data, size_t size) {
    return size == 0 ? TEXT("") : text_of((const char *)data, size);
}

/* The part before the first NUL, which goes; all of it when there is none. */
static inline struct text fuzz_part(struct text *rest) {
    size_t nul = text_find(*rest, '\0');
    struct text part = text_first(*rest, nul == TEXT_NONE ? rest->len : nul);
    *rest = text_from_offset(*rest, nul == TEXT_NONE ? rest->len : nul + 1);
    return part;
}

/* The first byte, which goes; 0 when there is none. */
static inline unsigned char fuzz_byte(struct text *rest) {
    if (rest->len == 0) return 0;
    unsigned char byte = (unsigned char)rest->ptr[0];
    *rest = text_from_offset(*rest, 1);
    return byte;
}

/* Both given or both absent, and the same bytes. */
static inline bool fuzz_same(struct text a, struct text b) {
    return text_is_given(a) == text_is_given(b) && text_equal(a, b);
}

/* UTF-8 without control characters but line feed and tab: fit to be printed. */
static inline bool fuzz_is_printable(struct text text) {
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' && text.ptr[i] != '\n' && text.ptr[i] != '\t') return false;
    return text_is_utf8(text);
}

#endif
