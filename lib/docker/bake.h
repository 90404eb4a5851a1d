/*
 * bake: build targets as `docker buildx bake` and `depot bake` know them.
 *
 * They come from bake files (bake_read: JSON and HCL) and from compose files (bake_of_compose), and are merged by name: a later
 * file's scalars replace, its pairs merge by key, its tags, platforms, cache-to and output replace, its cache-from, secret,
 * ssh and attest are added (bake.go Target.Merge).
 *
 * Strings of a bake file are templates. Literal text is read, and `${NAME}` of a `variable` block with a literal default, which
 * the environment beats: a reference with VALUE_DEFAULT_IF_UNSET. What needs more evaluation (a function, an operator, a condition,
 * `for`, a matrix) is not guessed at: the target's `open` names the first such place, and the attribute is absent.
 */
#ifndef DEPOT_DOCKER_BAKE_H
#define DEPOT_DOCKER_BAKE_H

#include "docker/compose.h"

#define BAKE_SIZE_LIMIT ((size_t)4 * 1024 * 1024)

struct bake_pair {
    struct text name;
    const struct value *value; /* NULL: null, as in `args: {A: null}` */
};

/* One attestation, cache, secret, ssh key or output: its attributes. "type=registry,ref=x" and {type = …, ref = …} are the same. */
struct bake_entry {
    struct list pairs; /* of struct bake_pair, by name */
};

enum bake_switch { BAKE_UNSET, BAKE_FALSE, BAKE_TRUE };

/* What is absent is NULL or an empty list. */
struct bake_target {
    struct text name;
    struct place place;
    struct text open; /* why not all of it is known: "'tags' needs evaluation"; absent: all is */
    struct place open_place;
    struct texts inherits; /* resolved and emptied by bake_resolve */
    const struct value *context, *dockerfile, *dockerfile_inline, *target, *network, *shm_size, *call, *project_id;
    struct list args, labels, contexts, extra_hosts;                                  /* of struct bake_pair, by name */
    struct list tags, platforms, no_cache_filter, ulimits, entitlements, annotations; /* of const struct value */
    struct list attest, cache_from, cache_to, secrets, ssh, output;                   /* of struct bake_entry */
    enum bake_switch pull, no_cache;
};

struct bake_group {
    struct text name;
    struct place place;
    struct texts targets; /* names of targets and groups */
    struct text open;     /* as of a target */
};

struct bake_model {
    struct list targets; /* of struct bake_target, in order of first mention */
    struct list groups;  /* of struct bake_group, the same */
};

#endif
