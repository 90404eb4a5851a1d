/*
 * mounts: the value of RUN --mount (instructions/commands_runmount.go).
 *
 * One line of CSV whose fields are `key=value` or a bare word. It is read twice: when the
 * file is parsed, where only `from` matters and may not hold a variable, and when the
 * instruction is built, with the other values expanded.
 */
#ifndef DEPOT_DOCKER_MOUNTS_H
#define DEPOT_DOCKER_MOUNTS_H

#include "base/list.h"
#include "docker/expand.h"

enum mount_type { MOUNT_BIND, MOUNT_CACHE, MOUNT_TMPFS, MOUNT_SECRET, MOUNT_SSH };

struct mount {
    enum mount_type type;
    struct text from; /* a stage, image or named context; absent: the build context */
    struct text source;
    struct text target;
    bool unknown; /* a value depends on something that is not known */
};

const char *mounts_type_name(enum mount_type type); /* "bind" */

/* The fields of one line of CSV (RFC 4180 quoting); false when it is malformed. */
bool mounts_split(struct arena *arena, struct text line, struct texts *out);

/* What parsing the file checks. `from` is absent when the mount has none. */
bool mounts_check(struct arena *arena, struct text value, struct text *from, struct text *problem);

/*
 * What building checks; `unset_is_unknown`: a name that is not set may be later. False with a `problem` when BuildKit refuses the mount whatever the
 * unknown values are; false without one (absent) when only the values known here make it fail.
 */
bool mounts_read(struct arena *arena, struct text value, char escape, struct expand_scope scope, bool unset_is_unknown,
                 struct mount *out, struct text *problem);

#endif
