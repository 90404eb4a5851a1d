/*
 * output: what becomes of what the build of an image makes.
 *
 * What is not published for any reason is not promoted either, but still saved where the settings say so: then the tests of a
 * pull request have the image. Nothing of a fork is saved.
 */
#ifndef DEPOT_PLAN_OUTPUT_H
#define DEPOT_PLAN_OUTPUT_H

#include "model/template.h"
#include "plan/plan.h"

/* After publish_decide and builder_choose. */
void output_decide(struct arena *arena, const struct template_facts *facts, struct plan_image *planned);

/*
 * Which tests run beside what is loaded. They may be files of the checkout, so the build of a fork runs those only that the
 * settings of forks name.
 */
void output_choose_tests(struct arena *arena, const struct settings *settings, const struct event *event,
                         struct plan_image *planned);

#endif
