/*
 * sheet: a text that a person can read and edit as a file, with holes that are filled when it is printed.
 *
 * Sheets are the files of lib/report/sheets; embed.sh there turns them into a table. A hole is {{name}}. A line that begins with {{?name}} stands
 * only where that value is given, and loses the mark. A value is put in as it is: whoever fills a sheet gives only
 * what needs no quoting at any of its places.
 */
#ifndef DEPOT_REPORT_SHEET_H
#define DEPOT_REPORT_SHEET_H

#include "base/buffer.h"
#include "base/map.h"

struct sheet {
    const char *name; /* of its file */
    struct text body;
};

/* All of them, by name (made by embed.sh). */
extern const struct sheet sheet_table[];
extern const size_t sheet_count;

/* A program's own constant names it. */
const struct sheet *sheet_find(const char *name);

/* `values`: of struct text *, by name; a hole without one is a mistake of the program. */
void sheet_write(struct buffer *buffer, const struct sheet *sheet, const struct map *values);

#endif
