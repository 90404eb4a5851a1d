#include "model/settings_kubernetes.h"

#include "base/typo.h"
#include "base/variables.h"

#include <stddef.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define AT(structure, member) offsetof(struct structure, member)
#define NAME "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"
#define DOTTED "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"
#define KEY "^[A-Za-z0-9._-]+$"
#define VARIABLE "^[A-Za-z_][A-Za-z0-9_]*$"

static const char *const plugin_words[] = {"auto", "never", NULL};
static const char *const docker_words[] = {"none", "sidecar", "socket", NULL};

static const struct record_field token_fields[] = {
    {"secret", &record_text, AT(kubernetes_token, secret), "Name of the Kubernetes secret.", NULL, NULL, DOTTED},
    {"key", &record_text, AT(kubernetes_token, key), "Its key; by default token.", NULL, NULL, KEY},
};
static const struct record_table token_table = {
    "kubernetes_token",  "Where the Depot token is kept.", token_fields,
    COUNT(token_fields), sizeof(struct kubernetes_token),  .has_node = true};

static const struct record_field variable_fields[] = {
    {"name", &record_text, AT(kubernetes_variable, name), "The variable's name.", NULL, NULL, VARIABLE},
    {"secret", &record_text, AT(kubernetes_variable, secret), "Name of the Kubernetes secret.", NULL, NULL, DOTTED},
    {"key", &record_text, AT(kubernetes_variable, key), "Its key; by default the variable's name.", NULL, NULL, KEY},
};
static const struct record_table variable_table = {
    "kubernetes_variable",  "A variable of the step, from a secret.", variable_fields,
    COUNT(variable_fields), sizeof(struct kubernetes_variable),       .has_node = true};

static const struct record_field resources_fields[] = {
    {"requests", &record_pairs, AT(kubernetes_resources, requests), "What the pod is sure to get: cpu, memory …", NULL,
     NULL, NULL},
    {"limits", &record_pairs, AT(kubernetes_resources, limits), "What it may use at most.", NULL, NULL, NULL},
};
static const struct record_table resources_table = {
    "kubernetes_resources",  "Resources of the command's container.", resources_fields,
    COUNT(resources_fields), sizeof(struct kubernetes_resources),     .has_node = true};

static const struct record_field metadata_fields[] = {
    {"labels", &record_pairs, AT(kubernetes_metadata, labels), "Labels of job and pod.", NULL, NULL, NULL},
    {"annotations", &record_pairs, AT(kubernetes_metadata, annotations), "Annotations of job and pod.", NULL, NULL,
     NULL},
};
static const struct record_table metadata_table = {
    "kubernetes_metadata",  "Labels and annotations of job and pod.", metadata_fields,
    COUNT(metadata_fields), sizeof(struct kubernetes_metadata),       .has_node = true};

static const struct record_field mirrors_fields[] = {
    {"claim", &record_text, AT(kubernetes_mirrors, claim), "A persistent volume claim that holds the mirrors.", NULL,
     NULL, DOTTED},
    {"host_path", &record_text, AT(kubernetes_mirrors, host_path), "A directory of the node that holds them.", NULL,
     NULL, "^/"},
    {"path", &record_text, AT(kubernetes_mirrors, path),
     "Where it is mounted, for checkout and command; by default " KUBERNETES_MIRRORS_PATH ".", NULL, NULL, "^/"},
};
static const struct record_table mirrors_table = {"kubernetes_mirrors",
                                                  "Mirrors of repositories, kept from pod to pod.",
                                                  mirrors_fields,
                                                  COUNT(mirrors_fields),
                                                  sizeof(struct kubernetes_mirrors),
                                                  .has_node = true};

