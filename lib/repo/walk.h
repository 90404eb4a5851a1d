/*
 * walk: lists the files below a directory that is not under git.
 *
 * Directories are read one at a time and their names sorted with a '/' after those of directories;
 * read depth-first, that is the byte order of the full paths, as in an index:
 *
 *     a.c   a/x   a/y   a0
 *
 * Symbolic links are listed and never followed; anything called `.git` is left out, and so are FIFOs,
 * sockets and devices. Whether a file is executable is not asked (it would cost a call a file).
 *
 * Limits: 100 levels and 2,000,000 names; what lies beyond is reported ("walk-limit") and left out.
 */
#ifndef DEPOT_REPO_WALK_H
#define DEPOT_REPO_WALK_H

#include "base/diag.h"

#define WALK_DEPTH_LIMIT 100
#define WALK_ENTRY_LIMIT 2000000

/*
 * The files below the open directory, as a listing (listing.h). A directory that cannot be read is
 * reported (warning "unreadable-directory") and skipped; the root too, and then the listing is empty.
 */
struct text walk_list(struct arena *arena, int root_fd, struct diagnostics *diagnostics);

#endif
