#include "check.h"
#include "yaml_spelling.h"

#include "pipeline/kubernetes.h"
#include "pipeline/pod_merge.h"

static const struct node *parse(struct arena *arena, const char *yaml) {
    struct diagnostics problems = diag_in(arena);
    const struct node *node = NULL;
    CHECK(yaml_read_one(arena, source_create(arena, TEXT("f"), text_from(yaml)), &problems, &node), "%s", yaml);
    return node;
}

static const struct {
    const char *lower, *higher, *merged, *why;
} merges[] = {
    {"{a: 1}", "{b: 2}", "{a: 1, b: 2}", "mappings"},
    {"{a: {x: 1, y: 2}}", "{a: {y: 3}}", "{a: {x: 1, y: 3}}", "mappings in mappings"},
    {"{a: [1, 2]}", "{a: [3]}", "{a: [3]}", "a list without a key is replaced"},
    {"{tolerations: [{key: a}]}", "{tolerations: [{key: b}]}", "{tolerations: [{key: b}]}", "also a list of mappings"},
    {"{containers: [{name: a, image: x}]}", "{containers: [{name: b}, {name: a, tty: 1}]}",
     "{containers: [{name: a, image: x, tty: 1}, {name: b}]}", "containers by name, new ones last"},
    {"{containers: [{name: a, env: [{name: A, value: 1}]}]}",
     "{containers: [{name: a, env: [{name: B, value: 2}, {name: A, value: 3}]}]}",
     "{containers: [{name: a, env: [{name: A, value: 3}, {name: B, value: 2}]}]}", "variables by name"},
    {"{env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}", "{env: [{name: A, value: 1}]}",
     "{env: [{name: A, value: 1}]}", "a variable has one source"},
    {"{volumes: [{name: v, emptyDir: {}}, {name: w, emptyDir: {medium: Memory}}]}",
     "{volumes: [{name: v, hostPath: {path: /v}}, {name: w, emptyDir: {sizeLimit: 1Gi}}]}",
     "{volumes: [{name: v, hostPath: {path: /v}}, {name: w, emptyDir: {medium: Memory, sizeLimit: 1Gi}}]}",
     "a volume has one source"},
    {"{containers: [{name: a, volumeMounts: [{name: v, mountPath: /a}]}]}",
     "{containers: [{name: a, volumeMounts: [{name: w, mountPath: /a}, {name: v, mountPath: /b}]}]}",
     "{containers: [{name: a, volumeMounts: [{name: w, mountPath: /a}, {name: v, mountPath: /b}]}]}",
     "mounts by path: a volume may be mounted twice"},
    {"{containers: [{name: a, envFrom: [{secretRef: {name: s}}]}]}",
     "{containers: [{name: a, envFrom: [{secretRef: {name: t}}]}]}",
     "{containers: [{name: a, envFrom: [{secretRef: {name: t}}]}]}", "envFrom of a container has no key"},
    {"{commandParams: {envFrom: [{secretRef: {name: s}}]}}", "{commandParams: {envFrom: [{secretRef: {name: t}}]}}",
     "{commandParams: {envFrom: [{secretRef: {name: s}}, {secretRef: {name: t}}]}}", "that of the plugin is collected"},
    {"{sidecars: [{name: docker, image: x}]}", "{sidecars: [{image: y}]}",
     "{sidecars: [{name: docker, image: x}, {image: y}]}", "a sidecar without a name is another one"},
    {"{a: {b: 1}}", "{a: [1]}", "{a: [1]}", "another kind replaces"},
};

static void test_merge(struct arena *arena) {
    struct buffer got = buffer_in(arena);
    for (size_t i = 0; i < sizeof(merges) / sizeof(*merges); i++) {
        got.len = 0;
        spell(&got, pod_merge(arena, parse(arena, merges[i].lower), parse(arena, merges[i].higher)));
        CHECK_TEXT(buffer_text(&got), merges[i].merged, merges[i].why);
    }
}

#define SMALL "resources: {requests: {cpu: 100m, memory: 256Mi}}"
#define BUILDS 1
#define DOCKER 2
#define FORK 4

