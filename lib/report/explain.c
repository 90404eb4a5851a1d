#include "report/explain.h"

#include "report/change_json.h"
#include "report/wrap.h"

#define BOLD "\033[1m"
#define PLAIN "\033[0m"
#define INDENT 4

static struct text where(struct arena *arena, struct place place) {
    if (place.source == NULL) return TEXT("");
    return place.line == 0 ? place.source->path
                           : text_format(arena, "%.*s:%u", TEXT_ARG(place.source->path), place.line);
}

static void add_line(struct buffer *buffer, const struct explanation *explanation, struct text words) {
    buffer_add_repeated(buffer, ' ', INDENT);
    wrap_add(buffer, text_printable(buffer->arena, words), INDENT, INDENT + 2, explanation->width);
}

/* --- why --- */

static struct text rule_words(struct arena *arena, const struct match_answer *answer) {
    const struct watch_rule *rule = answer->rule;
    if (rule == NULL) return TEXT("");
    struct text place = rule->input == NULL ? TEXT("") : where(arena, rule->input->place);
    switch (rule->kind) {
    case WATCH_SOURCE:
        return text_format(arena, "%.*s takes it", TEXT_ARG(place));
    case WATCH_CONTEXT:
        return place.len == 0 ? TEXT("all of the context counts")
                              : text_format(arena, "%.*s takes all of the context", TEXT_ARG(place));
    case WATCH_NAMED:
        return text_format(arena, "it is in the named context %.*s", TEXT_ARG(rule->key));
    case WATCH_LINK:
        return TEXT("it leads to what the image is built from");
    case WATCH_DOCKERFILE:
    case WATCH_IGNORE_FILE:
    case WATCH_DECLARATION:
        break;
    }
    return TEXT("it says how the image is built");
}

/* How near the nearest change came. */
static struct text near_words(struct arena *arena, const struct explained *explained) {
    const struct match_answer *answer = &explained->near.answer;
    const struct image *image = explained->planned->image;
    const struct watch *watch = explained->watch;
    struct text path = explained->near.change->path, rule = rule_words(arena, answer);
    struct text before = text_format(arena, "nearest: %.*s %s", TEXT_ARG(path), change_verb(explained->near.change));
    switch (answer->nearness) {
    case MATCH_LEFT_OUT:
        if (answer->pattern != NULL)
            return text_format(arena, "%.*s; %.*s, but %.*s:%u leaves it out", TEXT_ARG(before), TEXT_ARG(rule),
                               TEXT_ARG(answer->rule->context->ignore.path), answer->pattern->place.line);
        if (answer->is_excluded)
            return text_format(arena, "%.*s; %.*s, but for its --exclude", TEXT_ARG(before), TEXT_ARG(rule));
        if (answer->glob != NULL) {
            struct text place = where(arena, node_place(answer->glob->node));
            return text_format(arena, "%.*s; %.*s, but 'ignore: %.*s' at %.*s leaves it out", TEXT_ARG(before),
                               TEXT_ARG(rule), TEXT_ARG(answer->glob->text), TEXT_ARG(place));
        }
        break;
    case MATCH_INSIDE:
        return text_format(arena, "%.*s; it is in the context %.*s, and no instruction takes it", TEXT_ARG(before),
                           TEXT_ARG(image->context));
    case MATCH_FAR:
        if (watch->context == NULL)
            return text_format(arena, "%.*s; the image takes nothing of the repository", TEXT_ARG(before));
        return text_format(arena, "%.*s; it is not in the context %.*s", TEXT_ARG(before), TEXT_ARG(image->context));
    case MATCH_TAKEN:
        return text_format(arena, "%.*s; %.*s, as before", TEXT_ARG(before), TEXT_ARG(rule));
    }
    return before;
}

static void add_why(struct buffer *buffer, const struct explanation *explanation, const struct explained *explained) {
    const struct plan_image *planned = explained->planned;
    add_line(buffer, explanation, plan_image_sentence(buffer->arena, explanation->plan, planned));
    bool was_compared = explanation->plan->base != NULL && !explanation->plan->base->is_everything;
    if (planned->why.kind == REASON_NONE && was_compared && explained->near.change != NULL)
        add_line(buffer, explanation, near_words(buffer->arena, explained));
    if (planned->why.kind == REASON_NONE && was_compared && explained->near.change == NULL)
        add_line(buffer, explanation, TEXT("no file changed at all"));
}

/* The way of the change, from the file to this image. */
static void add_chain(struct buffer *buffer, const struct explanation *explanation, const struct plan_image *planned) {
    const struct plan *plan = explanation->plan;
    const struct image *through = planned->why.kind == REASON_BASE ? planned->why.through : NULL;
    for (size_t depth = 0; through != NULL && depth < plan->images.count; depth++) {
        const struct plan_image *base = NULL;
        for (size_t i = 0; i < plan->images.count && base == NULL; i++)
            if (((const struct plan_image *)plan->images.items[i])->image == through) base = plan->images.items[i];
        if (base == NULL) return;
        struct text sentence = plan_image_sentence(buffer->arena, plan, base);
        add_line(buffer, explanation,
                 text_format(buffer->arena, "%.*s: %.*s", TEXT_ARG(through->name), TEXT_ARG(sentence)));
        through = base->why.kind == REASON_BASE ? base->why.through : NULL;
    }
}

