/*
 * compose_scalar: what go-yaml makes of a scalar, and how Go then prints it.
 *
 * Follows go-yaml's resolve.go: only plain scalars (and those with a tag) have another type
 * than string; `yes` and `on` are strings, `010` is 8, `08` is 8.0, an ISO date is a
 * timestamp. Numbers print as Go's %v does: `1_000` is "1000", `1e6` is "1e+06".
 *
 * Limits: a `!!binary` scalar that is no UTF-8, or holds a NUL, keeps its base64 text; shortest float digits are found by
 * trying 1 to 17 digits, which is Go's answer for all but a few values beside powers of two.
 */
#ifndef DEPOT_DOCKER_COMPOSE_SCALAR_H
#define DEPOT_DOCKER_COMPOSE_SCALAR_H

#include "format/node.h"

enum compose_scalar_kind {
    COMPOSE_NULL,
    COMPOSE_BOOL,
    COMPOSE_INT,
    COMPOSE_FLOAT,
    COMPOSE_TIMESTAMP, /* compose refuses it wherever a build could hold one */
    COMPOSE_STRING,
};

struct compose_scalar {
    enum compose_scalar_kind kind;
    struct text text; /* as Go prints it; empty for null, as written for a timestamp */
};

/* `node` is a scalar. A tag that does not fit ("!!int x") gives the string as written, where go-yaml fails. */
struct compose_scalar compose_scalar_of(struct arena *arena, const struct node *node);

/* The same for the text of a plain scalar without a tag. */
struct compose_scalar compose_scalar_of_plain(struct arena *arena, struct text text);

/* What go-yaml says of a tag that does not fit its scalar, for which it refuses the file; absent when it fits. */
struct text compose_scalar_problem(struct arena *arena, const struct node *node);

#endif