/* settings of `kubernetes`, attributes of the step, what the step does, the plugin or "" */
static const struct {
    const char *settings, *attributes;
    int does;
    const char *plugin, *why;
} rows[] = {
    {"{image: x}", NULL, BUILDS, "", "an image alone needs no plugin"},
    {"{docker: sidecar}", NULL, BUILDS, "", "a daemon that nobody needs is not started"},
    {"{docker: none}", NULL, BUILDS | DOCKER, "", "none"},
    {"{token: {secret: d}}", NULL, BUILDS,
     "{podSpecPatch: {containers: [{name: container-0, env: [{name: DEPOT_TOKEN, valueFrom: {secretKeyRef: {name: d, "
     "key: token}}}], " SMALL "}]}}",
     "the token, and small requests with it"},
    {"{token: {secret: d, key: k}, resources: {}}", NULL, BUILDS,
     "{podSpecPatch: {containers: [{name: container-0, env: [{name: DEPOT_TOKEN, valueFrom: {secretKeyRef: {name: d, "
     "key: k}}}]}]}}",
     "no requests where none are asked for"},
    {"{token: {secret: d}, secrets: [a], env: [{name: B, secret: b}]}", NULL, 0, "",
     "a step that builds nothing gets no secret"},
    {"{secrets: [a, b], resources: {}}", NULL, BUILDS,
     "{commandParams: {envFrom: [{secretRef: {name: a}}, {secretRef: {name: b}}]}}", "whole secrets"},
    {"{env: [{name: P, secret: s}, {name: Q, secret: s, key: q}], resources: {limits: {cpu: 1}}}", NULL, BUILDS,
     "{podSpecPatch: {containers: [{name: container-0, resources: {limits: {cpu: 1}}, env: [{name: P, valueFrom: "
     "{secretKeyRef: {name: s, key: P}}}, {name: Q, valueFrom: {secretKeyRef: {name: s, key: q}}}]}]}}",
     "single variables; the key's name is the variable's"},
    {"{token: {secret: d}, secrets: [a], env: [{name: B, secret: b}], resources: {}}", NULL, BUILDS | FORK,
     "{podSpecPatch: {containers: [{name: container-0, env: [{name: DEPOT_TOKEN, valueFrom: {secretKeyRef: {name: d, "
     "key: token}}}]}]}}",
     "a fork's build gets the token that it is built with, and nothing else"},
    {"{pod_patch: {nodeSelector: {a: b}, containers: [{name: container-0, env: [{name: A, value: 1}, {name: S, "
     "valueFrom: {secretKeyRef: {name: s, key: k}}}, {name: DEPOT_TOKEN, valueFrom: {secretKeyRef: {name: d, key: "
     "k}}}]}]}, resources: {}}",
     "{plugins: [{kubernetes: {commandParams: {envFrom: [{secretRef: {name: s}}, {configMapRef: {name: c}}]}, "
     "checkout: {envFrom: [{secretRef: {name: git}}]}}}]}",
     BUILDS | FORK,
     "{commandParams: {envFrom: [{configMapRef: {name: c}}]}, checkout: {envFrom: [{secretRef: {name: git}}]}, "
     "podSpecPatch: {nodeSelector: {a: b}, containers: [{name: container-0, env: [{name: A, value: 1}, {name: "
     "DEPOT_TOKEN, valueFrom: {secretKeyRef: {name: d, key: k}}}]}]}}",
     "also where the user's own parts of the pod name others"},
    {"{service_account: sa}", NULL, 0,
     "{podSpecPatch: {serviceAccountName: sa, containers: [{name: container-0, " SMALL "}]}}",
     "where a pod runs is also for steps that build nothing"},
    {"{service_account: sa}", "{agents: {resource_class: small}}", 0, "{podSpecPatch: {serviceAccountName: sa}}",
     "a class decides on the resources"},
    {"{metadata: {labels: {a: b}, annotations: {c: d}}, resources: {}}", NULL, 0,
     "{metadata: {labels: {a: b}, annotations: {c: d}}}", "metadata"},
    {"{checkout: {cloneFlags: -v}, resources: {}}", NULL, 0, "{checkout: {cloneFlags: -v}}", "checkout as it is"},
    {"{git_mirrors: {claim: c}, resources: {}}", NULL, 0,
     "{checkout: {gitMirrors: {path: /buildkite/git-mirrors, volume: {name: git-mirrors, persistentVolumeClaim: "
     "{claimName: c}}}}, commandParams: {extraVolumeMounts: [{name: git-mirrors, mountPath: /buildkite/git-mirrors, "
     "readOnly: true}]}}",
     "the command sees the mirror that the clone borrows from"},
    {"{git_mirrors: {host_path: /m, path: /n}, checkout: {gitMirrors: {lockTimeout: 60}}, resources: {}}", NULL, 0,
     "{checkout: {gitMirrors: {path: /n, volume: {name: git-mirrors, hostPath: {path: /m}}, lockTimeout: 60}}, "
     "commandParams: {extraVolumeMounts: [{name: git-mirrors, mountPath: /n, readOnly: true}]}}",
     "a directory of the node, with more about it"},
    {"{docker: socket, resources: {}}", NULL, BUILDS | DOCKER,
     "{podSpecPatch: {containers: [{name: container-0, volumeMounts: [{name: docker-socket, mountPath: "
     "/var/run/docker.sock}]}], volumes: [{name: docker-socket, hostPath: {path: /var/run/docker.sock, type: "
     "Socket}}]}}",
     "the node's socket"},
    {"{docker: sidecar, docker_image: d, resources: {}}", NULL, BUILDS | DOCKER,
     "{sidecars: [{name: docker, image: d, args: [dockerd, --host=unix:///docker-socket/docker.sock], env: [{name: "
     "DOCKER_HOST, value: unix:///docker-socket/docker.sock}], securityContext: {privileged: true}, startupProbe: "
     "{exec: {command: [docker, version]}, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 120}, volumeMounts: "
     "[{name: docker-socket, mountPath: /docker-socket}, {name: docker-storage, mountPath: /var/lib/docker}]}], "
     "podSpecPatch: {containers: [{name: container-0, env: [{name: DOCKER_HOST, value: "
     "unix:///docker-socket/docker.sock}], volumeMounts: [{name: docker-socket, mountPath: /docker-socket}]}], "
     "volumes: "
     "[{name: docker-socket, emptyDir: {}}, {name: docker-storage, emptyDir: {}}]}}",
     "a daemon of its own"},
    {"{pod_patch: {nodeSelector: {a: b}}, resources: {}}", NULL, 0, "{podSpecPatch: {nodeSelector: {a: b}}}",
     "a patch"},
    {"{pod_patch: {containers: [{name: container-0, resources: {requests: {cpu: 2}}}]}}", NULL, 0,
     "{podSpecPatch: {containers: [{name: container-0, resources: {requests: {cpu: 2, memory: 256Mi}}}]}}",
     "a patch beats the small requests"},
    {"{service_account: sa, resources: {}, pod_patch: {serviceAccountName: last}}",
     "{plugins: [{kubernetes: {podSpecPatch: {serviceAccountName: own, hostNetwork: true}}}]}", 0,
     "{podSpecPatch: {serviceAccountName: last, hostNetwork: true}}", "ours, the step's own, the patch"},
    {"{token: {secret: d}, resources: {}}",
     "{plugins: [a#v1, {kubernetes: {podSpec: {containers: [{name: main, image: x}]}}}]}", BUILDS,
     "{podSpecPatch: {containers: [{name: main, env: [{name: DEPOT_TOKEN, valueFrom: {secretKeyRef: {name: d, key: "
     "token}}}]}]}, podSpec: {containers: [{name: main, image: x}]}}",
     "the first container of a pod of the user's own"},
    {"{image: x}", "{plugins: {kubernetes: {gitEnvFrom: []}}}", BUILDS, "{gitEnvFrom: []}", "the user's own alone"},
};

