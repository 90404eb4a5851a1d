/*
 * changes: which paths differ between two trees, in byte order.
 *
 * A file that was moved is two changes, one deleted and one added: it matters to both places. What git prints is taken as
 * it is (`git diff --raw -z --no-renames`), or a list of names that somebody else knows to have changed.
 */
#ifndef DEPOT_REPO_CHANGES_H
#define DEPOT_REPO_CHANGES_H

#include "repo/entry.h"

enum change_status {
    CHANGE_ADDED,
    CHANGE_DELETED,
    CHANGE_MODIFIED, /* content, mode or kind */
    CHANGE_GIVEN,    /* named by somebody; how it changed is not known */
};

struct change {
    struct text path; /* relative to the root, a view into what was parsed */
    enum change_status status;
    enum path_kind old_kind, new_kind; /* PATH_FILE where there is none, or it is not known */
    struct text old_object;            /* hexadecimal id; absent for what was added or given */
};

struct changes {
    struct change *items;
    size_t count;
    size_t capacity;
};

/* False when the bytes are not what git prints; `out` is untouched then. */
bool changes_parse(struct arena *arena, struct text raw, struct changes *out);

/* A list of names, each ended by NUL where there is one in it, else by a line end (a CR before it is dropped). */
void changes_parse_names(struct arena *arena, struct text names, struct changes *out);

/* NULL when the path did not change. */
const struct change *changes_find(const struct changes *changes, struct text path);

const char *change_verb(const struct change *change); /* "changed", "was added", "was deleted" */

#endif
