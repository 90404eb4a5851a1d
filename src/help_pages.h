/* help_pages: a page for each command: what it does, and the options that concern it. */
#ifndef DEPOT_SRC_HELP_PAGES_H
#define DEPOT_SRC_HELP_PAGES_H

#include "options.h"

/* Appends the page of a command; false when it has none (help). */
bool help_page_add(struct buffer *buffer, enum command command, size_t width);

#endif
