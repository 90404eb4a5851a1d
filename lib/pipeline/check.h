/*
 * check: what every finished document must keep to, whoever made it.
 *
 * Applied to the escaped tree just before it is written: keys are unique, short and made of
 * [A-Za-z0-9_-]; dependencies exist; every step has a label and a command; no string has a `$` that Buildkite
 * would touch; no environment entry is named like a secret; no mapping key has a `$`; no text is
 * something YAML cannot carry. What fails here is a bug of the program, unless the user's own step attributes bring it.
 */
#ifndef DEPOT_PIPELINE_CHECK_H
#define DEPOT_PIPELINE_CHECK_H

#include "base/diag.h"
#include "base/map.h"
#include "format/node.h"

struct check {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct map keys; /* of all documents so far */
    bool interpolates;
    size_t jobs; /* of all documents so far */
    bool failed;
};

/* True when the document passes; else reported (rule "output-…"). */
bool check_document(struct check *check, const struct node *document);

#endif
