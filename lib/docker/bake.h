/*
 * bake: build targets as `docker buildx bake` and `depot bake` know them.
 *
 * They come from bake files (bake_read: JSON and HCL) and from compose files (bake_of_compose), and are merged by name: a later
 * file's scalars replace, its pairs merge by key, its tags, platforms, cache-to and output replace, its cache-from, secret,
 * ssh, attest and what else is a list are added (bake.go Target.Merge).
 *
 *   compose_load ─▶ bake_of_compose ─┐
 *                                    ├─ bake_merge ─▶ bake_resolve ─▶ bake_evaluate ─▶ report/bake_json
 *   all bake files ─▶ bake_read ─────┘
 *
 * Strings of a bake file are templates. Literal text is read, and `${NAME}` of a `variable` block with a literal default, which
 * the environment beats: a reference with VALUE_DEFAULT_IF_UNSET. What needs more evaluation (a function, an operator, a condition,
 * `for`) is not guessed at: the target's `open` says which attribute is not known, and it is absent. A `matrix` that is
 * written out is as many targets, and a group of the block's name; a target that is open in "matrix" or "name" stands for any
 * number of others, whose names are not known.
 *
 * A list whose `items` are NULL is not given; `tags = []` is given and empty, and replaces.
 *
 * Limits: what a bake file says of a target that compose has, too, sees `.env`, which in bake only compose does. A number's variable is passed on as the environment spells it, where bake would turn 1.0 into 1. A variable in an entry
 * ("type=registry,ref=${REF}") is one value, where bake would cut what it holds. `NAME_JSON` is not asked for. Names are taken
 * as they are, without the patterns that buildx knows. Longer lists than the limits below are open; BAKE_WORK_LIMIT counts what is
 * copied in all targets together when they are merged (the rest is open) and when they are resolved (rule "bake-limit").
 */
#ifndef DEPOT_DOCKER_BAKE_H
#define DEPOT_DOCKER_BAKE_H

#include "docker/compose.h"

#define BAKE_SIZE_LIMIT ((size_t)1024 * 1024) /* large ones have some 100 KB; what is made of a byte can be 200 bytes */
#define BAKE_ITEMS_LIMIT 1000                 /* of a list of texts */
#define BAKE_ENTRIES_LIMIT 200                /* of a list of caches and the like */
#define BAKE_OPEN_LIMIT 100                   /* of what is not known of one target; the last one is about all others */
#define BAKE_FIELDS_LIMIT 100                 /* of one of those */
#define BAKE_WORK_LIMIT 1000000
#define BAKE_VARIANTS_LIMIT 1000 /* targets that come from matrices */
#define BAKE_DEPTH_LIMIT 100     /* of groups in groups, targets that inherit, and contexts that are targets */

struct bake_pair {
    struct text name;
    const struct value *value; /* NULL: null, as in `args: {A: null}`, which sets nothing */
    struct place place;        /* of the value; none: that of the target */
    bool
        is_optional; /* `value` is one reference, and where its variable is not set the pair is left out: `args = {A = A}` */
};

/*
 * One attestation, cache, secret, ssh key or output: its attributes. "type=registry,ref=x" and {type = …, ref = …} are the same.
 * The paths of an ssh key are as many pairs named "paths".
 */
struct bake_entry {
    struct list pairs; /* of struct bake_pair, by name */
};

/* Names of targets, and where each stands; `places` has as many, or none. */
struct bake_names {
    struct texts texts;
    struct list places; /* of const struct place */
};

enum bake_switch { BAKE_UNSET, BAKE_FALSE, BAKE_TRUE };

/* What is not known of a target or a group. */
struct bake_open {
    struct text attribute; /* "args" */
    struct text name;      /* the one pair that it is about; absent: all of the attribute, or an item of it */
    struct text what;      /* "a function call" */
    struct place place;
};

