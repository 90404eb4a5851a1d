/*
 * settings_docker_check: what the settings say of Docker on the agent: who needs it, whether it can be there, what runs beside it.
 *
 * The rule: only what one layer says by itself is refused. What comes together for one image alone is told of that image by the
 * plan.
 */
#ifndef DEPOT_MODEL_SETTINGS_DOCKER_CHECK_H
#define DEPOT_MODEL_SETTINGS_DOCKER_CHECK_H

#include "model/settings.h"

/* False when an error was reported (rules "settings-value" and "image-lacks-tool"). */
bool settings_docker_check(struct arena *arena, const struct settings *settings, struct diagnostics *diagnostics);

/* The container image that a step of these settings runs in, with its place; NULL: the agent's own, or not known. */
const struct node *settings_docker_image(struct arena *arena, const struct settings *settings,
                                         const struct build_settings *build);

#endif
