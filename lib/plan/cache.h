/*
 * cache: a build's cache in a registry, one tag a branch.
 *
 * Read are the branch's own, that of the branch it goes into, and that of the default branch, each once; a missing one
 * costs nothing. Written is the own one, and a failure to write fails no build. Tags, merge queues and pull requests
 * only read, unless asked: nobody would come back to what they write. Forks never write.
 */
#ifndef DEPOT_PLAN_CACHE_H
#define DEPOT_PLAN_CACHE_H

#include "model/template.h"
#include "plan/plan.h"

/* Needs `repository`. */
void cache_decide(struct arena *arena, const struct template_facts *facts, struct plan_image *planned);

#endif
