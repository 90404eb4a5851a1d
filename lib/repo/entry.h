/*
 * entry: one path of a repository, as every source of the list (index, git, walk) hands it out.
 */
#ifndef DEPOT_REPO_ENTRY_H
#define DEPOT_REPO_ENTRY_H

#include "base/text.h"

enum path_kind {
    PATH_FILE,
    PATH_EXECUTABLE, /* as far as it is known: a walk does not ask */
    PATH_SYMLINK,
    PATH_SUBMODULE, /* of the files in it nothing is known */
};

struct path_entry {
    struct text path; /* valid during the visit only */
    enum path_kind kind;
    bool skip_worktree; /* not on disk: read the blob */
    bool has_size;      /* `size` is known */
    uint32_t size;      /* bytes, modulo 2^32, as git last saw the file */
    const unsigned char
        *object; /* id of the blob, 20 or 32 bytes, valid as the path is; NULL for untracked files and walks */
};

typedef void path_visitor(void *self, const struct path_entry *entry);

#endif
