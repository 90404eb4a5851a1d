/*
 * prepare: what a step does before it builds, from recipes.
 *
 * Which recipes a step gets is decided here and nowhere else. A recipe gets its data as assignments above it. `struct prepared` remembers what the script has
 * already done, so that a step with several images prepares once.
 */
#ifndef DEPOT_PIPELINE_PREPARE_H
#define DEPOT_PIPELINE_PREPARE_H

#include "pipeline/script.h"
#include "plan/plan.h"

struct prepared {
    struct list retried; /* of const int *: statuses that the recipes used so far want another try for */
    bool has_scratch;
    bool has_project;  /* that DEPOT_PROJECT_ID is there was checked */
    bool has_config;   /* a Docker configuration of its own */
    bool has_docker;   /* that is configured for Depot */
    bool has_daemon;   /* that one answers was checked */
    bool has_login;    /* the functions of logins */
    bool has_oidc;     /* the one that gets the job's token for them */
    struct map logins; /* host → the login that was made */
};

/* Adds what every step of a run begins with: the CLI, authentication, and depot_run. */
void prepare_start(struct script *script, const struct settings *settings, struct prepared *prepared);
void prepare_project(struct script *script, const struct workspace *workspace, const struct image *image,
                     struct prepared *prepared);
void prepare_context(struct script *script, const struct image *image, struct prepared *prepared);
void prepare_docker(struct script *script, const struct workspace *workspace, const struct plan_image *planned,
                    struct prepared *prepared);                        /* docker builds on Depot */
void prepare_daemon(struct script *script, struct prepared *prepared); /* what is built can be loaded */

/* Adds a recipe's text, and its statuses to those that the step retries on, each once. */
void prepare_recipe(struct script *script, const char *name, struct prepared *prepared);

/* A Docker configuration of the step's own, once. */
void prepare_config(struct script *script, struct prepared *prepared);

/* The image that steps run in; absent where the agent decides. */
struct text prepare_image(struct arena *arena, const struct settings *settings);

/* depot_build: the id of the build that has saved the image. */
void prepare_saved(struct script *script, const struct plan_image *planned, struct prepared *prepared);

/* The step asks Depot for its projects, among which those of the built images should be. */
void prepare_verify(struct script *script, const struct plan *plan, struct prepared *prepared);

/* IMAGE and what else the commands of a further step are told. `path`: of its Dockerfile or compose file. `is_published`: it is, when the step runs. */
void prepare_facts(struct script *script, const struct plan_image *planned, struct text path, bool is_published);

/* Logins for the destinations of all images, and the functions that speak with registries. */
void prepare_registry(struct script *script, const struct workspace *workspace, const struct list *images,
                      struct prepared *prepared);

#endif
