#include "pipeline/kubernetes.h"

#include "pipeline/pod_merge.h"

#define SOCKET_DIRECTORY "/docker-socket" /* not below /var/run, where the daemon keeps its own */
#define NODE_SOCKET "/var/run/docker.sock"

static struct node *add_mapping(struct arena *arena, struct node *parent, const char *key) {
    struct node *mapping = (struct node *)node_find(parent, key);
    if (mapping != NULL) return mapping;
    mapping = node_mapping(arena);
    node_set(arena, parent, key, mapping);
    return mapping;
}

static struct node *add_item(struct arena *arena, struct node *parent, const char *key) {
    struct node *list = (struct node *)node_find(parent, key), *item = node_mapping(arena);
    if (list == NULL) {
        list = node_sequence(arena);
        node_set(arena, parent, key, list);
    }
    node_append(arena, list, item);
    return item;
}

static void set_text(struct arena *arena, struct node *mapping, const char *key, struct text text) {
    node_set(arena, mapping, key, node_string(arena, text));
}

static struct text or_default(const struct record_text_value *value, struct text otherwise) {
    return value->node != NULL ? value->text : otherwise;
}

/* --- parts of the plugin --- */

struct plugin {
    struct arena *arena;
    struct node *node;            /* what the plugin is given */
    struct text container;        /* name of the command's */
    struct node *container_patch; /* NULL until something is said of it */
};

static struct node *patch_of(struct plugin *plugin) {
    return add_mapping(plugin->arena, plugin->node, "podSpecPatch");
}

static struct node *container_of(struct plugin *plugin) {
    if (plugin->container_patch != NULL) return plugin->container_patch;
    plugin->container_patch = add_item(plugin->arena, patch_of(plugin), "containers");
    set_text(plugin->arena, plugin->container_patch, "name", plugin->container);
    return plugin->container_patch;
}

static void add_secret_variable(struct plugin *plugin, struct text name, struct text secret, struct text key) {
    struct arena *arena = plugin->arena;
    struct node *variable = add_item(arena, container_of(plugin), "env");
    set_text(arena, variable, "name", name);
    struct node *reference = add_mapping(arena, add_mapping(arena, variable, "valueFrom"), "secretKeyRef");
    set_text(arena, reference, "name", secret);
    set_text(arena, reference, "key", key);
}

static void add_token(struct plugin *plugin, const struct kubernetes_token *token) {
    if (token->node == NULL) return;
    add_secret_variable(plugin, TEXT("DEPOT_TOKEN"), token->secret.text,
                        or_default(&token->key, TEXT(KUBERNETES_TOKEN_KEY)));
}

static void add_secrets(struct plugin *plugin, const struct kubernetes_settings *kubernetes) {
    for (size_t i = 0; i < kubernetes->env.count; i++) {
        const struct kubernetes_variable *variable = kubernetes->env.items[i];
        add_secret_variable(plugin, variable->name.text, variable->secret.text,
                            or_default(&variable->key, variable->name.text));
    }
    for (size_t i = 0; i < kubernetes->secrets.count; i++) {
        const struct record_text_value *name = kubernetes->secrets.items[i];
        struct node *params = add_mapping(plugin->arena, plugin->node, "commandParams");
        struct node *source = add_item(plugin->arena, params, "envFrom");
        set_text(plugin->arena, add_mapping(plugin->arena, source, "secretRef"), "name", name->text);
    }
}

static void set_pairs(struct arena *arena, struct node *parent, const char *key, const struct list *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct record_pair *pair = pairs->items[i];
        struct node *name = node_string(arena, pair->name);
        node_set_pair(arena, add_mapping(arena, parent, key), name, node_string(arena, pair->value));
    }
}

