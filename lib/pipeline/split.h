/*
 * split: images to jobs, and jobs to documents.
 *
 * Images that are built come in the order in which they are built from each other, so that a job depends on jobs before it only. Of the others
 * those that stay visible have a job, too.
 *
 * Buildkite takes 500 jobs in an upload and 4,000 in a build, where every retry is a job too. Every image
 * is one step; above 4,000 images neighbours with the same settings share one, so many that a single
 * upload holds them all. A document holds at most 500 jobs and is safe on its own.
 */
#ifndef DEPOT_PIPELINE_SPLIT_H
#define DEPOT_PIPELINE_SPLIT_H

#include "plan/plan.h"

#define SPLIT_JOBS_OF_DOCUMENT 500
#define SPLIT_JOBS_OF_BUILD 4000
#define SPLIT_JOBS_WHEN_BUNDLED SPLIT_JOBS_OF_DOCUMENT

struct job {
    struct list images;      /* of struct plan_image, at least one; several only when none is broken */
    struct text key;         /* of its first image */
    struct texts depends_on; /* keys of the jobs that build what these images are built from */
};

/* `keys`: one for each image of the plan. `out` gets struct job pointers; never more than SPLIT_JOBS_OF_BUILD where bundling can help. */
void split_jobs(struct arena *arena, const struct plan *plan, const struct texts *keys, struct list *out);

#endif
