/*
 * steps: which steps a team's templates put around the images of this build, and which gates stand in it.
 *
 * A step is left out, with a note, where it needs what the build does not have: an attribute or a command that names the image's
 * reference where nothing leaves the builder, {tag} on a branch. The build of a fork has only those whose `match` names `fork`.
 */
#ifndef DEPOT_PLAN_STEPS_H
#define DEPOT_PLAN_STEPS_H

#include "plan/facts.h"
#include "plan/plan.h"
#include "plan/step_words.h"

/* Fills `steps` of the images that are built, and `gates` of the plan: once it is known what is built and published. */
void steps_decide(struct arena *arena, const struct plan_request *request, struct plan *plan);

/* `key`: of the step that builds it. */
struct step_facts steps_facts(struct arena *arena, const struct facts *all, const struct plan_image *planned,
                              struct text key);

/* What of a template is for Buildkite, but for its command, with words as they are written. */
const struct node *steps_attributes(struct arena *arena, const struct step_settings *step);

#endif