static void add_pod(struct plugin *plugin, const struct kubernetes_settings *kubernetes) {
    if (kubernetes->service_account.node != NULL)
        set_text(plugin->arena, patch_of(plugin), "serviceAccountName", kubernetes->service_account.text);
    const struct kubernetes_resources *resources = &kubernetes->resources;
    if (resources->requests.count + resources->limits.count > 0) {
        struct node *node = add_mapping(plugin->arena, container_of(plugin), "resources");
        set_pairs(plugin->arena, node, "requests", &resources->requests);
        set_pairs(plugin->arena, node, "limits", &resources->limits);
    }
    struct node metadata = {.kind = NODE_MAPPING};
    set_pairs(plugin->arena, &metadata, "labels", &kubernetes->metadata.labels);
    set_pairs(plugin->arena, &metadata, "annotations", &kubernetes->metadata.annotations);
    if (metadata.count > 0) node_set(plugin->arena, plugin->node, "metadata", node_copy(plugin->arena, &metadata));
}

static struct node *add_volume(struct plugin *plugin, const char *name) {
    struct node *volume = add_item(plugin->arena, patch_of(plugin), "volumes");
    set_text(plugin->arena, volume, "name", text_from(name));
    return volume;
}

static struct node *add_mount(struct arena *arena, struct node *parent, const char *list, const char *name,
                              struct text path) {
    struct node *mount = add_item(arena, parent, list);
    set_text(arena, mount, "name", text_from(name));
    set_text(arena, mount, "mountPath", path);
    return mount;
}

/* The command's container sees the mirror, too: a clone that borrows from it is no repository without. */
static void add_mirrors(struct plugin *plugin, const struct kubernetes_mirrors *mirrors) {
    struct arena *arena = plugin->arena;
    if (mirrors->node == NULL) return;
    struct text path = or_default(&mirrors->path, TEXT(KUBERNETES_MIRRORS_PATH));
    struct node *node = add_mapping(arena, add_mapping(arena, plugin->node, "checkout"), "gitMirrors");
    set_text(arena, node, "path", path);
    struct node *volume = add_mapping(arena, node, "volume");
    set_text(arena, volume, "name", TEXT("git-mirrors"));
    if (mirrors->claim.node != NULL)
        set_text(arena, add_mapping(arena, volume, "persistentVolumeClaim"), "claimName", mirrors->claim.text);
    if (mirrors->host_path.node != NULL)
        set_text(arena, add_mapping(arena, volume, "hostPath"), "path", mirrors->host_path.text);
    struct node *params = add_mapping(arena, plugin->node, "commandParams");
    node_set(arena, add_mount(arena, params, "extraVolumeMounts", "git-mirrors", path), "readOnly",
             node_bool(arena, true));
}

/* --- Docker --- */

/* Main containers start once the probe has passed, so no command waits for the daemon. */
static void add_probe(struct arena *arena, struct node *sidecar) {
    struct node *probe = add_mapping(arena, sidecar, "startupProbe"), *command = node_sequence(arena);
    node_append(arena, command, node_string(arena, TEXT("docker")));
    node_append(arena, command, node_string(arena, TEXT("version")));
    node_set(arena, add_mapping(arena, probe, "exec"), "command", command);
    node_set(arena, probe, "periodSeconds", node_number(arena, 1));
    node_set(arena, probe, "timeoutSeconds", node_number(arena, 5));
    node_set(arena, probe, "failureThreshold", node_number(arena, 120));
}

static void add_docker_host(struct arena *arena, struct node *container) {
    struct node *variable = add_item(arena, container, "env");
    set_text(arena, variable, "name", TEXT("DOCKER_HOST"));
    set_text(arena, variable, "value", TEXT("unix://" SOCKET_DIRECTORY "/docker.sock"));
}

/*
 * A daemon on a socket that both containers mount. The image's entrypoint, left to itself, would listen on TCP, with TLS
 * that `depot configure-docker` refuses or, without, for every pod that finds it; named dockerd, it only sets things up. The
 * checkout is there at the same path, as the controller mounts /workspace into sidecars.
 */
