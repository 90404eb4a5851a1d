/*
 * settings_kubernetes: how steps run in pods of Buildkite's Agent Stack for Kubernetes.
 *
 * Names only: of secrets, their keys and variables, never a value. What a pod can be given without the stack's `kubernetes` plugin
 * is its image; all else is a part of the plugin, which an operator may prohibit (`plugin: never`).
 */
#ifndef DEPOT_MODEL_SETTINGS_KUBERNETES_H
#define DEPOT_MODEL_SETTINGS_KUBERNETES_H

#include "format/record.h"

/* As record_choice stores them: 0 is "not given". */
enum kubernetes_plugin { KUBERNETES_PLUGIN_NOT_GIVEN, KUBERNETES_PLUGIN_AUTO, KUBERNETES_PLUGIN_NEVER };

/* Where steps that need a Docker daemon get one from. */
enum kubernetes_docker {
    KUBERNETES_DOCKER_NOT_GIVEN,
    KUBERNETES_DOCKER_NONE,
    KUBERNETES_DOCKER_SIDECAR, /* one of its own, in the pod */
    KUBERNETES_DOCKER_SOCKET,  /* the node's */
};

#define SETTINGS_KUBERNETES_PLUGIN "kubernetes" /* exactly: the controller looks for it, no repository is behind it */
#define KUBERNETES_TOKEN_KEY "token"
#define KUBERNETES_DOCKER_IMAGE "docker:28-dind"
#define KUBERNETES_MIRRORS_PATH "/buildkite/git-mirrors" /* as the stack's own default */

struct kubernetes_token {
    const struct node *node; /* NULL: not given */
    struct record_text_value secret;
    struct record_text_value key; /* default: KUBERNETES_TOKEN_KEY */
};

/* A variable of the step from one key of a secret. */
struct kubernetes_variable {
    const struct node *node;
    struct record_text_value name;
    struct record_text_value secret;
    struct record_text_value key; /* default: the variable's name */
};

struct kubernetes_resources {
    const struct node *node; /* NULL: not given; an empty mapping asks for none */
    struct list requests;    /* of struct record_pair: cpu, memory … */
    struct list limits;      /* the same */
};

struct kubernetes_metadata {
    const struct node *node;
    struct list labels;      /* of struct record_pair */
    struct list annotations; /* the same */
};

/* A volume that keeps mirrors of repositories from pod to pod. */
struct kubernetes_mirrors {
    const struct node *node;
    struct record_text_value claim;     /* a persistent volume claim */
    struct record_text_value host_path; /* or a directory of the node */
    struct record_text_value path;      /* default: KUBERNETES_MIRRORS_PATH */
};

struct kubernetes_settings {
    const struct node *node;            /* NULL: nothing is said of Kubernetes */
    int plugin;                         /* enum kubernetes_plugin */
    struct record_text_value namespace; /* of the stack: for `depot-pipeline k8s` */
    struct record_text_value image;     /* of the command's container */
    struct kubernetes_token token;
    struct list secrets; /* of struct record_text_value: every key of them becomes a variable */
    struct list env;     /* of struct kubernetes_variable */
    struct record_text_value service_account;
    struct kubernetes_resources resources;
    int docker; /* enum kubernetes_docker */
    struct record_text_value docker_image;
    struct kubernetes_metadata metadata;
    const struct node *checkout; /* as the plugin has it, NULL when not given */
    struct kubernetes_mirrors git_mirrors;
    const struct node *pod_patch; /* a PodSpec, merged over all that the program says; NULL when not given */
};

extern const struct record_table settings_kubernetes_table;

/* What a type cannot say. False when an error was reported (rule "settings-value"). */
bool settings_kubernetes_check(const struct kubernetes_settings *kubernetes, struct diagnostics *diagnostics);

/* What goes together, of settings that are merged: what needs a plugin that is forbidden, a token that nobody asks for. */
bool settings_kubernetes_check_merged(const struct kubernetes_settings *kubernetes, bool wants_token,
                                      struct diagnostics *diagnostics);

/* What the user's own attributes of a step give the plugin; NULL when they do not have it. */
const struct node *settings_kubernetes_find_plugin(const struct node *step);

/* "registry.example.com:5000/tools/agent:1@sha256:…": fit for a pod's image and for any quoting. */
bool settings_kubernetes_is_image(struct text text);

/* A name that Kubernetes gives to namespaces and service accounts, or with dots to secrets. */
bool settings_kubernetes_is_name(struct text text, bool has_dots);

#endif
