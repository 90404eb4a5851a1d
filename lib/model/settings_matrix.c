#include "model/settings_matrix.h"

#include <string.h>

#define REFUSE(diagnostics, node, ...)                                                                                 \
    ((void)diag_add((diagnostics), DIAG_ERROR, "settings-value", node_place(node), __VA_ARGS__), false)

/* A list is the one dimension without a name. */
static const struct node *setup_of(const struct node *matrix) {
    return matrix->kind == NODE_MAPPING ? node_find(matrix, "setup") : matrix;
}

/* Buildkite puts it into the command as it is, between quotes. */
static bool breaks_quotes(struct text text) {
    static const char signs[] = "'\"`$\\\n\r";
    for (size_t i = 0; i + 1 < sizeof(signs); i++)
        if (text_has(text, signs[i])) return true;
    return false;
}

static bool check_elements(const struct node *elements, struct diagnostics *diagnostics) {
    bool ok = true;
    if (elements->kind != NODE_SEQUENCE || elements->count == 0)
        return REFUSE(diagnostics, elements, "a dimension of a matrix is a list of values, not %s",
                      elements->kind == NODE_SEQUENCE ? "an empty one" : node_kind_name(elements));
    if (elements->count > MATRIX_ELEMENTS)
        ok = REFUSE(diagnostics, elements, "a dimension of a matrix has at most %d values, not %zu", MATRIX_ELEMENTS,
                    elements->count);
    for (size_t i = 0; i < elements->count; i++) {
        const struct node *element = elements->items[i];
        if (!node_is_scalar(element) || element->kind == NODE_NULL) {
            ok = REFUSE(diagnostics, element, "a value of a matrix is a string, not %s", node_kind_name(element));
        } else if (element->text.len > MATRIX_ELEMENT_BYTES) {
            ok = REFUSE(diagnostics, element, "a value of a matrix has at most %d bytes", MATRIX_ELEMENT_BYTES);
        } else if (breaks_quotes(element->text)) {
            ok = REFUSE(diagnostics, element, "a value with quotes, '$', '\\' or a line's end would break the command");
        }
    }
    return ok;
}

static bool is_dimension(struct text name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (!fits) return false;
    }
    return name.len > 0;
}

static bool check_setup(const struct node *matrix, const struct node *setup, struct diagnostics *diagnostics) {
    bool ok = true;
    if (setup == NULL) return REFUSE(diagnostics, matrix, "a matrix needs 'setup', its values");
    if (setup->kind != NODE_MAPPING) return check_elements(setup, diagnostics);
    if (setup->count == 0 || setup->count > MATRIX_DIMENSIONS)
        ok = REFUSE(diagnostics, setup, "a matrix has 1 to %d dimensions, not %zu", MATRIX_DIMENSIONS, setup->count);
    for (size_t i = 0; i < setup->count; i++) {
        const struct node *name = node_key(setup, i);
        if (!is_dimension(name->text))
            ok = REFUSE(diagnostics, name, "the name of a dimension has letters, digits and '_' only");
        ok &= check_elements(node_value(setup, i), diagnostics);
    }
    return ok;
}

static bool has_element(const struct node *elements, const struct node *value) {
    for (size_t i = 0; elements != NULL && elements->kind == NODE_SEQUENCE && i < elements->count; i++)
        if (node_equal(elements->items[i], value)) return true;
    return false;
}

static bool names_all(const struct node *setup, const struct node *with) {
    if (setup->kind != NODE_MAPPING) return node_is_scalar(with) || with->kind == NODE_SEQUENCE;
    bool all = with->kind == NODE_MAPPING && with->count == setup->count;
    for (size_t i = 0; all && i < setup->count; i++)
        all = node_find_text(with, node_key(setup, i)->text) != NULL;
    return all;
}

/* It changes a job that the dimensions give anyway. */
static bool is_of_product(const struct node *setup, const struct node *with) {
    if (setup->kind != NODE_MAPPING) return has_element(setup, with);
    bool all = with->kind == NODE_MAPPING;
    for (size_t i = 0; all && i < with->count; i++)
        all = has_element(node_find_text(setup, node_key(with, i)->text), node_value(with, i));
    return all;
}

static bool check_adjustments(const struct node *setup, const struct node *adjustments,
                              struct diagnostics *diagnostics) {
    bool ok = true;
    if (adjustments == NULL) return true;
    if (adjustments->kind != NODE_SEQUENCE) return REFUSE(diagnostics, adjustments, "'adjustments' is a list");
    if (adjustments->count > MATRIX_ADJUSTMENTS)
        ok = REFUSE(diagnostics, adjustments, "a matrix has at most %d adjustments, not %zu", MATRIX_ADJUSTMENTS,
                    adjustments->count);
    for (size_t i = 0; i < adjustments->count; i++) {
        const struct node *with = node_find(adjustments->items[i], "with");
        if (with == NULL || !names_all(setup, with))
            ok = REFUSE(diagnostics, adjustments->items[i], "an adjustment says 'with' which value of each dimension");
    }
    return ok;
}

size_t settings_matrix_jobs(const struct node *matrix) {
    const struct node *setup = setup_of(matrix), *adjustments = node_find(matrix, "adjustments");
    size_t jobs = 1;
    if (setup == NULL || node_is_scalar(setup)) return 1;
    if (setup->kind == NODE_SEQUENCE) jobs = setup->count;
    for (size_t i = 0; setup->kind == NODE_MAPPING && i < setup->count && jobs <= MATRIX_JOBS; i++)
        jobs *= node_value(setup, i)->kind == NODE_SEQUENCE ? node_value(setup, i)->count : 1;
    for (size_t i = 0; adjustments != NULL && adjustments->kind == NODE_SEQUENCE && i < adjustments->count; i++) {
        const struct node *with = node_find(adjustments->items[i], "with");
        jobs += with != NULL && !is_of_product(setup, with);
    }
    return jobs == 0 ? 1 : jobs;
}

