/*
 * emit: the only writer of a pipeline.
 *
 * Steps hold what is meant. Here every string is escaped for Buildkite's interpolation (unless the
 * upload is made without it), then the tree is checked (check.h), then written as YAML or
 * JSON: in that order, each once.
 */
#ifndef DEPOT_PIPELINE_EMIT_H
#define DEPOT_PIPELINE_EMIT_H

#include "pipeline/check.h"
#include "pipeline/step.h"

enum emit_format { EMIT_YAML, EMIT_JSON };

struct emit_options {
    enum emit_format format;
    bool interpolates;       /* `pipeline upload` will interpolate: the usual case */
    bool is_first;           /* of several documents */
    struct text group_label; /* absent: steps stand alone */
    struct text group_key;
};

/*
 * Appends one document with these steps (struct step). `scratch` is used for what is not kept. False when the
 * result breaks a rule of ours, which is a bug: reported, and nothing is appended.
 */
bool emit_document(struct buffer *out, struct arena *scratch, const struct list *steps,
                   const struct emit_options *options, struct check *check);

#endif
