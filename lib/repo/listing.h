/*
 * listing: a list of paths as one text, for the sources that cannot be read twice as cheaply as the index.
 *
 * The form is what `git ls-files -z -s -t` prints, so that git's own output is a listing as it stands:
 *
 *     tag SP mode SP object SP stage TAB path NUL        ("S": skip-worktree; object "-": unknown)
 */
#ifndef DEPOT_REPO_LISTING_H
#define DEPOT_REPO_LISTING_H

#include "base/buffer.h"
#include "repo/entry.h"

#define OBJECT_ID_MAX 32

struct listing_cursor {
    struct text rest;
    struct text previous;                /* stages of one path follow each other and count once */
    unsigned char object[OBJECT_ID_MAX]; /* of the entry at hand */
};

void listing_add(struct buffer *buffer, enum path_kind kind, struct text path);

/* The next entry; false at the end, or where the text is not a listing (`rest` is then not empty). */
bool listing_next(struct listing_cursor *cursor, struct path_entry *out);

#endif
