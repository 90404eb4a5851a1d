#include "docker/compose_merge.h"

#include "base/buffer.h"
#include "base/map.h"

/* Where in the tree a value stands, as far as the rules ask. */
enum place_kind { PLACE_ROOT, PLACE_SERVICES, PLACE_SERVICE, PLACE_BUILD, PLACE_OTHER };

enum rule {
    RULE_TREE,  /* by kind: mappings by key, lists append, scalars are replaced */
    RULE_BUILD, /* a string is a context, then as a tree */
    RULE_PAIRS, /* one list of pairs */
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
    {PLACE_SERVICE, NULL, RULE_TAKE, PLACE_OTHER},
    {PLACE_BUILD, "args", RULE_PAIRS, PLACE_OTHER},
    {PLACE_BUILD, "labels", RULE_PAIRS, PLACE_OTHER},
    {PLACE_BUILD, "additional_contexts", RULE_PAIRS, PLACE_OTHER},
    {PLACE_BUILD, "extra_hosts", RULE_PAIRS, PLACE_OTHER},
    {PLACE_BUILD, "ssh", RULE_PAIRS, PLACE_OTHER},
    {PLACE_BUILD, NULL, RULE_TREE, PLACE_OTHER},
    {PLACE_OTHER, NULL, RULE_TREE, PLACE_OTHER},
};

/* The way down to a value; spelled only when something is wrong. */
struct frame {
    const struct frame *up;
    struct text key;
};

struct merger {
    struct arena *arena;
    struct diagnostics *diagnostics;
};

static const struct node *merge(struct merger *merger, const struct frame *frame, const struct special *special,
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

static const struct node *refuse(struct merger *merger, const struct frame *frame, const struct node *base,
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

static bool is_tagged(const struct node *node) {
    return text_is(node_tag(node), "!reset") || text_is(node_tag(node), "!override");
}

static struct node *copy_shell(struct merger *merger, const struct node *from, size_t pointers) {
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

/* Positions of the base's keys are kept in a hash: `services` may hold thousands. */
static const struct node *merge_mappings(struct merger *merger, const struct frame *frame, enum place_kind place,
                                         const struct node *base, const struct node *over) {
    struct node *merged = copy_shell(merger, base, 2 * (base->count + over->count));
    struct map positions = {0};
    for (size_t i = 0; i < base->count; i++) {
        map_set(merger->arena, &positions, node_key(base, i)->text, &merged->items[2 * i + 1]);
        add_pair(merged, node_key(base, i), node_value(base, i));
    }
    for (size_t i = 0; i < over->count; i++) {
        const struct node *key = node_key(over, i);
        const struct node **at = map_find(&positions, key->text);
        if (at == NULL) {
            add_pair(merged, key, node_value(over, i));
            continue;
        }
        struct frame inner = {.up = frame, .key = key->text};
        *at = merge(merger, &inner, find_special(place, key->text), *at, node_value(over, i));
        if (*at == NULL) return NULL;
    }
    return merged;
}

static const struct node *append(struct merger *merger, const struct node *base, const struct node *over) {
    struct node *merged = copy_shell(merger, base, base->count + over->count);
    for (size_t i = 0; i < base->count; i++)
        add_item(merged, base->items[i]);
    for (size_t i = 0; i < over->count; i++)
        add_item(merged, over->items[i]);
    return merged;
}

static const struct node *merge_trees(struct merger *merger, const struct frame *frame, enum place_kind place,
                                      const struct node *base, const struct node *over) {
    if (over->kind == NODE_NULL) return base;
    if (node_is_scalar(base)) return over;
    if (base->kind != over->kind) return refuse(merger, frame, base, over);
    if (base->kind == NODE_SEQUENCE) return append(merger, base, over);
    return merge_mappings(merger, frame, place, base, over);
}

/* `build: ./dir` is `build: {context: ./dir}`. */
static const struct node *long_build(struct merger *merger, const struct node *build) {
    if (!node_is_scalar(build) || build->kind == NODE_NULL) return build;
    struct node *mapping = copy_shell(merger, build, 2);
    mapping->kind = NODE_MAPPING;
    add_pair(mapping, node_string(merger->arena, TEXT("context")), build);
    return mapping;
}

static size_t pair_count(const struct node *node) {
    return node_is_scalar(node) ? node->kind != NODE_NULL : node->count;
}

static bool add_pairs(struct merger *merger, const struct frame *frame, struct node *list, const struct node *from) {
    if (node_is_scalar(from)) {
        if (from->kind != NODE_NULL) add_item(list, from);
        return true;
    }
    bool is_ours = text_is(node_tag(from), COMPOSE_PAIRS_TAG);
    for (size_t i = 0; i < from->count; i++) {
        if (from->kind == NODE_MAPPING) {
            struct node *pair = copy_shell(merger, from, 2);
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

static const struct node *merge_pairs(struct merger *merger, const struct frame *frame, const struct node *base,
                                      const struct node *over) {
    struct node *list = copy_shell(merger, base, pair_count(base) + pair_count(over));
    list->kind = NODE_SEQUENCE;
    list->tag = COMPOSE_PAIRS_TAG;
    return add_pairs(merger, frame, list, base) && add_pairs(merger, frame, list, over) ? list : NULL;
}

static const struct node *merge(struct merger *merger, const struct frame *frame, const struct special *special,
                                const struct node *base, const struct node *over) {
    if (is_tagged(over)) return base;
    switch (special->rule) {
    case RULE_TAKE:
        return over;
    case RULE_PAIRS:
        return merge_pairs(merger, frame, base, over);
    case RULE_BUILD:
        base = long_build(merger, base);
        over = long_build(merger, over);
        break;
    case RULE_TREE:
        break;
    }
    return merge_trees(merger, frame, special->inner, base, over);
}

bool compose_merge(struct arena *arena, struct diagnostics *diagnostics, const struct node *base,
                   const struct node *over, const struct node **out) {
    struct merger merger = {.arena = arena, .diagnostics = diagnostics};
    const struct node *merged = merge_mappings(&merger, NULL, PLACE_ROOT, base, over);
    if (merged != NULL) *out = merged;
    return merged != NULL;
}
