/*
 * fork: what the build of a stranger's pull request may not ask of the agent.
 *
 * Its compose files and Dockerfiles are the stranger's. An argument, a label or a secret that takes a
 * secret-named variable of the step's environment, or the agent's SSH keys, would hand it over.
 */
#ifndef DEPOT_PLAN_FORK_H
#define DEPOT_PLAN_FORK_H

#include "plan/plan.h"

/* Reports each of them as a problem of the image (rule "fork-secret"). */
void fork_check(struct arena *arena, struct plan_image *planned);

#endif
