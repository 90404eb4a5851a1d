#include "model/settings_missing.h"

#include <string.h>

static bool is_at(const struct diagnostic *diagnostic, const char *rule, const struct node *node) {
    struct place place = node_place(node);
    return diagnostic->place.source == place.source && diagnostic->place.line == place.line &&
           diagnostic->place.column == place.column && strcmp(diagnostic->rule, rule) == 0;
}

static bool is_told(const struct diagnostics *diagnostics, const char *rule, const struct node *node) {
    for (size_t i = 0; i < diagnostics->list.count; i++)
        if (is_at(diagnostics->list.items[i], rule, node)) return true;
    return false;
}

static void drop(struct diagnostics *diagnostics, const struct node *mapping) {
    struct list *list = &diagnostics->list;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!is_at(list->items[i], "settings-value", mapping)) list->items[kept++] = list->items[i];
    list->count = kept;
}

static void visit(const struct node *node, struct diagnostics *diagnostics) {
    bool is_mapping = node->kind == NODE_MAPPING, is_misspelt = false;
    if (node_is_scalar(node)) return;
    if (is_mapping && is_told(diagnostics, "settings-value", node))
        for (size_t i = 0; i < node->count && !is_misspelt; i++)
            is_misspelt = is_told(diagnostics, "unknown-key", node_key(node, i));
    if (is_misspelt) drop(diagnostics, node);
    for (size_t i = 0; i < node->count; i++)
        visit(is_mapping ? node_value(node, i) : node->items[i], diagnostics);
}

void settings_missing_drop(const struct node *tree, struct diagnostics *diagnostics) {
    bool has_unknown = false;
    for (size_t i = 0; i < diagnostics->list.count && !has_unknown; i++)
        has_unknown = strcmp(((const struct diagnostic *)diagnostics->list.items[i])->rule, "unknown-key") == 0;
    if (has_unknown) visit(tree, diagnostics);
}
