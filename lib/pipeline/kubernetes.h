/*
 * kubernetes: the plugin of Buildkite's Agent Stack for Kubernetes that a step gets.
 *
 * The plugin is named `kubernetes`, without a version: the controller takes it out of the job, no repository is
 * behind it. It is made only where a setting needs it, for a controller may prohibit it. What the user's own step says of the
 * plugin is merged over it, and `pod_patch` over all.
 *
 * Secrets reach the command's container by name alone: `secretKeyRef` for single variables, which is
 * merged by name; `envFrom` for whole secrets, by commandParams, for in a patch that list would replace the one of the
 * controller.
 */
#ifndef DEPOT_PIPELINE_KUBERNETES_H
#define DEPOT_PIPELINE_KUBERNETES_H

#include "format/node.h"
#include "model/settings_kubernetes.h"

#define KUBERNETES_CONTAINER "container-0" /* of the command, as the controller names it */
#define KUBERNETES_REQUEST_CPU "100m"
#define KUBERNETES_REQUEST_MEMORY "256Mi"

struct kubernetes_step {
    bool builds;       /* it runs the Depot CLI: token, secrets and variables are for it */
    bool needs_docker; /* it needs a daemon */
    bool is_fork;      /* a stranger decides what it builds, and may name any variable: the token is all it gets */
};

/* The step's plugin with what the user's own attributes say of it; NULL when nothing needs one. */
const struct node *kubernetes_plugin(struct arena *arena, const struct kubernetes_settings *kubernetes,
                                     const struct kubernetes_step *step, const struct node *attributes);

/* The plugins of a step with this one in place of the user's own; `plugins` is a list, a mapping or NULL. */
const struct node *kubernetes_put(struct arena *arena, const struct node *plugins, const struct node *plugin);

#endif