static void test_plugin(struct arena *arena) {
    struct buffer got = buffer_in(arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct diagnostics problems = diag_in(arena);
        struct record_reader reader = {.arena = arena, .diagnostics = &problems};
        struct kubernetes_settings settings = {0};
        bool ok = record_read(&reader, &settings_kubernetes_table, parse(arena, rows[i].settings), &settings);
        CHECK(ok && settings_kubernetes_check(&settings, &problems), "%s: settings", rows[i].why);
        const struct node *attributes = rows[i].attributes == NULL ? NULL : parse(arena, rows[i].attributes);
        struct kubernetes_step step = {
            .builds = rows[i].does & BUILDS, .needs_docker = rows[i].does & DOCKER, .is_fork = rows[i].does & FORK};
        const struct node *plugin = kubernetes_plugin(arena, &settings, &step, attributes);
        got.len = 0;
        if (plugin != NULL) spell(&got, plugin);
        CHECK_TEXT(got.len == 0 ? TEXT("") : buffer_text(&got), rows[i].plugin, rows[i].why);
    }
}

static void test_put(struct arena *arena) {
    static const struct {
        const char *plugins, *put;
    } puts[] = {
        {NULL, "[{kubernetes: {a: b}}]"},
        {"[x#v1, {y#v2: {k: v}}]", "[x#v1, {y#v2: {k: v}}, {kubernetes: {a: b}}]"},
        {"[{kubernetes: {c: d}}, x#v1]", "[x#v1, {kubernetes: {a: b}}]"},
        {"[kubernetes]", "[{kubernetes: {a: b}}]"},
        {"{kubernetes: {c: d}, x#v1: {k: v}}", "[{x#v1: {k: v}}, {kubernetes: {a: b}}]"},
    };
    struct buffer got = buffer_in(arena);
    for (size_t i = 0; i < sizeof(puts) / sizeof(*puts); i++) {
        const struct node *plugins = puts[i].plugins == NULL ? NULL : parse(arena, puts[i].plugins);
        got.len = 0;
        spell(&got, kubernetes_put(arena, plugins, parse(arena, "{a: b}")));
        CHECK_TEXT(buffer_text(&got), puts[i].put, puts[i].put);
    }
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_merge(&arena);
    test_plugin(&arena);
    test_put(&arena);
    arena_finish(&arena);
    return check_done("kubernetes");
}
