#include "report/change_json.h"

const struct node *change_json_string(struct arena *arena, struct text text) {
    if (!text_is_given(text)) return node_null(arena);
    return node_string(arena, text_is_utf8(text) ? text : text_printable(arena, text));
}

static void set_place(struct arena *arena, struct node *node, struct place place) {
    struct text path = place.source == NULL ? (struct text){0} : place.source->path;
    node_set(arena, node, "path", change_json_string(arena, path));
    node_set(arena, node, "line",
             place.source == NULL || place.line == 0 ? node_null(arena) : node_number(arena, place.line));
}

const struct node *change_json_base(struct arena *arena, const struct base *base) {
    struct node *node = node_mapping(arena);
    if (base == NULL) return node_null(arena);
    node_set(arena, node, "rung", node_string(arena, text_from(base_rung_name(base->rung))));
    node_set(arena, node, "ref", change_json_string(arena, base->ref));
    node_set(arena, node, "base", change_json_string(arena, base->commit));
    node_set(arena, node, "sentence", change_json_string(arena, base->sentence));
    node_set(arena, node, "remedy", change_json_string(arena, base->remedy));
    node_set(arena, node, "everything", node_bool(arena, base->is_everything));
    node_set(arena, node, "files",
             base->is_everything ? node_null(arena) : node_number(arena, (long)base->changes.count));
    return node;
}

const struct node *change_json_why(struct arena *arena, const struct plan *plan, const struct plan_image *planned) {
    const struct reason *why = &planned->why;
    struct node *node = node_mapping(arena);
    if (why->kind == REASON_NONE) return node_null(arena);
    struct text everything = plan->base == NULL ? TEXT("") : plan->base->sentence;
    struct text changed = why->change == NULL ? (struct text){0} : why->change->path;
    struct text through = why->through == NULL ? (struct text){0} : why->through->name;
    node_set(arena, node, "rule", node_string(arena, text_from(reason_name(why->kind))));
    node_set(arena, node, "sentence", change_json_string(arena, reason_sentence(arena, why, everything)));
    node_set(arena, node, "changed", change_json_string(arena, changed));
    set_place(arena, node, why->place);
    node_set(arena, node, "through", change_json_string(arena, through));
    return node;
}

const struct node *change_json_widened(struct arena *arena, const struct watch *watch) {
    struct node *node = node_mapping(arena);
    if (watch == NULL || !watch->is_widened) return node_null(arena);
    node_set(arena, node, "reason", change_json_string(arena, watch->reason));
    set_place(arena, node, watch->reason_place);
    return node;
}

const struct node *change_json_links(struct arena *arena, const struct plan_image *planned) {
    struct node *list = node_sequence(arena);
    for (size_t i = 0; i < planned->links.count; i++)
        node_append(arena, list,
                    change_json_string(arena, ((const struct plan_link *)planned->links.items[i])->base->image->name));
    return list;
}
