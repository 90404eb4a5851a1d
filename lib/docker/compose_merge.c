#include "docker/compose_merge.h"

#include "base/buffer.h"
#include "base/map.h"
#include "format/yaml_read.h"

/* Where in the tree a value stands, as far as the rules ask. */
enum place_kind { PLACE_ROOT, PLACE_SERVICES, PLACE_SERVICE, PLACE_BUILD, PLACE_ULIMITS, PLACE_OTHER };

enum rule {
    RULE_TREE,  /* by kind: mappings by key, lists append, scalars are replaced */
    RULE_BUILD, /* a string is a context, then as a tree */
    RULE_PAIRS, /* one list of pairs */
    RULE_KEYS,  /* pairs, but a list overrides nothing */
    RULE_LIST,  /* a list, or its only item */
    RULE_TAKE,  /* the override's value, nobody looks inside */
};

struct special {
    enum place_kind place;
    const char *key; /* NULL: every other key of that place */
    enum rule rule;
    enum place_kind inner; /* the place of the value */
};

/* The first row that fits counts. */
static const struct special specials[] = {
    {PLACE_ROOT, "services", RULE_TREE, PLACE_SERVICES},
    {PLACE_ROOT, "name", RULE_TREE, PLACE_OTHER},
    {PLACE_ROOT, "secrets", RULE_TREE, PLACE_OTHER},
    {PLACE_ROOT, NULL, RULE_TAKE, PLACE_OTHER},
    {PLACE_SERVICES, NULL, RULE_TREE, PLACE_SERVICE},
    {PLACE_SERVICE, "build", RULE_BUILD, PLACE_BUILD},
    {PLACE_SERVICE, "image", RULE_TREE, PLACE_OTHER},
    {PLACE_SERVICE, "platform", RULE_TREE, PLACE_OTHER},
    {PLACE_SERVICE, "profiles", RULE_TREE, PLACE_OTHER},
    {PLACE_SERVICE, "environment", RULE_PAIRS, PLACE_OTHER},
    {PLACE_SERVICE, "env_file", RULE_LIST, PLACE_OTHER},
    {PLACE_SERVICE, NULL, RULE_TAKE, PLACE_OTHER},
    {PLACE_BUILD, "args", RULE_PAIRS, PLACE_OTHER},
    {PLACE_BUILD, "labels", RULE_PAIRS, PLACE_OTHER},
    {PLACE_BUILD, "additional_contexts", RULE_PAIRS, PLACE_OTHER},
    {PLACE_BUILD, "extra_hosts", RULE_PAIRS, PLACE_OTHER},
    {PLACE_BUILD, "ssh", RULE_KEYS, PLACE_OTHER},
    {PLACE_BUILD, "ulimits", RULE_TREE, PLACE_ULIMITS},
    {PLACE_BUILD, NULL, RULE_TREE, PLACE_OTHER},
    {PLACE_ULIMITS, NULL, RULE_TAKE, PLACE_OTHER},
    {PLACE_OTHER, NULL, RULE_TREE, PLACE_OTHER},
};

/* The way down to a value; spelled only when something is wrong. */
struct frame {
    const struct frame *up;
    struct text key;
};

static const struct node *merge(struct compose_merger *merger, const struct frame *frame, const struct special *special,
                                const struct node *base, const struct node *over);

static const struct special *find_special(enum place_kind place, struct text key) {
    const struct special *special = specials;
    while (special->place != place || (special->key != NULL && !text_is(key, special->key)))
        special++;
    return special;
}

static void spell_path(struct buffer *buffer, const struct frame *frame) {
    if (frame->up != NULL) {
        spell_path(buffer, frame->up);
        buffer_add_byte(buffer, '.');
    }
    buffer_add(buffer, frame->key);
}

static const struct node *refuse(struct compose_merger *merger, const struct frame *frame, const struct node *base,
                                 const struct node *over) {
    struct buffer path = buffer_in(merger->arena);
    spell_path(&path, frame);
    struct text shown = text_printable(merger->arena, buffer_text(&path));
    struct diagnostic *diagnostic =
        diag_add(merger->diagnostics, DIAG_ERROR, "compose-merge", node_place(over), "cannot override %.*s: %s with %s",
                 TEXT_ARG(shown), node_kind_name(base), node_kind_name(over));
    diag_second(merger->diagnostics, diagnostic, node_place(base), "the value to override");
    return NULL;
}

static bool is_reset(const struct node *node) {
    return node->tag != NULL && text_is(node_tag(node), "!reset");
}

static bool is_override(const struct node *node) {
    return node->tag != NULL && text_is(node_tag(node), "!override");
}

