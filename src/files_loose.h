/*
 * files_loose: `struct files` for files that a person names on the command line.
 *
 * Paths are taken from the working directory, as any program does, and may lead anywhere: the person asks. FIFOs and devices
 * are refused all the same, but for standard input ("-", /dev/stdin) and what a shell hands over as /dev/fd/N.
 */
#ifndef DEPOT_SRC_FILES_LOOSE_H
#define DEPOT_SRC_FILES_LOOSE_H

#include "base/files.h"
#include "base/list.h"

void files_loose_init(struct files *files);

/* A path as a person gives it, seen from a directory (absent: the working directory) as -C leads there. */
struct text files_loose_path(struct arena *arena, struct text directory, struct text path);

/* The same files seen from a directory, each known by the path that leads there. What was read is kept in `sources`. */
struct files_under {
    struct files files;
    struct arena *arena;
    struct text directory;
    struct list sources; /* of const struct source */
};

void files_under_init(struct files_under *under, struct arena *arena, struct text directory);

#endif
