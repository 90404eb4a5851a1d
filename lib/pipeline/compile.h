/*
 * compile: planned images to steps.
 *
 * The whole text of a step is decided here: what is installed, who logs in, what is
 * called with which words. The order of the sections is the order in which a person reads them: prepare, log in,
 * build.
 */
#ifndef DEPOT_PIPELINE_COMPILE_H
#define DEPOT_PIPELINE_COMPILE_H

#include "pipeline/prepare.h"
#include "pipeline/script.h"
#include "pipeline/split.h"
#include "pipeline/step.h"

struct compile_request {
    const struct plan *plan;
    struct text queue;        /* absent: steps name none */
    struct shell start;       /* what every building step begins with, made once: see compile_begin */
    struct prepared prepared; /* what that has done already */
};

/* Makes a request that lives as long as `arena`. */
struct compile_request compile_begin(struct arena *arena, const struct plan *plan, struct text queue);

/* One step that builds the images of a job, none of them broken. */
struct step *compile_build(struct arena *arena, const struct compile_request *request, const struct job *job);

/* A red step that prints what is wrong with the image. */
struct step *compile_broken(struct arena *arena, const struct compile_request *request,
                            const struct plan_image *planned, struct text key);

/* A step of an image that is not built: skipped, or one that runs and only says why. */
struct step *compile_unaffected(struct arena *arena, const struct compile_request *request,
                                const struct plan_image *planned, struct text key);

/* A skipped step that says why there is nothing to do. */
struct step *compile_nothing(struct arena *arena, struct text prefix, struct text reason);

#endif
