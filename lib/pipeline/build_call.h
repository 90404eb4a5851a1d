/*
 * build_call: the `depot build` of one image.
 *
 * Paths are passed relative to the checkout's root, where the step runs. Everything the CLI would infer (project,
 * file, platform) is said, because what it infers depends on the directory it is called in.
 */
#ifndef DEPOT_PIPELINE_BUILD_CALL_H
#define DEPOT_PIPELINE_BUILD_CALL_H

#include "pipeline/script.h"
#include "plan/plan.h"

void build_call_add(struct script *script, const struct workspace *workspace, const struct plan_image *planned);

/*
 * The CLI puts the name of the context's directory into a header of its session, which must be ASCII: with another
 * name it waits for ever (2.102.12). Such a context is given through a link, made by prepare_context.
 */
bool build_call_needs_link(const struct image *image);
#define BUILD_CALL_LINK "\"$depot_scratch/context\""

/* The path as an argument that cannot be taken for an option, standard input or a URL: "./-x", "./github.com/x". */
struct text build_call_path(struct arena *arena, struct text path);

#endif
