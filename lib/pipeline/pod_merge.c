#include "pipeline/pod_merge.h"

/* The patch merge keys of core/v1; "" is a list that is appended to. */
static const struct {
    const char *list, *key;
} rows[] = {
    {"containers", "name"},
    {"initContainers", "name"},
    {"volumes", "name"},
    {"env", "name"},
    {"volumeMounts", "mountPath"},
    {"extraVolumeMounts", "mountPath"},
    {"volumeDevices", "devicePath"},
    {"ports", "containerPort"},
    {"imagePullSecrets", "name"},
    {"hostAliases", "ip"},
    {"topologySpreadConstraints", "topologyKey"},
    {"resourceClaims", "name"},
    {"sidecars", "name"},
    {"gitEnvFrom", ""},
    {"commandParams.envFrom", ""},
    {"sidecarParams.envFrom", ""},
    {"checkout.envFrom", ""},
};

/* The key that tells items of a list apart; "" when it is appended to, NULL when it is replaced. */
static const char *merge_key(struct arena *arena, struct text parent, struct text list) {
    struct text whole = text_format(arena, "%.*s.%.*s", TEXT_ARG(parent), TEXT_ARG(list));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (text_is(list, rows[i].list) || text_is(whole, rows[i].list)) return rows[i].key;
    return NULL;
}

static const struct node *merge(struct arena *arena, const struct node *lower, const struct node *higher,
                                struct text parent, struct text name);

static bool is_same(const struct node *a, const struct node *b, const char *key) {
    const struct node *of_a = node_find(a, key), *of_b = node_find(b, key);
    return of_a != NULL && of_b != NULL && node_is_scalar(of_a) && node_is_scalar(of_b) &&
           text_equal(of_a->text, of_b->text);
}

/*
 * A variable and a volume have one source: with a second one beside it the pod would be refused. Kubernetes merges these, too, but its
 * own clients say what they take out.
 */
static bool replaces(const struct node *lower, const struct node *higher, struct text list) {
    if (text_is(list, "env")) return true;
    if (!text_is(list, "volumes")) return false;
    for (size_t i = 0; i < higher->count; i++)
        if (node_find_text(lower, node_key(higher, i)->text) == NULL) return true;
    return false;
}

/* Items keep the order of the lower list; what is new follows. */
static const struct node *merge_lists(struct arena *arena, const struct node *lower, const struct node *higher,
                                      const char *key, struct text name) {
    struct node *merged = node_sequence(arena);
    for (size_t i = 0; i < lower->count; i++) {
        const struct node *item = lower->items[i];
        for (size_t k = 0; k < higher->count; k++) {
            const struct node *over = higher->items[k];
            if (!is_same(item, over, key)) continue;
            item = replaces(item, over, name) ? over : merge(arena, item, over, name, TEXT(""));
        }
        node_append(arena, merged, item);
    }
    for (size_t k = 0; k < higher->count; k++) {
        bool is_new = true;
        for (size_t i = 0; i < lower->count; i++)
            is_new &= !is_same(lower->items[i], higher->items[k], key);
        if (is_new) node_append(arena, merged, higher->items[k]);
    }
    return merged;
}

static const struct node *merge_mappings(struct arena *arena, const struct node *lower, const struct node *higher,
                                         struct text name) {
    struct node *merged = node_mapping(arena);
    for (size_t i = 0; i < lower->count; i++) {
        const struct node *key = node_key(lower, i), *over = node_find_text(higher, key->text);
        node_set_pair(arena, merged, key, merge(arena, node_value(lower, i), over, name, key->text));
    }
    for (size_t i = 0; i < higher->count; i++)
        if (node_find_text(lower, node_key(higher, i)->text) == NULL)
            node_set_pair(arena, merged, node_key(higher, i), node_value(higher, i));
    return merged;
}

static const struct node *merge(struct arena *arena, const struct node *lower, const struct node *higher,
                                struct text parent, struct text name) {
    if (higher == NULL) return lower;
    if (lower == NULL || lower->kind != higher->kind) return higher;
    if (lower->kind == NODE_MAPPING) return merge_mappings(arena, lower, higher, name);
    const char *key = lower->kind == NODE_SEQUENCE ? merge_key(arena, parent, name) : NULL;
    return key == NULL ? higher : merge_lists(arena, lower, higher, key, name);
}

const struct node *pod_merge(struct arena *arena, const struct node *lower, const struct node *higher) {
    return merge(arena, lower, higher, TEXT(""), TEXT(""));
}