static void add_sidecar(struct plugin *plugin, const struct kubernetes_settings *kubernetes) {
    struct arena *arena = plugin->arena;
    struct node *sidecar = add_item(arena, plugin->node, "sidecars"), *arguments = node_sequence(arena);
    set_text(arena, sidecar, "name", TEXT("docker"));
    set_text(arena, sidecar, "image", or_default(&kubernetes->docker_image, TEXT(KUBERNETES_DOCKER_IMAGE)));
    node_append(arena, arguments, node_string(arena, TEXT("dockerd")));
    node_append(arena, arguments, node_string(arena, TEXT("--host=unix://" SOCKET_DIRECTORY "/docker.sock")));
    node_set(arena, sidecar, "args", arguments);
    add_docker_host(arena, sidecar);
    node_set(arena, add_mapping(arena, sidecar, "securityContext"), "privileged", node_bool(arena, true));
    add_probe(arena, sidecar);
    add_mount(arena, sidecar, "volumeMounts", "docker-socket", TEXT(SOCKET_DIRECTORY));
    add_mount(arena, sidecar, "volumeMounts", "docker-storage", TEXT("/var/lib/docker"));
    add_docker_host(arena, container_of(plugin));
    add_mount(arena, container_of(plugin), "volumeMounts", "docker-socket", TEXT(SOCKET_DIRECTORY));
    add_mapping(arena, add_volume(plugin, "docker-socket"), "emptyDir");
    add_mapping(arena, add_volume(plugin, "docker-storage"), "emptyDir");
}

static void add_node_socket(struct plugin *plugin) {
    struct arena *arena = plugin->arena;
    add_mount(arena, container_of(plugin), "volumeMounts", "docker-socket", TEXT(NODE_SOCKET));
    struct node *path = add_mapping(arena, add_volume(plugin, "docker-socket"), "hostPath");
    set_text(arena, path, "path", TEXT(NODE_SOCKET));
    set_text(arena, path, "type", TEXT("Socket"));
}

/* --- forks --- */

/* A variable of a secret, or all of one as variables. The token's own variable is the one that a fork gets. */
static bool is_of_secret(const struct node *item) {
    const struct node *name = node_find(item, "name");
    bool is_token = name != NULL && node_is_scalar(name) && text_is(name->text, "DEPOT_TOKEN");
    bool is_variable = node_find(node_find(item, "valueFrom"), "secretKeyRef") != NULL;
    return node_find(item, "secretRef") != NULL || (is_variable && !is_token);
}

/* What the user wrote of a pod, for a build of a fork; what the checkout has, which runs nothing of the fork, stays. */
static const struct node *without_secrets(struct arena *arena, const struct node *node) {
    bool is_list = node != NULL && node->kind == NODE_SEQUENCE, is_mapping = node != NULL && node->kind == NODE_MAPPING;
    if (!is_list && !is_mapping) return node;
    struct node *rest = is_list ? node_sequence(arena) : node_mapping(arena);
    for (size_t i = 0; is_list && i < node->count; i++)
        if (!is_of_secret(node->items[i])) node_append(arena, rest, without_secrets(arena, node->items[i]));
    for (size_t i = 0; is_mapping && i < node->count; i++) {
        const struct node *key = node_key(node, i), *value = node_value(node, i);
        node_set_pair(arena, rest, key, text_is(key->text, "checkout") ? value : without_secrets(arena, value));
    }
    return rest;
}

/* --- all of it --- */

/* Not where the resources are decided elsewhere: by a class of the controller's, or by what is merged over this. */
static void add_default_requests(struct plugin *plugin, const struct kubernetes_settings *kubernetes,
                                 const struct node *attributes) {
    struct arena *arena = plugin->arena;
    const struct node *class = node_find(node_find(attributes, "agents"), "resource_class");
    if (kubernetes->resources.node != NULL || class != NULL) return;
    struct node *requests = add_mapping(arena, add_mapping(arena, container_of(plugin), "resources"), "requests");
    set_text(arena, requests, "cpu", TEXT(KUBERNETES_REQUEST_CPU));
    set_text(arena, requests, "memory", TEXT(KUBERNETES_REQUEST_MEMORY));
}

