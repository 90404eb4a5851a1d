/*
 * pod_merge: a part of a pod over another one, as Kubernetes' strategic merge does it.
 *
 * Mappings are merged key by key. Of a list, items that name the same thing are merged (containers by name, variables by
 * name, mounts by path); what the kubernetes plugin collects (envFrom of its params, sidecars without a name) is appended; any other list is replaced.
 * A variable replaces the lower one of its name, and so does a volume of another kind (emptyDir, hostPath).
 */
#ifndef DEPOT_PIPELINE_POD_MERGE_H
#define DEPOT_PIPELINE_POD_MERGE_H

#include "format/node.h"

/* Either may be NULL. */
const struct node *pod_merge(struct arena *arena, const struct node *lower, const struct node *higher);

#endif