/* What is absent is NULL or a list without items. */
struct bake_target {
    struct text name;
    struct place place;
    struct list open;           /* of struct bake_open; none: all is known */
    bool is_linked;             /* only a context of others: it is built and not exported; set by bake_resolve */
    struct bake_names inherits; /* resolved and emptied by bake_resolve */
    const struct value *description, *context, *dockerfile, *dockerfile_inline, *target, *network, *shm_size, *call,
        *project_id;
    struct list args, labels, contexts, extra_hosts;                                  /* of struct bake_pair, by name */
    struct list tags, platforms, no_cache_filter, ulimits, entitlements, annotations; /* of const struct value */
    struct list attest, cache_from, cache_to, secrets, ssh, output;                   /* of struct bake_entry */
    enum bake_switch pull, no_cache;
    const struct variables *variables; /* of `.env`, where compose is a part of it; NULL: none */
};

struct bake_group {
    struct text name;
    struct place place;
    const struct value *description; /* NULL when there is none */
    struct bake_names targets;       /* of targets and groups */
    struct list open;                /* as of a target */
};

struct bake_model {
    struct list targets; /* of struct bake_target, in order of first mention */
    struct list groups;  /* of struct bake_group, the same */
};

/*
 * Reads bake files, each over those before it; variables are those of all. By the end of its name a file is JSON or HCL; one of
 * another name is HCL, or else JSON. False when bake would refuse one of them: the error has been reported (rules "bake-unreadable",
 * "bake-syntax", "bake-invalid", "bake-limit") and `out` is untouched. What bake takes and does not heed is a warning or a note
 * ("bake-key-unknown", "bake-key-dropped").
 */
bool bake_read(struct arena *arena, struct files *files, const struct texts *paths, struct diagnostics *diagnostics,
               struct bake_model *out);

/*
 * The builds of a compose file as bake takes them: containers.md section 6.2 in short: names with '_' for '.', a context seen from the
 * project directory, a secret under its source's name, an argument without a value from the service's environment, and
 * `x-bake` and `x-depot`. False when bake would refuse the file; reported (rule "bake-invalid").
 */
bool bake_of_compose(struct arena *arena, const struct compose_model *compose, struct diagnostics *diagnostics,
                     struct bake_model *out);

/* `over` on top of `base`; a group replaces the one of its name. Neither is changed. */
void bake_merge(struct arena *arena, const struct bake_model *base, const struct bake_model *over,
                struct bake_model *out);

/*
 * What a call of bake with these names builds: groups expanded, `inherits` followed, contexts "target:x" pulled in, and what has
 * no context or Dockerfile given bake's default. Targets and groups come by name. No names: "default". `variables`: what is known of
 * the environment where a context or a name hangs on it; NULL: nothing. False, reported (rule "bake-invalid"), when bake would refuse.
 * A name that no target has may be a variant of one that is open in "matrix" or "name": what mentions it is open, too, and a group
 * that does has all of those.
 */
bool bake_resolve(struct arena *arena, const struct bake_model *model, const struct texts *names,
                  const struct variables *variables, struct diagnostics *diagnostics, struct bake_model *out);

/*
 * The same with literal values: what bake makes of it when only `variables` (NULL: none) are set. Repeats and empty items
 * go, as bake drops them. False, reported (rule "bake-limit"), when the result is too large.
 */
bool bake_evaluate(struct arena *arena, const struct bake_model *model, const struct variables *variables,
                   struct diagnostics *diagnostics, struct bake_model *out);

/* It stands for any number of targets, whose names are not known. */
bool bake_is_family(const struct bake_target *target);

/* A service's name as that of a target: '.' becomes '_'. */
struct text bake_clean_name(struct arena *arena, struct text name);

/* "'args.A' needs evaluation (a function call)" */
struct text bake_open_message(struct arena *arena, const struct bake_open *open);

/* NULL when there is none. */
struct bake_target *bake_find_target(const struct bake_model *model, struct text name);
struct bake_group *bake_find_group(const struct bake_model *model, struct text name);

/* The eight default names that bake looks for in its directory, in its order, are four of compose and these; NULL-terminated. */
extern const char *const bake_file_names[];

#endif