/* A pod of the user's own names its containers; the first one runs the command. */
static struct text container_name(const struct node *own) {
    const struct node *containers = node_find(node_find(own, "podSpec"), "containers");
    bool is_list = containers != NULL && containers->kind == NODE_SEQUENCE && containers->count > 0;
    const struct node *name = is_list ? node_find(containers->items[0], "name") : NULL;
    return name != NULL && node_is_scalar(name) ? name->text : TEXT(KUBERNETES_CONTAINER);
}

const struct node *kubernetes_plugin(struct arena *arena, const struct kubernetes_settings *kubernetes,
                                     const struct kubernetes_step *step, const struct node *attributes) {
    const struct node *own = settings_kubernetes_find_plugin(attributes), *patch = kubernetes->pod_patch;
    if (step->is_fork) {
        own = without_secrets(arena, own);
        patch = without_secrets(arena, patch);
    }
    if (kubernetes->node == NULL || kubernetes->plugin == KUBERNETES_PLUGIN_NEVER) return own;
    struct plugin plugin = {.arena = arena, .node = node_mapping(arena), .container = container_name(own)};
    add_pod(&plugin, kubernetes);
    if (step->builds) add_token(&plugin, &kubernetes->token);
    if (step->builds && !step->is_fork) add_secrets(&plugin, kubernetes);
    if (step->needs_docker && kubernetes->docker == KUBERNETES_DOCKER_SIDECAR) add_sidecar(&plugin, kubernetes);
    if (step->needs_docker && kubernetes->docker == KUBERNETES_DOCKER_SOCKET) add_node_socket(&plugin);
    add_mirrors(&plugin, &kubernetes->git_mirrors);
    bool is_needed = plugin.node->count > 0 || kubernetes->checkout != NULL || patch != NULL;
    if (!is_needed) return own;
    add_default_requests(&plugin, kubernetes, attributes);
    struct node over = {.kind = NODE_MAPPING};
    if (kubernetes->checkout != NULL) node_set(arena, &over, "checkout", kubernetes->checkout);
    const struct node *merged = pod_merge(arena, pod_merge(arena, plugin.node, &over), own);
    struct node last = {.kind = NODE_MAPPING};
    if (patch != NULL) node_set(arena, &last, "podSpecPatch", patch);
    return pod_merge(arena, merged, &last);
}

static struct node *one_plugin(struct arena *arena, const struct node *name, const struct node *value) {
    struct node *plugin = node_mapping(arena);
    node_set_pair(arena, plugin, name, value);
    return plugin;
}

const struct node *kubernetes_put(struct arena *arena, const struct node *plugins, const struct node *plugin) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; plugins != NULL && plugins->kind == NODE_MAPPING && i < plugins->count; i++)
        if (!text_is(node_key(plugins, i)->text, SETTINGS_KUBERNETES_PLUGIN))
            node_append(arena, list, one_plugin(arena, node_key(plugins, i), node_value(plugins, i)));
    for (size_t i = 0; plugins != NULL && plugins->kind == NODE_SEQUENCE && i < plugins->count; i++) {
        const struct node *item = plugins->items[i];
        bool is_ours = node_find(item, SETTINGS_KUBERNETES_PLUGIN) != NULL ||
                       (node_is_scalar(item) && text_is(item->text, SETTINGS_KUBERNETES_PLUGIN));
        if (!is_ours) node_append(arena, list, item);
    }
    node_append(arena, list, one_plugin(arena, node_string(arena, TEXT(SETTINGS_KUBERNETES_PLUGIN)), plugin));
    return list;
}
