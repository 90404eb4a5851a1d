#include "docker/compose_scan.h"

#include "base/buffer.h"
#include "docker/compose_interpolate.h"
#include "docker/compose_scalar.h"

#define SHOWN_LIMIT 200 /* bytes of a template in a message */

/* The way down to a value; spelled only when something is wrong. */
struct frame {
    const struct frame *up;
    struct text key; /* absent: an item of a list */
    size_t index;
};

static void spell_path(struct buffer *buffer, const struct frame *frame) {
    if (frame == NULL) return;
    spell_path(buffer, frame->up);
    if (!text_is_given(frame->key)) {
        buffer_format(buffer, "[%zu]", frame->index);
        return;
    }
    if (frame->up != NULL) buffer_add_byte(buffer, '.');
    buffer_add(buffer, frame->key);
}

static struct text path_text(struct compose_scan *scan, const struct frame *frame) {
    struct buffer buffer = buffer_in(scan->arena);
    spell_path(&buffer, frame);
    return text_printable(scan->arena, buffer_text(&buffer));
}

/* compose-go's words (interpolation.go newPathError), on one line. */
static void report_template(struct compose_scan *scan, const struct frame *frame, const struct node *node,
                            struct text problem) {
    struct text path = path_text(scan, frame);
    struct text shown = text_printable(scan->arena, text_first(problem, SHOWN_LIMIT));
    diag_add(scan->diagnostics, DIAG_ERROR, "compose-interpolation", node_place(node),
             "invalid interpolation format for %.*s: '%.*s'; you may need to escape any $ with another $",
             TEXT_ARG(path), TEXT_ARG(shown));
    scan->has_failed = true;
}

/* A variable that must be set, and is not. */
static void check_required(struct compose_scan *scan, const struct frame *frame, const struct node *node) {
    struct value value = {0};
    struct text problem;
    struct compose_evaluation evaluation;
    struct arena_mark mark = arena_mark(scan->arena);
    if (!compose_interpolate(scan->arena, node->text, &value, &problem)) return;
    if (compose_evaluate(scan->arena, &value, scan->variables, &evaluation)) {
        arena_release(scan->arena, mark);
        return;
    }
    struct text path = path_text(scan, frame), shown = text_printable(scan->arena, evaluation.problem);
    diag_add(scan->diagnostics, DIAG_ERROR, "compose-interpolation", node_place(node),
             "error while interpolating %.*s: %.*s", TEXT_ARG(path), TEXT_ARG(shown));
    scan->has_failed = true;
}

/* go-yaml, before anything else. */
static void check_tag(struct compose_scan *scan, const struct node *node) {
    struct text problem = compose_scalar_problem(scan->arena, node);
    if (!text_is_given(problem)) return;
    diag_add(scan->diagnostics, DIAG_ERROR, "compose-schema", node_place(node), "%.*s", TEXT_ARG(problem));
    scan->has_failed = true;
}

/* `1:` and `true:` are no strings. convertToStringKeysRecursive of compose-go goes through all of the file. */
static void check_key(struct compose_scan *scan, const struct frame *frame, const struct node *key) {
    if (!node_is_scalar(key) || compose_scalar_of(scan->arena, key).kind == COMPOSE_STRING) return;
    struct text path = path_text(scan, frame), shown = text_printable(scan->arena, text_first(key->text, SHOWN_LIMIT));
    diag_add(scan->diagnostics, DIAG_ERROR, "compose-schema", node_place(key),
             "non-string key%s%.*s: %.*s, which must be quoted", path.len > 0 ? " in " : " at top level",
             TEXT_ARG(path), TEXT_ARG(shown));
    scan->has_failed = true;
}

static void scan_node(struct compose_scan *scan, const struct frame *frame, const struct node *node) {
    struct frame inner = {.up = frame};
    struct text problem;
    if (node->tag != NULL && (text_is(node_tag(node), "!reset") || text_is(node_tag(node), "!override")))
        scan->has_tags = true;
    if (node_is_scalar(node)) {
        if (node->tag != NULL) check_tag(scan, node);
        if (!compose_is_template(node->text, &problem)) {
            report_template(scan, frame, node, problem);
        } else if (scan->variables != NULL && text_has(node->text, '$')) {
            check_required(scan, frame, node);
        }
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        bool pair = node->kind == NODE_MAPPING;
        inner.key = pair ? node_key(node, i)->text : (struct text){0};
        inner.index = i;
        if (pair) check_key(scan, frame, node_key(node, i));
        scan_node(scan, &inner, pair ? node_value(node, i) : node->items[i]);
    }
}

bool compose_scan(struct compose_scan *scan, const struct node *document) {
    scan_node(scan, NULL, document);
    return !scan->has_failed;
}
