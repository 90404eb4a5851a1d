#include "pipeline/step.h"

#include "base/buffer.h"
#include "pipeline/kubernetes.h"

static const struct node *text_node(struct arena *arena, struct text text) {
    return node_string(arena, text);
}

static struct node *retry_rule(struct arena *arena, const char *condition, const struct node *value) {
    struct node *rule = node_mapping(arena);
    node_set(arena, rule, condition, value);
    node_set(arena, rule, "limit", node_number(arena, 2));
    return rule;
}

/* The agent was lost, the pod never started, or a recipe says that its status is worth another try. */
static struct node *retry_node(struct arena *arena, const struct step *step) {
    struct node *rules = node_sequence(arena), *retry = node_mapping(arena);
    node_append(arena, rules, retry_rule(arena, "exit_status", node_number(arena, -1)));
    node_append(arena, rules, retry_rule(arena, "signal_reason", text_node(arena, TEXT("stack_error"))));
    for (size_t i = 0; i < step->retried.count; i++)
        node_append(arena, rules,
                    retry_rule(arena, "exit_status", node_number(arena, *(const int *)step->retried.items[i])));
    node_set(arena, retry, "automatic", rules);
    return retry;
}

/* Constants that are not about the image: what makes the CLI behave in CI (depot.md of the CLI's own environment). */
static struct node *env_node(struct arena *arena, const struct step *step) {
    struct node *env = node_mapping(arena);
    node_set(arena, env, "DEPOT_DISABLE_OTEL", text_node(arena, TEXT("1")));
    if (!step->exports) node_set(arena, env, "DEPOT_SUPPRESS_NO_OUTPUT_WARNING", text_node(arena, TEXT("1")));
    return env;
}

static void set_one(struct arena *arena, struct node *step, const char *key, const char *inner, struct text text) {
    struct node *mapping = node_mapping(arena);
    node_set(arena, mapping, inner, text_node(arena, text));
    node_set(arena, step, key, mapping);
}

static const struct node *dependency_node(struct arena *arena, const struct step *step, struct text key) {
    if (!step->tolerates) return text_node(arena, key);
    struct node *dependency = node_mapping(arena);
    node_set(arena, dependency, "step", text_node(arena, key));
    node_set(arena, dependency, "allow_failure", node_bool(arena, true));
    return dependency;
}

/* What the user's own attributes depend on stays. */
static const struct node *depends_on_node(struct arena *arena, const struct step *step) {
    const struct node *own = node_find(step->attributes, "depends_on");
    struct node *list = node_sequence(arena);
    if (step->depends_on.count == 0) return own;
    if (own != NULL && own->kind != NODE_SEQUENCE && own->kind != NODE_NULL) node_append(arena, list, own);
    for (size_t i = 0; own != NULL && own->kind == NODE_SEQUENCE && i < own->count; i++)
        node_append(arena, list, own->items[i]);
    for (size_t i = 0; i < step->depends_on.count; i++)
        node_append(arena, list, dependency_node(arena, step, step->depends_on.items[i]));
    return list;
}

static const struct node *command_node(struct arena *arena, const struct step *step) {
    struct node *node = node_string(arena, step->command);
    if (text_is_given(step->lead)) node->style = NODE_STYLE_LED;
    return node;
}

/* Ours, then the user's; those may be a mapping, as agents still read it. */
static const struct node *plugins_node(struct arena *arena, const struct step *step) {
    const struct node *own = node_find(step->attributes, "plugins");
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < step->plugins.count; i++)
        node_append(arena, list, step->plugins.items[i]);
    for (size_t i = 0; own != NULL && i < own->count; i++) {
        struct node *item = own->kind == NODE_MAPPING ? node_mapping(arena) : NULL;
        if (item != NULL) node_set_pair(arena, item, node_key(own, i), node_value(own, i));
        node_append(arena, list, item != NULL ? item : own->items[i]);
    }
    return list;
}

/* Beside those of the user; a list gives each secret to the variable of its name. */
static const struct node *secrets_node(struct arena *arena, const struct step *step) {
    const struct node *given = node_find(step->attributes, "secrets");
    struct node *secrets = node_mapping(arena);
    node_set(arena, secrets, "DEPOT_TOKEN", text_node(arena, step->token_secret));
    for (size_t i = 0; i < given->count; i++)
        node_set_pair(arena, secrets, given->items[i], given->items[i]);
    return secrets;
}

static bool lists_secrets(const struct step *step) {
    const struct node *given = node_find(step->attributes, "secrets");
    bool lists = given != NULL && given->kind == NODE_SEQUENCE;
    for (size_t i = 0; lists && i < given->count; i++)
        lists = node_is_scalar(given->items[i]) && !text_is(given->items[i]->text, "DEPOT_TOKEN");
    return lists;
}

/* Beside those of the user: a text of globs with ';' between, or a list. */
static void add_artifacts(struct arena *arena, const struct step *step, struct node *merged) {
    const struct node *given = node_find(step->attributes, "artifact_paths");
    struct node *paths = node_sequence(arena);
    if (given != NULL && node_is_scalar(given)) node_append(arena, paths, given);
    for (size_t i = 0; given != NULL && given->kind == NODE_SEQUENCE && i < given->count; i++)
        node_append(arena, paths, given->items[i]);
    node_append(arena, paths, text_node(arena, step->artifacts));
    node_set(arena, merged, "artifact_paths", paths);
}

