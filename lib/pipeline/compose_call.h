/*
 * compose_call: the compose file itself is built, by `depot bake` or `docker compose build`, for those who want that.
 *
 *     (cd ./shop && depot bake --file compose.yaml --set web.platform=linux/amd64 … web)
 *
 * It is called in the project directory, because bake takes paths and `.env` from there, and with its targets, because
 * without them it builds every service there is. What the settings say is laid over the file: by --set, or for compose by a file
 * more on standard input. What is not published exports nothing, whatever the file says.
 */
#ifndef DEPOT_PIPELINE_COMPOSE_CALL_H
#define DEPOT_PIPELINE_COMPOSE_CALL_H

#include "pipeline/script.h"
#include "plan/plan.h"

/* `images`: of const struct plan_image, all of one compose model, project and builder, which is BUILDER_BAKE or BUILDER_COMPOSE. */
void compose_call_add(struct script *script, const struct workspace *workspace, const struct list *images,
                      struct shell metadata);

/* What bake calls it. */
struct text compose_call_target(struct arena *arena, const struct plan_image *planned);

#endif
