/*
 * rules: what each message of the program is about: a page of `depot-pipeline help RULE`.
 *
 * A rule is the name in brackets at the end of a message, and does not change. tests/rules.sh checks that every
 * name that is reported has its page.
 */
#ifndef DEPOT_REPORT_RULES_H
#define DEPOT_REPORT_RULES_H

#include "base/buffer.h"
#include "base/list.h"

struct rule {
    const char *name;
    const char *title; /* one line */
    const char *bad;   /* what it is about, as it may stand in a file; NULL where there is nothing to show */
    const char *good;
    const char *why;
};

const struct rule *rules_find(struct text name); /* NULL when there is none */

/* The page. `width`: columns of the terminal. */
void rules_write(struct buffer *buffer, const struct rule *rule, size_t width);

/* All names with their titles. */
void rules_write_list(struct buffer *buffer, size_t width);

void rules_add_names(struct arena *arena, struct texts *out);

#endif