/* A block or input step has its label under the name of its type. */
static bool asks(const struct step *step) {
    return node_find(step->attributes, "block") != NULL || node_find(step->attributes, "input") != NULL;
}

struct node *step_node(struct arena *arena, const struct step *step) {
    struct node *node = node_mapping(arena);
    if (text_is_given(step->label) && !asks(step)) node_set(arena, node, "label", text_node(arena, step->label));
    node_set(arena, node, "key", text_node(arena, step->key));
    if (text_is_given(step->command)) node_set(arena, node, "command", command_node(arena, step));
    if (text_is_given(step->skip)) node_set(arena, node, "skip", text_node(arena, step->skip));
    if (step->depends_on.count > 0) node_set(arena, node, "depends_on", depends_on_node(arena, step));
    bool names_queue = text_is_given(step->queue) && !text_is_given(step->skip);
    if (names_queue) set_one(arena, node, "agents", "queue", step->queue);
    if (text_is_given(step->image)) node_set(arena, node, "image", text_node(arena, step->image));
    if (step->builds) node_set(arena, node, "env", env_node(arena, step));
    if (text_is_given(step->token_secret)) set_one(arena, node, "secrets", "DEPOT_TOKEN", step->token_secret);
    if (step->builds) node_set(arena, node, "timeout_in_minutes", node_number(arena, STEP_TIMEOUT_MINUTES));
    if (step->builds) node_set(arena, node, "retry", retry_node(arena, step));
    struct node *merged = (struct node *)record_merge(arena, node, step->attributes);
    if (text_is_given(step->token_secret) && lists_secrets(step))
        node_set(arena, merged, "secrets", secrets_node(arena, step));
    if (text_is_given(step->artifacts)) add_artifacts(arena, step, merged);
    if (step->depends_on.count > 0) node_set(arena, merged, "depends_on", depends_on_node(arena, step));
    if (step->plugins.count > 0) node_set(arena, merged, "plugins", plugins_node(arena, step));
    if (step->kubernetes != NULL)
        node_set(arena, merged, "plugins", kubernetes_put(arena, node_find(merged, "plugins"), step->kubernetes));
    return merged;
}

static bool is_key_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* FNV-1a: a key must be the same everywhere, so it does not use the hash of our maps. */
static unsigned stable_hash(struct text text) {
    uint32_t hash = 0x811C9DC5u;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 0x01000193u;
    return hash;
}

/* `build-services-api` for services/api; where that would not do, with the name's hash and from the second try on a number. */
static struct text make_key(struct arena *arena, struct text prefix, const char *kind, struct text name,
                            unsigned tries) {
    struct buffer key = buffer_in(arena);
    buffer_add(&key, prefix);
    buffer_add_string(&key, kind);
    for (size_t i = 0; i < name.len; i++)
        buffer_add_byte(&key, is_key_byte(name.ptr[i]) ? name.ptr[i] : '-');
    if (tries == 0 && key.len <= STEP_KEY_LIMIT) return buffer_text(&key);
    struct text hash = text_format(arena, "-%08x", stable_hash(name));
    if (tries > 1) hash = text_format(arena, "%.*s-%u", TEXT_ARG(hash), tries);
    if (key.len > STEP_KEY_LIMIT - hash.len) key.len = STEP_KEY_LIMIT - hash.len;
    buffer_add(&key, hash);
    return buffer_text(&key);
}

struct text step_key(struct arena *arena, struct text prefix, const char *kind, struct text name, struct map *taken) {
    struct text key = make_key(arena, prefix, kind, name, 0);
    for (unsigned tries = 1; map_has(taken, key); tries++)
        key = make_key(arena, prefix, kind, name, tries);
    map_set(arena, taken, key, taken); /* only its presence is asked */
    return key;
}

/* Every byte but '/' stands in the key as it is: such a name has the first right to its key. */
static bool is_simple(struct text name) {
    for (size_t i = 0; i < name.len; i++)
        if (!is_key_byte(name.ptr[i]) && name.ptr[i] != '/') return false;
    return true;
}

struct claim {
    struct text prefix;
    const char *kind;
    struct map taken;
};

static void claim(struct arena *arena, const struct plan *plan, struct claim *claim, bool simple, struct text *keys) {
    for (size_t i = 0; i < plan->images.count; i++) {
        const struct plan_image *planned = plan->images.items[i];
        struct text name = planned->image->name;
        if (is_simple(name) == simple) keys[i] = step_key(arena, claim->prefix, claim->kind, name, &claim->taken);
    }
}

struct texts step_keys_of(struct arena *arena, const struct plan *plan, struct text prefix, const char *kind) {
    size_t count = plan->images.count;
    struct texts keys = {.items = arena_array(arena, count, sizeof(struct text)), .count = count, .capacity = count};
    struct claim all = {.prefix = prefix, .kind = kind};
    claim(arena, plan, &all, true, keys.items);
    claim(arena, plan, &all, false, keys.items);
    return keys;
}

struct texts step_keys(struct arena *arena, const struct plan *plan, struct text prefix) {
    return step_keys_of(arena, plan, prefix, "build-");
}