bool settings_check_matrix(const struct node *matrix, struct diagnostics *diagnostics) {
    if (matrix->kind != NODE_MAPPING && matrix->kind != NODE_SEQUENCE)
        return REFUSE(diagnostics, matrix, "'matrix' is a list of values or a mapping with 'setup'");
    const struct node *setup = setup_of(matrix);
    if (!check_setup(matrix, setup, diagnostics)) return false;
    bool ok = check_adjustments(setup, node_find(matrix, "adjustments"), diagnostics);
    size_t jobs = settings_matrix_jobs(matrix);
    if (jobs > MATRIX_JOBS)
        ok = REFUSE(diagnostics, matrix, "a matrix makes at most %d jobs, and this one more", MATRIX_JOBS);
    return ok;
}

/* The length of the `{{matrix}}` or `{{matrix.os}}` that begins here, with its dimension, which may be ""; 0: none does. */
static size_t read_word(struct text text, struct text *dimension) {
    static const struct text begin = TEXT_INIT("{{matrix");
    if (!text_has_prefix(text, begin)) return 0;
    struct text rest = text_from_offset(text, begin.len);
    size_t end = text_find(rest, '}');
    if (end == TEXT_NONE || !text_starts(text_from_offset(rest, end), "}}")) return 0;
    *dimension = text_first(rest, end);
    if (dimension->len > 0 && dimension->ptr[0] != '.') return 0;
    if (dimension->len > 0) *dimension = text_from_offset(*dimension, 1);
    return begin.len + end + 2;
}

static bool knows(const struct node *matrix, struct text dimension) {
    const struct node *setup = setup_of(matrix);
    if (setup == NULL || setup->kind != NODE_MAPPING) return dimension.len == 0; /* it is told of elsewhere */
    return dimension.len > 0 && node_find_text(setup, dimension) != NULL;
}

/* "{{matrix.os}} {{matrix.go}}" */
static struct text all_words(struct arena *arena, const struct node *matrix) {
    const struct node *setup = setup_of(matrix);
    struct buffer all = buffer_in(arena);
    if (setup == NULL || setup->kind != NODE_MAPPING) return TEXT("{{matrix}}");
    for (size_t i = 0; i < setup->count; i++)
        buffer_format(&all, "%s{{matrix.%.*s}}", i == 0 ? "" : " ", TEXT_ARG(node_key(setup, i)->text));
    return buffer_text(&all);
}

static bool check_text(const struct node *node, const struct node *matrix, struct diagnostics *diagnostics) {
    struct arena *arena = diagnostics->arena;
    struct text dimension;
    for (size_t i = 0; i < node->text.len; i++) {
        size_t len = read_word(text_from_offset(node->text, i), &dimension);
        if (len == 0 || (matrix != NULL && knows(matrix, dimension))) continue;
        struct text word = text_printable(arena, text_of(node->text.ptr + i, len));
        if (matrix == NULL) {
            diag_add(diagnostics, DIAG_ERROR, "matrix", node_place(node),
                     "%.*s stands for nothing here: the step has no 'matrix'", TEXT_ARG(word));
        } else {
            diag_add(diagnostics, DIAG_ERROR, "matrix", node_place(node),
                     "%.*s is no dimension of the step's matrix, which has %.*s", TEXT_ARG(word),
                     TEXT_ARG(text_printable(arena, all_words(arena, matrix))));
        }
        return false;
    }
    return true;
}

bool settings_check_matrix_words(const struct node *node, const struct node *matrix, struct diagnostics *diagnostics) {
    bool ok = true;
    if (node == NULL) return true;
    if (node_is_scalar(node)) return check_text(node, matrix, diagnostics);
    for (size_t i = 0; i < node->count; i++)
        ok &= settings_check_matrix_words(node->kind == NODE_MAPPING ? node_value(node, i) : node->items[i], matrix,
                                          diagnostics);
    return ok;
}

static bool is_in_text(struct text text, struct text wanted) {
    struct text dimension;
    for (size_t i = 0; i < text.len; i++)
        if (read_word(text_from_offset(text, i), &dimension) > 0 && text_equal(dimension, wanted)) return true;
    return false;
}

struct text settings_matrix_missing(struct arena *arena, const struct node *matrix, struct text text) {
    const struct node *setup = setup_of(matrix);
    bool is_mapping = setup != NULL && setup->kind == NODE_MAPPING;
    if (settings_matrix_jobs(matrix) == 1) return (struct text){0};
    if (!is_mapping) return is_in_text(text, TEXT("")) ? (struct text){0} : TEXT("{{matrix}}");
    for (size_t i = 0; i < setup->count; i++) {
        struct text name = node_key(setup, i)->text;
        bool varies = node_value(setup, i)->kind == NODE_SEQUENCE && node_value(setup, i)->count > 1;
        if (varies && !is_in_text(text, name)) return text_format(arena, "{{matrix.%.*s}}", TEXT_ARG(name));
    }
    return (struct text){0};
}

bool settings_has_matrix_word(const struct node *node) {
    if (node == NULL) return false;
    if (node_is_scalar(node)) return text_contains(node->text, TEXT("{{matrix"));
    bool has = false;
    for (size_t i = 0; !has && i < node->count; i++)
        has = settings_has_matrix_word(node->kind == NODE_MAPPING ? node_value(node, i) : node->items[i]);
    return has;
}
