/*
 * facts: what the words of templates mean for one image.
 *
 * A tag `api/v1.2.3`, `api-v1.2.3` or `api@1.2.3` is a version of the image that it names and of no other; one that
 * names no image is a version of all of them: `v1.2.3`, `release-1.2.3`.
 */
#ifndef DEPOT_PLAN_FACTS_H
#define DEPOT_PLAN_FACTS_H

#include "model/template.h"
#include "model/workspace.h"

struct facts {
    const struct event *event;
    const struct image *named; /* by the tag; NULL when it names none */
    struct text version;       /* that the tag says; absent without a tag */
};

struct facts facts_find(const struct workspace *workspace, const struct event *event);
struct template_facts facts_of(const struct facts *facts, const struct image *image);

#endif
