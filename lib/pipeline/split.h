/*
 * split: images to jobs, and jobs to documents.
 *
 * Images that are built come in the order in which they are built from each other, so that a job depends on jobs before it only. Of the others
 * those that stay visible have a job, too.
 *
 * After them come the jobs of further steps (further.h).
 *
 * Every image is one step, unless the settings bundle them (bundle.h). Buildkite takes 500 jobs in an upload and 4,000 in a build,
 * where every retry is a job too; above 4,000 jobs neighbours that agree share one, so many that a single
 * upload holds them all. A document holds at most 500 jobs and is safe on its own.
 */
#ifndef DEPOT_PIPELINE_SPLIT_H
#define DEPOT_PIPELINE_SPLIT_H

#include "plan/plan.h"

#define SPLIT_JOBS_OF_DOCUMENT 500
#define SPLIT_JOBS_OF_BUILD 4000
#define SPLIT_JOBS_WHEN_BUNDLED SPLIT_JOBS_OF_DOCUMENT

enum job_kind {
    JOB_BUILD,   /* builds its images, or says why it does not */
    JOB_VERIFY,  /* asks Depot for its projects, before any builds; has no images */
    JOB_GATE,    /* is held until a person lets it go; has no images */
    JOB_EXTRA,   /* does what a team wants done with one image */
    JOB_PUBLISH, /* pushes the saved image to where it is published */
    JOB_TAGS,    /* moves floating tags forward */
    JOB_RETAG,   /* points tags at images that were built before */
    JOB_IMAGES,  /* lists what the others have reported */
};

struct job {
    enum job_kind kind;
    struct list images;      /* of struct plan_image; several only when none is broken */
    struct text key;         /* of its first image, or of the bundle */
    struct text title;       /* of the bundle: "shop/compose.yaml"; absent without one */
    const char *apart;       /* why its images are not with others of their bundle; NULL when there is no reason */
    struct texts depends_on; /* keys of the jobs that build what these images are built from */
    const struct job *build; /* PUBLISH, EXTRA: what builds its image */
    const struct step_settings *extra; /* EXTRA */
    const struct gate_settings *gate;  /* GATE */
    struct list before;                /* of struct job: the same, while bundles are made */
    unsigned mark;                     /* of whoever walks along `before` */
};

struct split_request {
    const struct plan *plan;
    const struct texts *keys; /* one for each image of the plan */
    struct text key_prefix;
    struct bundle_setting bundles;
};

/* `out` gets struct job pointers. True when there were more than SPLIT_JOBS_OF_BUILD, so that neighbours had to share. */
bool split_jobs(struct arena *arena, const struct split_request *request, struct list *out);

/* It has a job: it is built, or stays visible. */
bool split_has_job(const struct plan_image *planned);

#endif
