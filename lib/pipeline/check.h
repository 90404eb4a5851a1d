/*
 * check: what every finished document must keep to, whoever made it.
 *
 * Applied to the escaped tree just before it is written: keys are unique, short and made of
 * [A-Za-z0-9_-]; every step has a label and a command, or is of another type; no string has a `$` that Buildkite would touch, or is not
 * UTF-8 or holds a secret of the uploading job; no environment entry is named like a secret; no mapping key has a `$`. What fails here is a bug of the program, unless the user's own step attributes bring it.
 */
#ifndef DEPOT_PIPELINE_CHECK_H
#define DEPOT_PIPELINE_CHECK_H

#include "base/diag.h"
#include "base/map.h"
#include "format/node.h"
#include "pipeline/secrets.h"

struct check {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct map keys;             /* of all documents so far */
    size_t jobs;                 /* of all documents so far */
    size_t jobs_before;          /* of those before this one */
    const struct list *secrets;  /* of secrets_read; NULL: none */
    const struct node *settings; /* where a secret may come from; NULL when there are none */
    struct map told;             /* names of the secrets that were found */
    struct text step, field;     /* that is being looked at */
    bool interpolates;
    bool failed;
};

/* A document begins; `interpolates` says that its strings are escaped for that. */
void check_begin(struct check *check, bool interpolates);

/* Each of its groups and its steps, escaped. What is wrong is reported (rule "output-…"). */
void check_group(struct check *check, struct text key, const struct node *label);
void check_lead(struct check *check, struct text text); /* that several steps begin with */
void check_step(struct check *check, const struct node *step);

/* Takes in what another one has found of later documents. True when nothing was wrong in both. */
bool check_join(struct check *check, const struct check *later);

/* True when nothing was wrong so far. */
bool check_end(struct check *check);

#endif