static const struct record_field kubernetes_fields[] = {
    {"plugin", &record_choice, AT(kubernetes_settings, plugin),
     "auto: steps get the stack's kubernetes plugin where a setting needs it; never: no step does, for controllers "
     "that "
     "prohibit it.",
     plugin_words, NULL, NULL},
    {"namespace", &record_text, AT(kubernetes_settings, namespace),
     "The stack's namespace, for 'depot-pipeline k8s'; by default buildkite.", NULL, NULL, NAME},
    {"image", &record_text, AT(kubernetes_settings, image),
     "The image that the command runs in; it needs /bin/sh. Given as the step's 'image', without the plugin.", NULL,
     NULL, NULL},
    {"token", &record_record, AT(kubernetes_settings, token),
     "The Kubernetes secret that holds the Depot token (with auth: token).", NULL, &token_table, NULL},
    {"secrets", &record_texts, AT(kubernetes_settings, secrets),
     "Names of Kubernetes secrets; each of their keys becomes a variable of the step.", NULL, NULL, NULL},
    {"env", &record_records, AT(kubernetes_settings, env), "Variables of the step, each from one key of a secret.",
     NULL, &variable_table, NULL},
    {"service_account", &record_text, AT(kubernetes_settings, service_account), "The pod's service account.", NULL,
     NULL, DOTTED},
    {"resources", &record_record, AT(kubernetes_settings, resources),
     "Resources of the command's container; by default small requests, where the plugin is there anyway; {} for none.",
     NULL, &resources_table, NULL},
    {"docker", &record_choice, AT(kubernetes_settings, docker),
     "A Docker daemon for steps that need one: sidecar (one in the pod, privileged), socket (the node's), none.",
     docker_words, NULL, NULL},
    {"docker_image", &record_text, AT(kubernetes_settings, docker_image),
     "The sidecar's image; by default docker:28-dind.", NULL, NULL, NULL},
    {"metadata", &record_record, AT(kubernetes_settings, metadata), "Labels and annotations of job and pod.", NULL,
     &metadata_table, NULL},
    {"checkout", &record_any, AT(kubernetes_settings, checkout),
     "The plugin's 'checkout', as it is: cloneFlags, fetchFlags, gitCredentialsSecret …", NULL, NULL, NULL},
    {"git_mirrors", &record_record, AT(kubernetes_settings, git_mirrors),
     "Mirrors of repositories, kept from pod to pod.", NULL, &mirrors_table, NULL},
    {"pod_patch", &record_any, AT(kubernetes_settings, pod_patch),
     "A part of a PodSpec, merged last and as Kubernetes does: the command's container is container-0.", NULL, NULL,
     NULL},
};
const struct record_table settings_kubernetes_table = {"kubernetes",
                                                       "How steps run in pods of the Agent Stack for Kubernetes.",
                                                       kubernetes_fields,
                                                       COUNT(kubernetes_fields),
                                                       sizeof(struct kubernetes_settings),
                                                       .has_node = true};

struct checker {
    struct diagnostics *diagnostics;
    bool ok;
};

#define REFUSE(checker, node, ...)                                                                                     \
    ((checker)->ok = false,                                                                                            \
     (void)diag_add((checker)->diagnostics, DIAG_ERROR, "settings-value", node_place(node), __VA_ARGS__))

static bool is_small(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool consists_of(struct text text, const char *extra) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!is_small(c) && !(c >= 'A' && c <= 'Z') && (c == '\0' || strchr(extra, c) == NULL)) return false;
    }
    return text.len > 0;
}

bool settings_kubernetes_is_name(struct text text, bool has_dots) {
    if (text.len == 0 || text.len > (has_dots ? 253 : 63)) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!is_small(c) && c != '-' && !(has_dots && c == '.')) return false;
    }
    return is_small(text.ptr[0]) && is_small(text.ptr[text.len - 1]);
}

bool settings_kubernetes_is_image(struct text text) {
    return consists_of(text, "._/:@-") && text.ptr[0] != '-';
}

static void check_name(struct checker *checker, const struct record_text_value *value, bool has_dots,
                       const char *what) {
    if (value->node == NULL || settings_kubernetes_is_name(value->text, has_dots)) return;
    REFUSE(checker, value->node, "'%.*s' is not the name of a %s: small letters, digits and '-'", TEXT_ARG(value->text),
           what);
}

static void check_key(struct checker *checker, const struct record_text_value *key) {
    if (key->node == NULL || (consists_of(key->text, "._-") && key->text.len <= 253)) return;
    REFUSE(checker, key->node, "'%.*s' is not a key of a secret: letters, digits, '.', '_' and '-'",
           TEXT_ARG(key->text));
}

static void check_image(struct checker *checker, const struct record_text_value *image) {
    if (image->node == NULL || settings_kubernetes_is_image(image->text)) return;
    REFUSE(checker, image->node, "'%.*s' is not an image, such as ghcr.io/acme/agent:3", TEXT_ARG(image->text));
}

