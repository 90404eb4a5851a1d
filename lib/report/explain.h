/*
 * explain: why each image is built, or how near it came, as text and as data.
 *
 *   api: built
 *     services/api/main.go changed
 *     services/api/Dockerfile:6 takes it
 *     with it: web (services/web/Dockerfile:1 starts from it)
 */
#ifndef DEPOT_REPORT_EXPLAIN_H
#define DEPOT_REPORT_EXPLAIN_H

#include "format/node.h"
#include "plan/near.h"
#include "plan/plan.h"

struct explained {
    const struct plan_image *planned; /* of the plan, or made up for a Dockerfile that is no image of it */
    const struct watch *watch;        /* all its rules */
    struct near near;                 /* where no change concerns it */
};

struct explanation {
    const struct plan *plan;
    const struct list *images; /* of struct explained */
    size_t width;
    bool has_colour;
};

void explain_write(struct buffer *buffer, const struct explanation *explanation);

const struct node *explain_json(struct arena *arena, const struct explanation *explanation);

#endif
