/*
 * speller: what is said of a build, to `depot build` or, for one of several, to `depot bake`:
 *
 *     --build-arg A=1        --set web.args.A=1
 *
 * Paths are relative to the checkout's root, where the step runs. Everything the CLI would infer (project, file,
 * platform) is said, because what it infers depends on the directory it is called in.
 */
#ifndef DEPOT_PIPELINE_SPELLER_H
#define DEPOT_PIPELINE_SPELLER_H

#include "pipeline/links.h"
#include "pipeline/script.h"

struct speller {
    struct call *call;
    struct text target; /* of the bake; absent: `depot build` */
};

/* One option, as the program that is called has it. */
void speller_value(struct speller *speller, const char *option, const struct value *value);
void speller_text(struct speller *speller, const char *option, struct text text); /* nothing when absent */
void speller_flag(struct speller *speller, const char *option);
void speller_values(struct speller *speller, const char *option, const struct list *values);

/* Dockerfile, target, platforms, arguments, what it is built from, and what compose says: all but context, tags and push. */
void speller_describe(struct speller *speller, const struct plan_image *planned, const struct list *platforms,
                      const struct links *links);

/*
 * Labels, caches, secrets, attestations of the settings. `is_wanted`: it does not only come along for another one;
 * `has_file`: the compose file itself says what compose says.
 */
void speller_settings(struct speller *speller, const struct plan_image *planned, bool is_wanted, bool has_file);
void speller_attestations(struct speller *speller, const struct plan_image *planned);

/* NAME=value; NAME alone has the CLI take it from the environment. `defaults`: of `.env`, or NULL. */
struct value speller_argument(struct arena *arena, const struct plan_argument *argument,
                              const struct variables *defaults);

/* What stands for an image that is built here: a target of the same call, or where it was pushed. False when nothing does. */
bool speller_link(struct arena *arena, const struct plan_link *link, const struct links *links, struct value *out);

/* `--save` and its tags, where the image is saved: all that is wanted of a call, or nothing. */
void speller_save(struct call *call, const struct plan_image *planned);

/* The project; one of the agents' DEPOT_PROJECT_ID where the repository does not insist on its own. */
struct value speller_project(struct arena *arena, const struct workspace *workspace, const struct project *project);

/* The path as an argument that cannot be taken for an option, standard input or a URL: "./-x", "./github.com/x". */
struct text speller_path(struct arena *arena, struct text path);

/* The variables that the words of an image refer to. */
void speller_names(struct arena *arena, const struct plan_image *planned, struct texts *out);

/* Values of `.env` are defaults: the step's own environment beats them. */
void speller_export_defaults(struct script *script, const struct plan_image *planned);

#endif