static void check_token(struct checker *checker, const struct kubernetes_token *token) {
    if (token->node == NULL) return;
    if (token->secret.node == NULL) REFUSE(checker, token->node, "'token' needs 'secret', the name of a secret");
    check_name(checker, &token->secret, true, "secret");
    check_key(checker, &token->key);
}

static void check_variable(struct checker *checker, const struct kubernetes_variable *variable) {
    if (variable->name.node == NULL || variable->secret.node == NULL)
        REFUSE(checker, variable->node, "a variable needs 'name' and 'secret'");
    if (variable->name.node != NULL && !variables_is_name(variable->name.text))
        REFUSE(checker, variable->name.node, "'%.*s' is not the name of a variable", TEXT_ARG(variable->name.text));
    check_name(checker, &variable->secret, true, "secret");
    check_key(checker, &variable->key);
}

/* "100m", "1.5", "256Mi", "2e3" */
static bool is_quantity(struct text text) {
    return consists_of(text, ".+-") && text.ptr[0] >= '0' && text.ptr[0] <= '9';
}

static void check_quantities(struct checker *checker, const struct list *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct record_pair *pair = pairs->items[i];
        if (!consists_of(pair->name, "._/-"))
            REFUSE(checker, pair->node, "'%.*s' is not a resource, such as cpu or memory", TEXT_ARG(pair->name));
        if (!is_quantity(pair->value))
            REFUSE(checker, pair->node, "'%.*s' is not a quantity, such as 500m or 1Gi", TEXT_ARG(pair->value));
    }
}

static void check_metadata(struct checker *checker, const struct list *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct record_pair *pair = pairs->items[i];
        if (!consists_of(pair->name, "._/-"))
            REFUSE(checker, pair->node, "'%.*s' is not the name of a label or annotation", TEXT_ARG(pair->name));
        if (!text_is_given(pair->value) || !text_is_utf8(pair->value))
            REFUSE(checker, pair->node, "'%.*s' needs a text", TEXT_ARG(pair->name));
    }
}

static void check_mirrors(struct checker *checker, const struct kubernetes_mirrors *mirrors) {
    const struct record_text_value *paths[] = {&mirrors->host_path, &mirrors->path};
    if (mirrors->node == NULL) return;
    if ((mirrors->claim.node == NULL) == (mirrors->host_path.node == NULL))
        REFUSE(checker, mirrors->node, "'git_mirrors' needs either 'claim' or 'host_path'");
    check_name(checker, &mirrors->claim, true, "volume claim");
    for (size_t i = 0; i < COUNT(paths); i++)
        if (paths[i]->node != NULL && (!text_starts(paths[i]->text, "/") || !consists_of(paths[i]->text, "/._-+@")))
            REFUSE(checker, paths[i]->node, "'%.*s' is not an absolute path of letters, digits and /._-+@",
                   TEXT_ARG(paths[i]->text));
}

/* The plugin's own words; one that the controller does not know makes it do nothing, without a word. */
static void check_checkout(struct checker *checker, const struct node *checkout) {
    static const char *const words[] = {"skip",       "checkoutFlags",        "cleanFlags",           "cloneFlags",
                                        "fetchFlags", "noSubmodules",         "submoduleCloneConfig", "gitMirrors",
                                        "envFrom",    "gitCredentialsSecret", "extraVolumeMounts"};
    for (size_t i = 0; checkout != NULL && i < checkout->count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < COUNT(words); k++)
            is_known |= text_is(node_key(checkout, i)->text, words[k]);
        if (!is_known)
            REFUSE(checker, node_key(checkout, i),
                   "the kubernetes plugin's 'checkout' has no '%.*s'; it has cloneFlags, fetchFlags, skip …",
                   TEXT_ARG(node_key(checkout, i)->text));
    }
}

/* What the agent's interpolation or a reader of YAML would change. */
static void check_raw(struct checker *checker, const struct node *node) {
    if (node == NULL) return;
    if (node_is_scalar(node)) {
        if (!text_is_utf8(node->text)) REFUSE(checker, node, "this text is not UTF-8");
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_MAPPING && text_has(node_key(node, i)->text, '$'))
            REFUSE(checker, node_key(node, i), "a key with '$' would be rewritten by the Buildkite agent");
        check_raw(checker, node->kind == NODE_MAPPING ? node_value(node, i) : node->items[i]);
    }
}

