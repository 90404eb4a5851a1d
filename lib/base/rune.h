/*
 * rune: UTF-8 characters as Go sees them, because BuildKit is written in Go.
 *
 * A malformed byte reads as U+FFFD of one byte, and is written back as U+FFFD.
 *
 * Limits: white space is exactly Go's unicode.IsSpace. A letter outside ASCII is judged by
 * ranges, not by the Unicode tables: the marks and digits of a script count as its letters.
 */
#ifndef DEPOT_BASE_RUNE_H
#define DEPOT_BASE_RUNE_H

#include "base/buffer.h"

#define RUNE_INVALID 0xFFFDu

/* The character at `offset`, which is inside the text, and its bytes. */
uint32_t rune_at(struct text text, size_t offset, size_t *len);

void rune_add(struct buffer *buffer, uint32_t rune);

bool rune_is_space(uint32_t rune);  /* unicode.IsSpace */
bool rune_is_letter(uint32_t rune); /* unicode.IsLetter, within the limits above */

/* strings.TrimSpace, and its left half. */
struct text rune_trim(struct text text);
struct text rune_trim_left(struct text text);

#endif
