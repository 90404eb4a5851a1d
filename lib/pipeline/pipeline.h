/*
 * pipeline: a plan to the documents that `buildkite-agent pipeline upload` takes.
 *
 *   plan ─▶ jobs (split) ─▶ steps (compile) ─▶ escape, check, write (emit) ─▶ documents
 *
 * Everything is written to memory; nothing reaches an output before all of it has passed.
 */
#ifndef DEPOT_PIPELINE_PIPELINE_H
#define DEPOT_PIPELINE_PIPELINE_H

#include "pipeline/emit.h"
#include "plan/plan.h"

struct pipeline_request {
    const struct plan *plan;
    const struct texts *keys;   /* of the images of the plan: step_keys */
    struct text queue;          /* of the uploading job or the option; absent: steps name none */
    struct text key_prefix;     /* may be empty */
    const struct list *secrets; /* that must not stand in it: secrets_read */
    enum emit_format format;
    bool interpolates;
};

struct pipeline {
    struct list documents; /* in the order they are to be uploaded; each is a struct list of struct text, its pieces */
    struct list steps;     /* of struct job (split.h), in order; empty when there is nothing to build */
    size_t jobs;
    size_t bundled;   /* images of the fullest step */
    bool is_overfull; /* images share steps because the build would pass its limit of jobs */
};

/* False when the output breaks a rule (a bug, or the user's own step attributes: the place tells); reported. */
bool pipeline_make(struct arena *arena, const struct pipeline_request *request, struct diagnostics *diagnostics,
                   struct pipeline *out);

#endif