bool settings_kubernetes_check(const struct kubernetes_settings *kubernetes, struct diagnostics *diagnostics) {
    struct checker checker = {.diagnostics = diagnostics, .ok = true};
    if (kubernetes->node == NULL) return true;
    check_name(&checker, &kubernetes->namespace, false, "namespace");
    check_name(&checker, &kubernetes->service_account, true, "service account");
    check_image(&checker, &kubernetes->image);
    check_image(&checker, &kubernetes->docker_image);
    check_token(&checker, &kubernetes->token);
    for (size_t i = 0; i < kubernetes->secrets.count; i++)
        check_name(&checker, kubernetes->secrets.items[i], true, "secret");
    for (size_t i = 0; i < kubernetes->env.count; i++)
        check_variable(&checker, kubernetes->env.items[i]);
    check_quantities(&checker, &kubernetes->resources.requests);
    check_quantities(&checker, &kubernetes->resources.limits);
    check_metadata(&checker, &kubernetes->metadata.labels);
    check_metadata(&checker, &kubernetes->metadata.annotations);
    check_mirrors(&checker, &kubernetes->git_mirrors);
    check_checkout(&checker, kubernetes->checkout);
    check_raw(&checker, kubernetes->checkout);
    check_raw(&checker, kubernetes->pod_patch);
    return checker.ok;
}

/* Settings that only the plugin can give, each with what does it without. */
static void check_without_plugin(struct checker *checker, const struct kubernetes_settings *kubernetes) {
    static const struct {
        const char *key, *instead;
    } rows[] = {
        {"token", "'token_secret' names a secret of Buildkite, or the controller gives the token to all pods"},
        {"secrets", "the controller's 'default-command-params: envFrom' gives them to all pods"},
        {"env", "'step: secrets:' names secrets of Buildkite, or the controller's 'pod-spec-patch' sets variables"},
        {"service_account", "the controller's 'pod-spec-patch' names one"},
        {"resources", "the controller's 'resource-classes', chosen by 'step: agents: resource_class', give them"},
        {"metadata", "the controller's 'default-metadata' gives it"},
        {"checkout", "the controller's 'default-checkout-params' give it"},
        {"git_mirrors", "the controller's 'default-checkout-params' give them"},
        {"pod_patch", "the controller has a 'pod-spec-patch'"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct node *value = node_find(kubernetes->node, rows[i].key);
        if (value == NULL || value->kind == NODE_NULL) continue;
        REFUSE(checker, value, "'%s' needs the kubernetes plugin, which 'plugin: never' forbids; %s", rows[i].key,
               rows[i].instead);
    }
    if (kubernetes->docker >= KUBERNETES_DOCKER_SIDECAR)
        REFUSE(checker, node_find(kubernetes->node, "docker"),
               "'docker' needs the kubernetes plugin, which 'plugin: never' forbids; 'builder: depot' and 'bake' build "
               "without a daemon");
}

bool settings_kubernetes_check_merged(const struct kubernetes_settings *kubernetes, bool wants_token,
                                      struct diagnostics *diagnostics) {
    struct checker checker = {.diagnostics = diagnostics, .ok = true};
    if (kubernetes->node == NULL) return true;
    if (kubernetes->plugin == KUBERNETES_PLUGIN_NEVER) check_without_plugin(&checker, kubernetes);
    if (kubernetes->token.node != NULL && !wants_token)
        REFUSE(&checker, kubernetes->token.node, "'kubernetes: token:' needs 'auth: token'");
    return checker.ok;
}

const struct node *settings_kubernetes_find_plugin(const struct node *step) {
    const struct node *plugins = node_find(step, "plugins");
    if (plugins == NULL || plugins->kind != NODE_SEQUENCE) return node_find(plugins, SETTINGS_KUBERNETES_PLUGIN);
    for (size_t i = 0; i < plugins->count; i++) {
        const struct node *own = node_find(plugins->items[i], SETTINGS_KUBERNETES_PLUGIN);
        if (own != NULL) return own;
    }
    return NULL;
}
