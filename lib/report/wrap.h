/*
 * wrap: text in columns.
 *
 * Width is counted in characters of UTF-8; a word longer than its column stands alone on its line.
 */
#ifndef DEPOT_REPORT_WRAP_H
#define DEPOT_REPORT_WRAP_H

#include "base/buffer.h"

/* Appends `text` broken at spaces, later lines indented by `indent`; the first one begins at column `column`. Ends the line. */
void wrap_add(struct buffer *buffer, struct text text, size_t column, size_t indent, size_t width);

#endif
