#include "plan/pods.h"

#include "docker/reference.h"

enum tool { TOOL_SHELL = 1, TOOL_DOWNLOAD = 2, TOOL_DOCKER = 4 };

/* Images that lack something, as their makers describe them. */
static const struct {
    const char *registry, *repository; /* one that ends in '/' is all below it */
    unsigned missing;
} images[] = {
    {"docker.io", "library/alpine", TOOL_DOCKER},
    {"docker.io", "library/busybox", TOOL_DOCKER},
    {"docker.io", "library/debian", TOOL_DOWNLOAD | TOOL_DOCKER},
    {"docker.io", "library/ubuntu", TOOL_DOWNLOAD | TOOL_DOCKER},
    {"ghcr.io", "depot/cli", TOOL_DOCKER},
    {"public.ecr.aws", "depot/cli", TOOL_DOCKER},
    {"gcr.io", "distroless/", TOOL_SHELL | TOOL_DOWNLOAD | TOOL_DOCKER},
    {"cgr.dev", "chainguard/static", TOOL_SHELL | TOOL_DOWNLOAD | TOOL_DOCKER},
    {"gcr.io", "kaniko-project/executor", TOOL_SHELL | TOOL_DOWNLOAD | TOOL_DOCKER},
};

static unsigned missing_tools(const struct reference *reference) {
    for (size_t i = 0; i < sizeof(images) / sizeof(*images); i++) {
        struct text name = text_from(images[i].repository);
        bool is_below = text_ends(name, "/") && text_starts(reference->repository, images[i].repository);
        if (text_is(reference->registry, images[i].registry) && (is_below || text_equal(reference->repository, name)))
            return images[i].missing;
    }
    return 0;
}

/* The image of the command's container: the step's own attribute beats the setting. */
static const struct node *image_node(const struct build_settings *build) {
    const struct node *own = node_find(build->step, "image");
    if (own != NULL && node_is_scalar(own)) return own;
    return build->kubernetes.image.node;
}

static bool downloads(const struct settings *settings) {
    return settings->install == INSTALL_NOT_GIVEN || settings->install == INSTALL_PINNED ||
           settings->install == INSTALL_SCRIPT;
}

static void review_image(const struct settings *settings, struct plan_image *planned) {
    const struct node *node = image_node(&planned->image->settings->build);
    struct reference reference;
    const char *problem;
    if (node == NULL || !reference_parse(planned->problems.arena, node->text, &reference, &problem)) return;
    unsigned missing = missing_tools(&reference);
    if (missing & TOOL_SHELL) {
        diag_add(&planned->problems, DIAG_WARNING, "kubernetes-image", node_place(node),
                 "'%.*s' has no /bin/sh, which the command of a step needs", TEXT_ARG(node->text));
    } else if ((missing & TOOL_DOCKER) && plan_image_needs_docker(planned)) {
        diag_add(&planned->problems, DIAG_WARNING, "kubernetes-image", node_place(node),
                 "'%.*s' has no docker command, which this builder needs", TEXT_ARG(node->text));
    } else if ((missing & TOOL_DOWNLOAD) && downloads(settings)) {
        diag_add(&planned->problems, DIAG_WARNING, "kubernetes-image", node_place(node),
                 "'%.*s' has neither curl nor wget to download the Depot CLI with", TEXT_ARG(node->text));
    }
}

/* Somebody who writes parts of the pod may have put a daemon there. */
static bool may_have_docker(const struct build_settings *build) {
    const struct kubernetes_settings *kubernetes = &build->kubernetes;
    return kubernetes->docker >= KUBERNETES_DOCKER_SIDECAR || kubernetes->pod_patch != NULL ||
           settings_kubernetes_find_plugin(build->step) != NULL ||
           node_find(node_find(build->step, "env"), "DOCKER_HOST") != NULL;
}

static void review_docker(struct plan_image *planned) {
    const struct build_settings *build = &planned->image->settings->build;
    if (build->kubernetes.node == NULL || !plan_image_needs_docker(planned) || may_have_docker(build)) return;
    diag_add(&planned->problems, DIAG_WARNING, "kubernetes-docker", node_place(build->kubernetes.node),
             "a step needs a Docker daemon, and a pod has none: 'docker: sidecar' adds one, and 'builder: depot' "
             "and 'bake' need none");
}

static bool is_versioned(struct text name) {
    return text_starts(name, SETTINGS_KUBERNETES_PLUGIN "#") ||
           text_starts(name, "buildkite-plugins/" SETTINGS_KUBERNETES_PLUGIN "#");
}

static void review_name(struct plan_image *planned, const struct node *name) {
    if (is_versioned(name->text))
        diag_add(&planned->problems, DIAG_WARNING, "kubernetes-plugin", node_place(name),
                 "the kubernetes plugin has no versions: with one, agents look for its repository, and there is none");
}

static void review_names(struct plan_image *planned, const struct node *plugins) {
    if (plugins == NULL || node_is_scalar(plugins)) return;
    for (size_t i = 0; i < plugins->count; i++) {
        const struct node *item = plugins->kind == NODE_MAPPING ? node_key(plugins, i) : plugins->items[i];
        if (item->kind == NODE_MAPPING && item->count > 0) item = node_key(item, 0);
        if (node_is_scalar(item)) review_name(planned, item);
    }
}

static void review_own_plugin(struct plan_image *planned) {
    const struct build_settings *build = &planned->image->settings->build;
    const struct node *own = settings_kubernetes_find_plugin(build->step);
    review_names(planned, node_find(build->step, "plugins"));
    if (own == NULL || build->kubernetes.node == NULL) return;
    const struct node *template = node_find(own, "podTemplate");
    if (build->kubernetes.plugin == KUBERNETES_PLUGIN_NEVER)
        diag_add(&planned->problems, DIAG_WARNING, "kubernetes-plugin", node_place(own),
                 "the step's own kubernetes plugin stays, although 'plugin: never' says that none may be there");
    else if (template != NULL && node_find(own, "podSpec") == NULL)
        diag_add(&planned->problems, DIAG_WARNING, "kubernetes-plugin", node_place(template),
                 "what 'kubernetes' says is for a container named container-0, which the pod template must have");
}

void pods_review(const struct settings *settings, struct plan_image *planned) {
    const struct build_settings *build = &planned->image->settings->build;
    if (build->kubernetes.node == NULL && build->step == NULL) return;
    settings_kubernetes_check_merged(&build->kubernetes, settings->auth == AUTH_TOKEN, &planned->problems);
    review_image(settings, planned);
    review_docker(planned);
    review_own_plugin(planned);
}
