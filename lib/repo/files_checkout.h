/*
 * files_checkout: `struct files` for a checkout.
 *
 * A path is opened beneath the root and never outside it (beneath.h). FIFOs and devices are refused
 * without blocking. A file that git keeps out of the work tree (skip-worktree) is read from its blob.
 *
 * A file costs four system calls: open, fstat, read, close. Its size is the one of fstat: what is
 * appended meanwhile is not read.
 */
#ifndef DEPOT_REPO_FILES_CHECKOUT_H
#define DEPOT_REPO_FILES_CHECKOUT_H

#include "base/files.h"
#include "repo/repository.h"

struct files_checkout {
    struct files files;
    const struct repository *repository;
    struct map skipped; /* path → struct text *: hexadecimal id of the blob, for skip-worktree files */
};

void files_checkout_init(struct files_checkout *checkout, const struct repository *repository);

/* Tells that `path` is not on disk and which blob holds it (`object`: 20 or 32 bytes). For files, not for links. */
void files_checkout_skip(struct files_checkout *checkout, struct arena *arena, struct text path,
                         const unsigned char *object);

#endif
