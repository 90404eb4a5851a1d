/*
 * loaded: the tests of an image that its own step has put into the agent's Docker.
 *
 * They are the user's lines as they are written, in a subshell: what one image's tests change or leave by `exit` reaches no
 * others, and the trap that clears the step's files stays. The first that fails ends the step with its status.
 */
#ifndef DEPOT_PIPELINE_LOADED_H
#define DEPOT_PIPELINE_LOADED_H

#include "pipeline/script.h"
#include "plan/facts.h"
#include "plan/plan.h"

/* Nothing where it has none, or is not loaded. `key`: of the step. */
void loaded_add_tests(struct script *script, const struct facts *facts, const struct plan_image *planned,
                      struct text key);

#endif
