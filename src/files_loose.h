/*
 * files_loose: `struct files` for files that a person names on the command line.
 *
 * Paths are taken from the working directory, as any program does, and may lead anywhere: the person asks. FIFOs and devices
 * are refused all the same, but for standard input ("-", /dev/stdin) and what a shell hands over as /dev/fd/N.
 */
#ifndef DEPOT_SRC_FILES_LOOSE_H
#define DEPOT_SRC_FILES_LOOSE_H

#include "base/files.h"

void files_loose_init(struct files *files);

#endif
