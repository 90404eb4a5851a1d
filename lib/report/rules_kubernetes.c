#include "report/rules_pages.h"

const struct rule rules_of_kubernetes[] = {
    {"trust-unknown", "a trust relationship needs a name that is not known", "$ depot-pipeline k8s trust",
     "$ depot-pipeline k8s trust --organization acme --pipeline shop",
     "Depot and registries trust an organization and a pipeline of Buildkite's by their slugs, the names in their "
     "addresses. A job knows them; elsewhere they are given, and stand in capitals until then."},
    {"kubernetes-docker", "a step needs a Docker daemon, and its pod has none",
     "builder: compose\nkubernetes: {image: ghcr.io/acme/agent:3}",
     "builder: compose\nkubernetes: {image: ghcr.io/acme/agent:3, docker: sidecar}",
     "'depot configure-docker' makes containers, and an image that is loaded is loaded into a daemon; pods of the "
     "Agent Stack for Kubernetes have none. 'docker: sidecar' puts one into the pod, privileged, which a cluster may "
     "forbid; 'docker: socket' takes the node's, which few nodes still have and which gives the step the node. "
     "'builder: depot' and 'builder: bake' push or save without any daemon."},
    {"kubernetes-image", "the pod's image lacks what the step needs", "kubernetes: {image: \"debian:13\"}",
     "kubernetes: {image: ghcr.io/acme/agent:3}   # see depot-pipeline k8s image",
     "The command of a step runs in this image by /bin/sh, which distroless images do not have. What it calls must be "
     "there, too: curl or wget for a Depot CLI that is downloaded, docker for builders that call it. "
     "'depot-pipeline k8s image' prints the Dockerfile of an image that has all of it."},
    {"kubernetes-plugin", "the step's own kubernetes plugin does not fit",
     "step:\n  plugins:\n    - kubernetes#v1.0.0: {podSpecPatch: {serviceAccountName: ci}}",
     "step:\n  plugins:\n    - kubernetes: {podSpecPatch: {serviceAccountName: ci}}",
     "The controller takes the plugin out of the job by its name, exactly 'kubernetes': no repository is behind it, "
     "and one with a version fails when the agent looks for it. What 'kubernetes:' says is merged with the step's own "
     "plugin: the command's container is the first of a podSpec, and container-0 of a pod template, whose names are "
     "not known here. With 'plugin: never' the program adds nothing, but takes nothing away either."},
    {0},
};
