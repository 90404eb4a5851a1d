/*
 * compose_interpolate: `$X`, `${X}` and `${X:-word}` of one compose scalar, to a struct value and on to a text.
 *
 * Reading follows compose-go's template/template.go to the byte: `$$` is a dollar, `$` before
 * anything else than `$`, `{` or a name stays, and `${` must match
 *
 *     \${ NAME ( :?[-+?] .* )? }        up to the LAST `}` of the line,
 *
 * which is then cut at the first `}` that balances (getFirstBraceClosingIndex: a `{` raises the
 * level and skips the byte after it; nothing balances: no cut). So `${U:-{}}z` is `{}` and `z`,
 * and a `${…` that spans lines is refused.
 *
 * Evaluating follows it too, with `.env` as the whole environment: what compose does in a clean
 * checkout. A default, alternative or message that is not well-formed is refused also where it is
 * not used, as compose 2.40 does (later versions look at it only when they use it).
 *
 * Limits: names are ASCII; words nest up to COMPOSE_NESTING_LIMIT; what references
 * make of a value has COMPOSE_VALUE_LIMIT bytes at most. Time is linear in the text
 * for each level of nesting.
 */
#ifndef DEPOT_DOCKER_COMPOSE_INTERPOLATE_H
#define DEPOT_DOCKER_COMPOSE_INTERPOLATE_H

#include "base/value.h"
#include "base/variables.h"

#define COMPOSE_NESTING_LIMIT 100
#define COMPOSE_VALUE_LIMIT ((size_t)128 * 1024) /* an evaluated value: no Linux program takes a longer argument */

/*
 * Reads one scalar; `out` views into `text`. False when compose would refuse it: `problem` is then the template
 * that does not match (the whole text, or a word inside it) and `out` is untouched.
 */
bool compose_interpolate(struct arena *arena, struct text text, struct value *out, struct text *problem);

/* The same test without a result and without memory. */
bool compose_is_template(struct text text, struct text *problem);

struct compose_evaluation {
    struct text text;
    struct texts unset;  /* variables that were asked for and have no value in `variables`, each once */
    struct text problem; /* when evaluation failed: compose's words, "required variable X is missing a value: …" */
};

/* What the value is when only `variables` are set. False when a required variable is missing; see `problem`. */
bool compose_evaluate(struct arena *arena, const struct value *value, const struct variables *variables,
                      struct compose_evaluation *out);

#endif