static void add_dependants(struct buffer *buffer, const struct explanation *explanation,
                           const struct plan_image *planned) {
    struct buffer words = buffer_in(buffer->arena);
    for (size_t i = 0; i < explanation->plan->images.count; i++) {
        const struct plan_image *other = explanation->plan->images.items[i];
        for (size_t j = 0; j < other->links.count; j++) {
            const struct plan_link *link = other->links.items[j];
            if (link->base != planned) continue;
            struct text place = where(buffer->arena, link->place);
            buffer_format(&words, "%s%.*s (%.*s)", words.len == 0 ? "" : ", ", TEXT_ARG(other->image->name),
                          TEXT_ARG(place));
            break;
        }
    }
    if (words.len == 0) return;
    struct text names = buffer_text(&words);
    add_line(buffer, explanation, text_format(buffer->arena, "built from it: %.*s", TEXT_ARG(names)));
}

static void add_width(struct buffer *buffer, const struct explanation *explanation, const struct watch *watch) {
    if (watch == NULL || !watch->is_widened) return;
    struct text place = where(buffer->arena, watch->reason_place);
    add_line(buffer, explanation,
             text_format(buffer->arena, "any change in its context builds it: %.*s%s%.*s", TEXT_ARG(watch->reason),
                         place.len == 0 ? "" : ", ", TEXT_ARG(place)));
}

static void add_image(struct buffer *buffer, const struct explanation *explanation, const struct explained *explained) {
    const struct plan_image *planned = explained->planned;
    struct text name = text_printable(buffer->arena, planned->image->name);
    buffer_format(buffer, "\n%s%.*s%s: %s\n", explanation->has_colour ? BOLD : "", TEXT_ARG(name),
                  explanation->has_colour ? PLAIN : "", planned->is_built ? "built" : "not built");
    add_why(buffer, explanation, explained);
    add_chain(buffer, explanation, planned);
    add_dependants(buffer, explanation, planned);
    add_width(buffer, explanation, explained->watch);
}

void explain_write(struct buffer *buffer, const struct explanation *explanation) {
    const struct base *base = explanation->plan->base;
    struct buffer words = buffer_in(buffer->arena);
    if (base != NULL) buffer_add(&words, base->sentence);
    if (base != NULL && text_is_given(base->commit) && !text_equal(base->commit, base->ref))
        buffer_format(&words, " (%.*s)", TEXT_ARG(text_first(base->commit, 12)));
    if (base != NULL && !base->is_everything)
        buffer_format(&words, ", %zu changed file%s", base->changes.count, base->changes.count == 1 ? "" : "s");
    if (words.len > 0) wrap_add(buffer, text_printable(buffer->arena, buffer_text(&words)), 0, 2, explanation->width);
    if (explanation->images->count == 0) buffer_add_string(buffer, "\nno image is built\n");
    for (size_t i = 0; i < explanation->images->count; i++)
        add_image(buffer, explanation, explanation->images->items[i]);
}

/* --- JSON --- */

static const struct node *near_node(struct arena *arena, const struct explained *explained) {
    static const char *const names[] = {
        [MATCH_FAR] = "outside", [MATCH_INSIDE] = "inside", [MATCH_LEFT_OUT] = "left-out", [MATCH_TAKEN] = "taken"};
    struct node *node = node_mapping(arena);
    if (explained->near.change == NULL || explained->planned->why.kind != REASON_NONE) return node_null(arena);
    node_set(arena, node, "changed", change_json_string(arena, explained->near.change->path));
    node_set(arena, node, "nearness", node_string(arena, text_from(names[explained->near.answer.nearness])));
    node_set(arena, node, "sentence", change_json_string(arena, near_words(arena, explained)));
    return node;
}

const struct node *explain_json(struct arena *arena, const struct explanation *explanation) {
    struct node *root = node_mapping(arena), *list = node_sequence(arena);
    for (size_t i = 0; i < explanation->images->count; i++) {
        const struct explained *explained = explanation->images->items[i];
        const struct plan_image *planned = explained->planned;
        struct node *node = node_mapping(arena);
        node_set(arena, node, "name", change_json_string(arena, planned->image->name));
        node_set(arena, node, "dockerfile", change_json_string(arena, planned->image->dockerfile));
        node_set(arena, node, "context", change_json_string(arena, planned->image->context));
        node_set(arena, node, "affected", node_bool(arena, planned->why.kind != REASON_NONE));
        node_set(arena, node, "built", node_bool(arena, planned->is_built));
        node_set(arena, node, "sentence",
                 change_json_string(arena, plan_image_sentence(arena, explanation->plan, planned)));
        node_set(arena, node, "why", change_json_why(arena, explanation->plan, planned));
        node_set(arena, node, "near", near_node(arena, explained));
        node_set(arena, node, "widened", change_json_widened(arena, explained->watch));
        node_set(arena, node, "built_from", change_json_links(arena, planned));
        node_append(arena, list, node);
    }
    node_set(arena, root, "change", change_json_base(arena, explanation->plan->base));
    node_set(arena, root, "images", list);
    return root;
}
