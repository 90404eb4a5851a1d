/*
 * index: reads git's index, versions 2, 3 and 4, with SHA-1 and SHA-256, in one pass.
 *
 * The file goes through a window of 1 MiB with read(2): that is faster than mapping it, needs no
 * memory for the rest, and a file that shrinks meanwhile is a short read instead of a SIGBUS.
 *
 * The extensions stand at the end, and a mandatory one (`link`: split index, `sdir`: sparse index,
 * anything unknown in lower case) changes what the entries mean. So nothing may be believed before
 * the last byte was seen:
 *
 *     pass without a visitor ─▶ INDEX_OK: the proof names this very file (device, inode, size, time)
 *     pass with the proof    ─▶ visits, or INDEX_CHANGED before the first entry
 *     pass without a proof   ─▶ visits at once and is itself the proof; unless it returns INDEX_OK the
 *                               caller must forget every entry it was given
 *
 * Checked: version, bounds, strict order, modes, flags, the chain of extensions, and that the file
 * ends right after its checksum. Not checked: the checksum (reading it would cost ten times the
 * pass, and git itself may leave it zero: index.skipHash), and whether paths are harmless: a reader
 * of files is contained on its own.
 *
 * Limits: a path of at most 65,535 bytes. Format: git's Documentation/gitformat-index.txt, read-cache.c.
 */
#ifndef DEPOT_REPO_INDEX_H
#define DEPOT_REPO_INDEX_H

#include "repo/entry.h"
#include "repo/repository.h"

enum index_status {
    INDEX_OK,
    INDEX_FOREIGN, /* whole as far as it was read, but only git knows what it means */
    INDEX_DAMAGED, /* truncated, out of order, impossible, or not readable */
    INDEX_CHANGED, /* not the file that the proof is about; nothing was visited */
};

struct index_proof {
    bool is_given;
    uint64_t device, inode, size;
    int64_t seconds, nanoseconds; /* of the last modification */
};

/*
 * Visits each path once in byte order; of the stages of a conflict the first is taken. `visit` may be
 * NULL. No file at `path` is an index without entries, as git has it. `proof` is used when given and
 * set on INDEX_OK. `reason` is set on INDEX_DAMAGED: the end of a sentence that begins with the path.
 */
enum index_status index_visit(struct arena *arena, struct text path, enum object_format format,
                              struct index_proof *proof, path_visitor *visit, void *self, const char **reason);

#endif
