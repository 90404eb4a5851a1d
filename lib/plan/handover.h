/*
 * handover: can an image be given one that it is built from, where that one is not pushed? Only as two targets of one call of bake.
 */
#ifndef DEPOT_PLAN_HANDOVER_H
#define DEPOT_PLAN_HANDOVER_H

#include "plan/plan.h"

/* Why the image can share no call, as bake has no word for something about it; NULL when it can. */
const char *handover_alone(const struct image *image);

/* Why a base that is built here is not handed over; NULL when it is. */
const char *handover_obstacle(const struct plan_image *planned, const struct plan_image *base);

#endif
