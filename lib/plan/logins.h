/*
 * logins: to which registries the step of an image logs in.
 *
 * A login is made where the image is pushed to its registry or keeps its cache there, takes an image of it as a base, or where it names its
 * registry and that is not one of the image's own: then only the settings can know why. The build of a fork makes none:
 * its Dockerfile is a stranger's, and could ask for any image that the login may read.
 */
#ifndef DEPOT_PLAN_LOGINS_H
#define DEPOT_PLAN_LOGINS_H

#include "plan/plan.h"

/* Fills `logins`, once it is known where the image goes. One that may be for several registries is a problem of it ("login-registry"). */
void logins_choose(struct arena *arena, const struct event *event, struct plan_image *planned);

/* Can they share a step? What is pushed without a login of ours must not be pushed with that of another image. */
bool logins_can_share(const struct plan_image *a, const struct plan_image *b);

#endif