/* NULL: that is more than is made. */
static struct node *copy_shell(struct compose_merger *merger, const struct node *from, size_t pointers) {
    merger->items += pointers + 1;
    if (merger->items > YAML_NODE_LIMIT) {
        diag_add(merger->diagnostics, DIAG_ERROR, "compose-limit", node_place(from),
                 "merging makes more than %d values here", YAML_NODE_LIMIT);
        return NULL;
    }
    struct node *node = arena_alloc(merger->arena, sizeof(*node));
    *node = *from;
    node->items = arena_array(merger->arena, pointers, sizeof(void *));
    node->count = 0;
    return node;
}

static void add_item(struct node *sequence, const struct node *item) {
    sequence->items[sequence->count++] = item;
}

static void add_pair(struct node *mapping, const struct node *key, const struct node *value) {
    mapping->items[2 * mapping->count] = key;
    mapping->items[2 * mapping->count + 1] = value;
    mapping->count++;
}

/* What is reset was set to NULL; the others close up. */
static void drop_reset(struct node *mapping) {
    size_t kept = 0;
    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->items[2 * i + 1] == NULL) continue;
        mapping->items[2 * kept] = mapping->items[2 * i];
        mapping->items[2 * kept + 1] = mapping->items[2 * i + 1];
        kept++;
    }
    mapping->count = kept;
}

/* Positions of the base's keys are kept in a hash: `services` may hold thousands. */
static const struct node *merge_mappings(struct compose_merger *merger, const struct frame *frame,
                                         enum place_kind place, const struct node *base, const struct node *over) {
    struct node *merged = copy_shell(merger, base, 2 * (base->count + over->count));
    struct map positions = {0};
    if (merged == NULL) return NULL;
    for (size_t i = 0; i < base->count; i++) {
        map_set(merger->arena, &positions, node_key(base, i)->text, &merged->items[2 * i + 1]);
        add_pair(merged, node_key(base, i), node_value(base, i));
    }
    for (size_t i = 0; i < over->count; i++) {
        const struct node *key = node_key(over, i), *value = node_value(over, i);
        const struct node **at = map_find(&positions, key->text);
        if (at == NULL && !is_reset(value)) add_pair(merged, key, value);
        if (at == NULL) continue;
        struct frame inner = {.up = frame, .key = key->text};
        *at = is_reset(value) ? NULL : merge(merger, &inner, find_special(place, key->text), *at, value);
        if (*at == NULL && !is_reset(value)) return NULL;
    }
    drop_reset(merged);
    return merged;
}

static const struct node *append(struct compose_merger *merger, const struct node *base, const struct node *over) {
    struct node *merged = copy_shell(merger, base, base->count + over->count);
    if (merged == NULL) return NULL;
    for (size_t i = 0; i < base->count; i++)
        add_item(merged, base->items[i]);
    for (size_t i = 0; i < over->count; i++)
        add_item(merged, over->items[i]);
    return merged;
}

static const struct node *merge_trees(struct compose_merger *merger, const struct frame *frame, enum place_kind place,
                                      const struct node *base, const struct node *over) {
    if (over->kind == NODE_NULL) return base;
    if (node_is_scalar(base)) return over;
    if (base->kind != over->kind) return refuse(merger, frame, base, over);
    if (base->kind == NODE_SEQUENCE) return append(merger, base, over);
    return merge_mappings(merger, frame, place, base, over);
}

/* `build: ./dir` is `build: {context: ./dir}`. */
static const struct node *long_build(struct compose_merger *merger, const struct node *build) {
    if (!node_is_scalar(build) || build->kind == NODE_NULL) return build;
    struct node *mapping = copy_shell(merger, build, 2);
    if (mapping == NULL) return NULL;
    mapping->kind = NODE_MAPPING;
    add_pair(mapping, node_string(merger->arena, TEXT("context")), build);
    return mapping;
}

static size_t pair_count(const struct node *node) {
    return node_is_scalar(node) ? node->kind != NODE_NULL : node->count;
}

/* `over`: whose `!reset` takes pairs away; NULL when these are its own. */
static bool add_pairs(struct compose_merger *merger, const struct frame *frame, struct node *list,
                      const struct node *from, const struct node *over) {
    if (node_is_scalar(from)) {
        if (from->kind != NODE_NULL) add_item(list, from);
        return true;
    }
    bool is_ours = text_is(node_tag(from), COMPOSE_PAIRS_TAG);
    for (size_t i = 0; i < from->count; i++) {
        if (from->kind == NODE_MAPPING) {
            const struct node *other = node_find_text(over, node_key(from, i)->text);
            if (is_reset(node_value(from, i)) || (other != NULL && is_reset(other))) continue;
            struct node *pair = copy_shell(merger, from, 2);
            if (pair == NULL) return false;
            add_pair(pair, node_key(from, i), node_value(from, i));
            add_item(list, pair);
        } else if (is_ours || node_is_scalar(from->items[i])) {
            add_item(list, from->items[i]);
        } else {
            refuse(merger, frame, from, from->items[i]);
            return false;
        }
    }
    return true;
}

