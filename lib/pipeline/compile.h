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
#include "plan/facts.h"

struct compile_request {
    const struct plan *plan;
    struct facts facts;       /* of the build, for words of templates */
    struct text queue;        /* absent: steps name none */
    struct shell start;       /* what every building step begins with, made once: see compile_begin */
    struct prepared prepared; /* what that has done already */
};

/* Makes a request that lives as long as `arena`. */
struct compile_request compile_begin(struct arena *arena, const struct plan *plan, struct text queue);

/* One step that builds the images of a job, none of them broken. */
struct step *compile_build(struct arena *arena, const struct compile_request *request, const struct job *job);

/* One step that pushes a saved image. */
struct step *compile_publish(struct arena *arena, const struct compile_request *request, const struct job *job);

/* What a team wants done with one image: a step of any type, with the attributes that they give it. */
struct step *compile_extra(struct arena *arena, const struct compile_request *request, const struct job *job);

/* A step that asks Depot whether it knows us. */
struct step *compile_verify(struct arena *arena, const struct compile_request *request, const struct job *job);

/* Lists all images of the build, once everything has ended. */
struct step *compile_images(struct arena *arena, const struct compile_request *request, const struct job *job);

/* A block step. */
struct step *compile_gate(struct arena *arena, const struct job *job);

/* One step at a time that moves floating tags forward. */
struct step *compile_tags(struct arena *arena, const struct compile_request *request, const struct job *job);

/* One step that points this commit's tags at images of the base commit. */
struct step *compile_retag(struct arena *arena, const struct compile_request *request, const struct job *job);

/* A red step that prints what is wrong with the image. */
struct step *compile_broken(struct arena *arena, const struct compile_request *request,
                            const struct plan_image *planned, struct text key);

/* A step of an image that is not built: skipped, or one that runs and only says why. */
struct step *compile_unaffected(struct arena *arena, const struct compile_request *request,
                                const struct plan_image *planned, struct text key);

/* A skipped step that says why there is nothing to do. */
struct step *compile_nothing(struct arena *arena, struct text prefix, struct text reason);

/* --- for the files that compile one kind of job --- */

/* A step ":docker: names" of the queue. */
struct step *compile_create(struct arena *arena, const struct compile_request *request, struct text key,
                            struct text names);

/* Of the user's attributes those that are as true of a further step of the image: where it runs and what it is given. */
const struct node *compile_shared_attributes(struct arena *arena, const struct image *image);

/* The value without what only a step with a matrix understands; NULL when nothing is left. */
const struct node *compile_without_matrix(struct arena *arena, const struct node *value);

/* What the start of the script has prepared, to add to. */
struct prepared compile_prepared(struct arena *arena, const struct compile_request *request);

/* What of the settings says where a step runs, once it has its attributes. */
void compile_place(struct arena *arena, const struct compile_request *request, struct step *step,
                   const struct build_settings *settings, bool needs_docker);

/* The script, which goes on where the start ends, becomes the command of a step that runs depot. */
void compile_finish(struct step *step, const struct compile_request *request, const struct script *script,
                    const struct prepared *prepared);

#endif
