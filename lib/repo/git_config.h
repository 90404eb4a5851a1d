/*
 * git_config: reads one git configuration file.
 *
 * Each variable is handed to a visitor in the order of the file; which one wins is the visitor's
 * business. The syntax is that of git-config(1), "CONFIGURATION FILE" (git's config.c).
 *
 * Limits: includes are not followed, so a value may be missing here that git knows; a malformed
 * line ends the reading, as it makes git itself refuse the file.
 */
#ifndef DEPOT_REPO_GIT_CONFIG_H
#define DEPOT_REPO_GIT_CONFIG_H

#include "base/text.h"

struct config_variable {
    struct text section;    /* lower case */
    struct text subsection; /* as written, without quotes and escapes; absent when there is none */
    struct text name;       /* lower case */
    struct text value;      /* without quotes and escapes; absent for a name alone, which means true */
};

typedef void config_visitor(void *self, const struct config_variable *variable);

/* False at a malformed line; what stands above it has been visited. */
bool config_parse(struct arena *arena, struct text bytes, config_visitor *visit, void *self);

/* As git_parse_maybe_bool: true, yes, on, a number other than 0, or no value at all. */
bool config_is_true(struct text value);

#endif
