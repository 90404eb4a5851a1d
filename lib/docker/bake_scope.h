/*
 * bake_scope: what a name of a bake file stands for, and a single value.
 *
 * Names are `variable` blocks and attributes outside of all blocks, of all files together. Each is looked at once. A variable
 * of text or a number becomes a reference, for the environment beats its default; one of a list is what it says, for bake
 * refuses an environment that sets it. What cannot be decided so is open.
 */
#ifndef DEPOT_DOCKER_BAKE_SCOPE_H
#define DEPOT_DOCKER_BAKE_SCOPE_H

#include "base/value.h"
#include "docker/hcl.h"

#define BAKE_UNKNOWN_LIMIT 100 /* warnings of keys that nobody reads */

enum bake_scalar_kind {
    BAKE_SCALAR_KNOWN,
    BAKE_SCALAR_NULL,
    BAKE_SCALAR_OPTIONAL, /* null where the variable is not set; `value` is the reference to it */
    BAKE_SCALAR_OPEN,
    BAKE_SCALAR_WRONG, /* bake refuses it; reported */
};

struct bake_scalar {
    enum bake_scalar_kind kind;
    bool is_bool; /* true or false, not the text of it */
    struct value value;
    struct text what;   /* why it is open: "a function call" */
    struct place place; /* of that */
    size_t weight;      /* bytes of the value written out, and how deep its words nest: both are bounded */
    unsigned depth;
};

struct bake_scope {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct map names; /* to struct bake_name */
    unsigned depth;
    size_t work;                  /* weight of all values that were given out */
    size_t unknown;               /* keys that were reported */
    bool is_repeated;             /* a variant of a matrix after the first: what nobody reads has been reported */
    size_t variants, substituted; /* targets that come from matrices, and values in them: both are bounded */
};

void bake_scope_add_variable(struct bake_scope *scope, const struct hcl_block *block);
void bake_scope_add_attribute(struct bake_scope *scope, const struct hcl_pair *attribute);

/* Looks at all names, as bake does before anything else: what it refuses among them is reported. */
void bake_scope_check(struct bake_scope *scope);

/* A list, an object or null behind a name or a string of JSON, else the expression as it is. NULL when it was refused and reported. */
const struct hcl_expression *bake_scope_follow(struct bake_scope *scope, const struct hcl_expression *expression);

/* `what`: "'context'", for messages. */
struct bake_scalar bake_scope_scalar(struct bake_scope *scope, const struct hcl_expression *expression,
                                     const char *what);

/* Reports an error; "bake-invalid". */
void bake_refuse(struct diagnostics *diagnostics, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
