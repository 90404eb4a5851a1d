/*
 * emit: the only writer of a pipeline.
 *
 * Steps hold what is meant. Here every string is escaped for Buildkite's interpolation (unless the
 * upload is made without it), then the step is checked (check.h), then written as YAML or JSON: in
 * that order, each once, one step after the other, so that a long pipeline takes the memory of its text.
 *
 * Another format is a writer in lib/format and a case in emit_begin, emit_step and emit_end; what a step consists of
 * (step.h) does not change. Several documents are told apart by a line "---", in JSON too.
 */
#ifndef DEPOT_PIPELINE_EMIT_H
#define DEPOT_PIPELINE_EMIT_H

#include "pipeline/check.h"
#include "pipeline/step.h"

enum emit_format { EMIT_YAML, EMIT_JSON };

struct emit_options {
    enum emit_format format;
    bool interpolates; /* `pipeline upload` will interpolate: the usual case */
    bool is_first;     /* of several documents */
};

/* One document that is being written. */
struct emit {
    struct arena *arena; /* of the document */
    struct buffer out;   /* its text, but for the leads of steps */
    struct emit_options options;
    struct check *check;
    struct text lead; /* of the steps so far, as it is in them; all that have one have the same */
    struct text escaped_lead;
    struct list insertions;     /* where it goes: struct yaml_insertion */
    struct arena scratch;       /* of one step, or of the whole document as JSON */
    struct yaml_writer *writer; /* NULL as JSON, which jansson writes in one piece */
    struct node *steps;         /* as JSON: the steps so far */
    struct node *group;         /* the same, of the open group */
};

/* Begin, then each step, then end, whatever was false on the way: end gives back the memory. */
void emit_begin(struct emit *emit, struct arena *arena, const struct emit_options *options, struct check *check);
void emit_begin_group(struct emit *emit, struct text label,
                      struct text key); /* the next steps stand in it; no group in another */
void emit_end_group(struct emit *emit);
void emit_step(struct emit *emit, const struct step *step);

/*
 * `pieces` gets the document as struct text, one behind the other: what many steps begin with is in memory once.
 * False when the document breaks a rule of ours (a bug, or the user's own step attributes): reported.
 */
bool emit_end(struct emit *emit, struct list *pieces);

#endif
