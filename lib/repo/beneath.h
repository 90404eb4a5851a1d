/*
 * beneath: opens a path below a directory and never outside it.
 *
 * openat2(RESOLVE_BENEATH) where the kernel has it and the sandbox allows it; else element by element,
 * with every symbolic link read and followed here. Both accept a link that stays inside and refuse an
 * absolute one, even one that points back inside: it would mean another place on another machine.
 *
 * Limits of the second way: 40 links, 128 directories at a time, paths of PATH_MAX bytes.
 */
#ifndef DEPOT_REPO_BENEATH_H
#define DEPOT_REPO_BENEATH_H

#include "base/text.h"

/*
 * Opens for reading, without blocking on a FIFO and without becoming a terminal's process. A
 * descriptor, or minus an errno value: EXDEV when the path leaves, ELOOP when its links do not end.
 */
int beneath_open(int root_fd, struct text path);

/* The second way alone, for tests. */
int beneath_open_stepwise(int root_fd, struct text path);

#endif