static const struct node *merge_pairs(struct compose_merger *merger, const struct frame *frame, const struct node *base,
                                      const struct node *over) {
    struct node *list = copy_shell(merger, base, pair_count(base) + pair_count(over));
    if (list == NULL) return NULL;
    list->kind = NODE_SEQUENCE;
    list->tag = COMPOSE_PAIRS_TAG;
    return add_pairs(merger, frame, list, base, over) && add_pairs(merger, frame, list, over, NULL) ? list : NULL;
}

/* A value alone is a list of it. */
static const struct node *as_list(struct compose_merger *merger, const struct node *node) {
    if (node->kind == NODE_SEQUENCE || node->kind == NODE_NULL) return node;
    struct node *list = copy_shell(merger, node, 1);
    if (list == NULL) return NULL;
    list->kind = NODE_SEQUENCE;
    add_item(list, node);
    return list;
}

static const struct node *merge(struct compose_merger *merger, const struct frame *frame, const struct special *special,
                                const struct node *base, const struct node *over) {
    if (is_override(over) || is_reset(base)) return over;
    switch (special->rule) {
    case RULE_TAKE:
        return over;
    case RULE_KEYS:
        if (over->kind == NODE_SEQUENCE && !text_is(node_tag(over), COMPOSE_PAIRS_TAG))
            return refuse(merger, frame, base, over);
        return merge_pairs(merger, frame, base, over);
    case RULE_PAIRS:
        return merge_pairs(merger, frame, base, over);
    case RULE_BUILD:
        base = long_build(merger, base);
        over = long_build(merger, over);
        break;
    case RULE_LIST:
        base = as_list(merger, base);
        over = as_list(merger, over);
        break;
    case RULE_TREE:
        break;
    }
    return base == NULL || over == NULL ? NULL : merge_trees(merger, frame, special->inner, base, over);
}

bool compose_merge(struct compose_merger *merger, const struct node *base, const struct node *over,
                   const struct node **out) {
    const struct node *merged = merge_mappings(merger, NULL, PLACE_ROOT, base, over);
    if (merged != NULL) *out = merged;
    return merged != NULL;
}

bool compose_merge_service(struct compose_merger *merger, struct text name, const struct node *base,
                           const struct node *over, const struct node **out) {
    struct frame services = {.key = TEXT("services")}, frame = {.up = &services, .key = name};
    const struct node *merged = merge_trees(merger, &frame, PLACE_SERVICE, base, over);
    if (merged != NULL) *out = merged;
    return merged != NULL;
}

/* ---- tags that had nothing to act on ---- */

static bool has_tags(const struct node *node) {
    if (is_reset(node) || is_override(node)) return true;
    size_t items = node_is_scalar(node) ? 0 : node->kind == NODE_MAPPING ? 2 * node->count : node->count;
    for (size_t i = 0; i < items; i++)
        if (has_tags(node->items[i])) return true;
    return false;
}

/* Within what is put in another's place `!reset` has nothing to take away: its value is one as any other. */
static const struct node *finish(struct compose_merger *merger, const struct node *tree, bool is_inside) {
    if (!has_tags(tree)) return tree;
    if (node_is_scalar(tree)) {
        struct node *scalar = arena_alloc(merger->arena, sizeof(*scalar));
        *scalar = *tree;
        scalar->tag = NULL;
        return scalar;
    }
    bool is_mapping = tree->kind == NODE_MAPPING;
    struct node *copy = copy_shell(merger, tree, is_mapping ? 2 * tree->count : tree->count);
    if (copy == NULL) return NULL;
    if (is_override(tree) || is_reset(tree)) copy->tag = NULL;
    is_inside |= is_override(tree);
    for (size_t i = 0; i < tree->count; i++) {
        const struct node *value = is_mapping ? node_value(tree, i) : tree->items[i];
        if (is_reset(value) && !is_inside) continue;
        value = finish(merger, value, is_inside);
        if (value == NULL) return NULL;
        if (is_mapping) add_pair(copy, node_key(tree, i), value);
        if (!is_mapping) add_item(copy, value);
    }
    return copy;
}

bool compose_merge_finish(struct compose_merger *merger, const struct node *tree, const struct node **out) {
    const struct node *finished = finish(merger, tree, false);
    if (finished != NULL) *out = finished;
    return finished != NULL;
}
