#include "docker/base64.h"

#include <string.h>

/* 0 to 63; -1: none of the alphabet. */
static int digit_of(char c) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(alphabet, c);
    return at == NULL ? -1 : (int)(at - alphabet);
}

static struct text without_line_ends(struct arena *arena, struct text text) {
    char *copy = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\n' && text.ptr[i] != '\r') copy[len++] = text.ptr[i];
    return text_of(copy, len);
}

bool base64_decode(struct arena *arena, struct text text, struct text *out) {
    struct text digits = without_line_ends(arena, text);
    size_t padding = 0, len = 0;
    if (digits.len % 4 != 0) return false;
    while (padding < 2 && digits.len > padding && digits.ptr[digits.len - padding - 1] == '=')
        padding++;
    char *bytes = arena_alloc(arena, digits.len + 1);
    unsigned bits = 0; /* of the last digits; older ones are shifted out */
    for (size_t i = 0; i < digits.len - padding; i++) {
        int digit = digit_of(digits.ptr[i]);
        if (digit < 0) return false;
        bits = bits << 6 | (unsigned)digit;
        if (i % 4 > 0) bytes[len++] = (char)(bits >> (6 - 2 * (i % 4)) & 0xff);
    }
    *out = text_of(bytes, len);
    return true;
}
