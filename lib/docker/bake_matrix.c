#include "docker/bake_matrix.h"

#include "docker/bake_target.h"
#include "docker/hcl_expression.h"

#include <stdlib.h>

struct axis_value {
    const struct hcl_expression *expression;
    size_t size; /* expressions that it is made of */
};

struct axis {
    struct list values; /* of struct axis_value */
    const struct axis_value *chosen;
};

struct matrix {
    struct bake_scope *scope;
    const struct hcl_block *block;
    struct map axes; /* to struct axis */
    struct map names;
    struct bake_open *open;
};

static bool is_over_limit(struct matrix *matrix, size_t work) {
    struct bake_scope *scope = matrix->scope;
    bool was_over = scope->substituted > BAKE_WORK_LIMIT;
    scope->substituted += work;
    if (scope->substituted <= BAKE_WORK_LIMIT) return false;
    if (!was_over)
        diag_add(scope->diagnostics, DIAG_ERROR, "bake-limit", matrix->block->place,
                 "the variants of matrices are too much: more than a million values");
    return true;
}

static struct hcl_expression *copy_of(struct matrix *matrix, const struct hcl_expression *expression) {
    struct hcl_expression *copy = arena_alloc(matrix->scope->arena, sizeof(*copy));
    *copy = *expression;
    return copy;
}

static const struct hcl_expression *open_at(struct matrix *matrix, struct place place, const char *what) {
    struct hcl_expression *open = arena_alloc(matrix->scope->arena, sizeof(*open));
    *open = (struct hcl_expression){.kind = HCL_OPEN, .text = text_from(what), .place = place};
    return open;
}

/* ---- axes ---- */

static size_t size_of(const struct hcl_expression *expression) {
    size_t size = 1;
    for (size_t i = 0; i < expression->items.count; i++) {
        const struct hcl_pair *pair = expression->items.items[i];
        size += size_of(expression->kind == HCL_OBJECT ? pair->value : expression->items.items[i]);
    }
    return size;
}

static bool is_evaluated_name(const struct hcl_pair *pair) {
    return pair->is_template && (text_has(pair->name, '$') || text_has(pair->name, '%'));
}

static enum bake_matrix leave_open(struct matrix *matrix, const char *attribute, struct place place, struct text what) {
    *matrix->open = (struct bake_open){.attribute = text_from(attribute), .what = what, .place = place};
    return BAKE_MATRIX_OPEN;
}

static enum bake_matrix refuse(struct matrix *matrix, struct place place, const char *problem) {
    bake_refuse(matrix->scope->diagnostics, place, "%s", problem);
    return BAKE_MATRIX_WRONG;
}

static bool is_literal(const struct hcl_expression *expression) {
    return expression->kind == HCL_NULL || expression->kind == HCL_BOOL || expression->kind == HCL_NUMBER ||
           expression->kind == HCL_TEXT || expression->kind == HCL_LIST;
}

static bool add_value(struct matrix *matrix, struct axis *axis, const struct hcl_expression *item) {
    struct axis_value *value = arena_alloc(matrix->scope->arena, sizeof(*value));
    const struct hcl_expression *followed = bake_scope_follow(matrix->scope, item);
    if (followed == NULL) return false;
    *value = (struct axis_value){.expression = followed, .size = size_of(followed)};
    list_add(matrix->scope->arena, &axis->values, value);
    return true;
}

static int compare_pairs(const void *a, const void *b) {
    const struct hcl_pair *left = a, *right = b;
    return text_compare(left->name, right->name);
}

/* The values of an object, by their keys. */
static enum bake_matrix add_pairs(struct matrix *matrix, struct axis *axis, const struct hcl_expression *object) {
    struct map last = {0};
    struct list sorted = {0};
    for (size_t i = 0; i < object->items.count; i++) {
        const struct hcl_pair *pair = object->items.items[i];
        if (is_evaluated_name(pair))
            return leave_open(matrix, "matrix", pair->place, TEXT("a name that is not literal"));
        map_set(matrix->scope->arena, &last, pair->name, (void *)pair);
    }
    for (size_t i = 0; i < last.count; i++)
        list_add(matrix->scope->arena, &sorted, last.entries[i].value);
    list_sort(matrix->scope->arena, &sorted, compare_pairs);
    for (size_t i = 0; i < sorted.count; i++)
        if (!add_value(matrix, axis, ((const struct hcl_pair *)sorted.items[i])->value)) return BAKE_MATRIX_WRONG;
    return BAKE_MATRIX_KNOWN;
}

static enum bake_matrix add_axis(struct matrix *matrix, const struct hcl_pair *pair) {
    const struct hcl_expression *values = bake_scope_follow(matrix->scope, pair->value);
    struct axis *axis = arena_alloc(matrix->scope->arena, sizeof(*axis));
    if (values == NULL) return BAKE_MATRIX_WRONG;
    if (is_evaluated_name(pair)) return leave_open(matrix, "matrix", pair->place, TEXT("a name that is not literal"));
    map_set(matrix->scope->arena, &matrix->axes, pair->name, axis);
    if (values->kind == HCL_OBJECT) return add_pairs(matrix, axis, values);
    if (values->kind != HCL_LIST && is_literal(values))
        return refuse(matrix, values->place, "a matrix is made of lists");
    if (values->kind != HCL_LIST) {
        struct bake_scalar scalar = bake_scope_scalar(matrix->scope, values, "'matrix'");
        if (scalar.kind == BAKE_SCALAR_WRONG) return BAKE_MATRIX_WRONG;
        return leave_open(matrix, "matrix", scalar.place,
                          scalar.kind == BAKE_SCALAR_OPEN ? scalar.what : TEXT("a variable"));
    }
    for (size_t i = 0; i < values->items.count; i++)
        if (!add_value(matrix, axis, values->items.items[i])) return BAKE_MATRIX_WRONG;
    return BAKE_MATRIX_KNOWN;
}

static enum bake_matrix read_axes(struct matrix *matrix, const struct hcl_expression *value) {
    const struct hcl_expression *object = bake_scope_follow(matrix->scope, value);
    enum bake_matrix state = BAKE_MATRIX_KNOWN;
    if (object == NULL) return BAKE_MATRIX_WRONG;
    if (is_literal(object)) return refuse(matrix, object->place, "'matrix' must be an object");
    if (object->kind != HCL_OBJECT) {
        struct bake_scalar scalar = bake_scope_scalar(matrix->scope, object, "'matrix'");
        if (scalar.kind == BAKE_SCALAR_WRONG) return BAKE_MATRIX_WRONG;
        return leave_open(matrix, "matrix", scalar.place,
                          scalar.kind == BAKE_SCALAR_OPEN ? scalar.what : TEXT("a variable"));
    }
    for (size_t i = 0; i < object->items.count && state == BAKE_MATRIX_KNOWN; i++)
        state = add_axis(matrix, object->items.items[i]);
    return state;
}

/* ---- values in place of names; NULL: refused and reported ---- */

static const struct hcl_expression *substitute(struct matrix *matrix, const struct hcl_expression *expression);

static const struct hcl_expression *substitute_name(struct matrix *matrix, const struct hcl_expression *name) {
    const struct axis *axis = map_find(&matrix->axes, name->text);
    if (axis == NULL) {
        const struct hcl_expression *other = bake_scope_follow(matrix->scope, name); /* each variant reads it anew */
        return other == NULL || is_over_limit(matrix, size_of(other)) ? NULL : name;
    }
    if (is_over_limit(matrix, axis->chosen->size)) return NULL;
    struct hcl_expression *value = copy_of(matrix, axis->chosen->expression);
    value->place = name->place;
    return value;
}

static const struct hcl_expression *part_of_object(struct matrix *matrix, const struct hcl_expression *object,
                                                   const struct hcl_expression *key) {
    const struct hcl_expression *found = NULL;
    for (size_t i = 0; i < object->items.count; i++) {
        const struct hcl_pair *pair = object->items.items[i];
        if (is_evaluated_name(pair)) return open_at(matrix, key->place, "a name that is not literal");
        if (text_equal(pair->name, key->text)) found = pair->value;
    }
    if (is_over_limit(matrix, object->items.count / 16)) return NULL;
    if (found == NULL)
        bake_refuse(matrix->scope->diagnostics, key->place, "there is no '%.*s' in this value of the matrix",
                    (int)(key->text.len < 100 ? key->text.len : 100), key->text.ptr);
    return found;
}

static const struct hcl_expression *part_of_list(struct matrix *matrix, const struct hcl_expression *list,
                                                 const struct hcl_expression *key) {
    size_t index = 0;
    bool is_index = key->text.len < 8;
    if (key->kind == HCL_TEXT) return open_at(matrix, key->place, "a part of another value");
    for (size_t i = 0; is_index && i < key->text.len; i++) {
        if (key->text.ptr[i] < '0' || key->text.ptr[i] > '9') is_index = false;
        index = index * 10 + (size_t)(key->text.ptr[i] - '0');
    }
    if (is_index && index < list->items.count) return list->items.items[index];
    bake_refuse(matrix->scope->diagnostics, key->place, "there is no item %.*s in this value of the matrix",
                (int)(key->text.len < 100 ? key->text.len : 100), key->text.ptr);
    return NULL;
}

static const struct hcl_expression *substitute_member(struct matrix *matrix, const struct hcl_expression *member) {
    const struct hcl_expression *whole = substitute(matrix, member->items.items[0]), *key = member->items.items[1];
    if (whole == NULL || whole == member->items.items[0]) return whole == NULL ? NULL : member;
    whole = bake_scope_follow(matrix->scope, whole);
    if (whole == NULL) return NULL;
    const struct hcl_expression *part = NULL;
    if (whole->kind == HCL_OBJECT) {
        part = part_of_object(matrix, whole, key);
    } else if (whole->kind == HCL_LIST) {
        part = part_of_list(matrix, whole, key);
    } else if (is_literal(whole) || whole->kind == HCL_TEMPLATE) {
        refuse(matrix, key->place, "this value of the matrix is no object");
    } else {
        return open_at(matrix, member->place, "a part of another value");
    }
    part = part == NULL ? NULL : bake_scope_follow(matrix->scope, part);
    if (part == NULL) return NULL;
    struct hcl_expression *copy = copy_of(matrix, part);
    copy->place = member->place;
    return copy;
}

/* A name of JSON is a template. False: refused. */
static bool substitute_key(struct matrix *matrix, struct hcl_pair *pair, bool *is_open) {
    if (!is_evaluated_name(pair)) return true;
    struct hcl_expression unread = {.kind = HCL_UNREAD, .text = pair->name, .place = pair->place};
    const struct hcl_expression *name = substitute(matrix, copy_of(matrix, &unread));
    if (name == NULL) return false;
    struct bake_scalar scalar = bake_scope_scalar(matrix->scope, name, "a name");
    if (scalar.kind == BAKE_SCALAR_WRONG) return false;
    pair->is_template = false;
    if (scalar.kind == BAKE_SCALAR_KNOWN && value_is_literal(&scalar.value)) {
        pair->name = value_text(matrix->scope->arena, &scalar.value);
    } else {
        *is_open = true;
    }
    return true;
}

static const struct hcl_expression *substitute_pairs(struct matrix *matrix, const struct hcl_expression *object) {
    struct hcl_expression *copy = copy_of(matrix, object);
    bool is_open = false;
    copy->items = (struct list){0};
    for (size_t i = 0; i < object->items.count; i++) {
        struct hcl_pair *pair = arena_alloc(matrix->scope->arena, sizeof(*pair));
        *pair = *(const struct hcl_pair *)object->items.items[i];
        pair->value = substitute(matrix, pair->value);
        if (pair->value == NULL || !substitute_key(matrix, pair, &is_open)) return NULL;
        list_add(matrix->scope->arena, &copy->items, pair);
    }
    return is_open ? open_at(matrix, object->place, "a name that is not literal") : copy;
}

static const struct hcl_expression *substitute_items(struct matrix *matrix, const struct hcl_expression *expression) {
    struct hcl_expression *copy = copy_of(matrix, expression);
    copy->items = (struct list){0};
    for (size_t i = 0; i < expression->items.count; i++) {
        bool is_function = i == 0 && expression->kind == HCL_CALL;
        const struct hcl_expression *item = expression->items.items[i];
        if (!is_function) item = substitute(matrix, item);
        if (item == NULL) return NULL;
        list_add(matrix->scope->arena, &copy->items, (void *)item);
    }
    return copy;
}

static const struct hcl_expression *substitute(struct matrix *matrix, const struct hcl_expression *expression) {
    if (is_over_limit(matrix, 1 + (expression->kind == HCL_UNREAD ? expression->text.len / 16 : 0))) return NULL;
    switch (expression->kind) {
    case HCL_UNREAD:
        expression = hcl_template(matrix->scope->arena, expression, matrix->scope->diagnostics);
        return expression == NULL ? NULL : substitute(matrix, expression);
    case HCL_NAME:
        return substitute_name(matrix, expression);
    case HCL_MEMBER:
        return substitute_member(matrix, expression);
    case HCL_OBJECT:
        return substitute_pairs(matrix, expression);
    case HCL_LIST:
    case HCL_TEMPLATE:
    case HCL_CALL:
        return substitute_items(matrix, expression);
    case HCL_NULL:
    case HCL_BOOL:
    case HCL_NUMBER:
    case HCL_TEXT:
    case HCL_OPEN:
        break;
    }
    return expression;
}

/* ---- variants ---- */

static enum bake_matrix name_variant(struct matrix *matrix, struct text *out) {
    const struct hcl_pair *pair = hcl_find(matrix->block->body, "name");
    struct place place = pair == NULL ? matrix->block->place : pair->place;
    *out = matrix->block->labels.items[0];
    if (pair != NULL) {
        const struct hcl_expression *name = substitute(matrix, pair->value);
        if (name == NULL) return BAKE_MATRIX_WRONG;
        struct bake_scalar scalar = bake_scope_scalar(matrix->scope, name, "'name'");
        if (scalar.kind == BAKE_SCALAR_WRONG) return BAKE_MATRIX_WRONG;
        if (scalar.kind == BAKE_SCALAR_NULL) return refuse(matrix, scalar.place, "'name' cannot be null");
        bool is_known = scalar.kind == BAKE_SCALAR_KNOWN && value_is_literal(&scalar.value);
        if (!is_known)
            return leave_open(matrix, "name", scalar.place,
                              scalar.kind == BAKE_SCALAR_OPEN ? scalar.what : TEXT("a variable"));
        *out = value_text(matrix->scope->arena, &scalar.value);
    }
    if (!bake_is_name(*out))
        return refuse(matrix, place, "the name of a target is made of letters, digits, '_' and '-'");
    if (map_has(&matrix->names, *out)) {
        bake_refuse(matrix->scope->diagnostics, place, "two variants of the matrix have the name '%.*s'%s",
                    TEXT_ARG(text_first(*out, 100)), pair == NULL ? "; it needs a 'name'" : "");
        return BAKE_MATRIX_WRONG;
    }
    map_set(matrix->scope->arena, &matrix->names, *out, matrix);
    return BAKE_MATRIX_KNOWN;
}

static enum bake_matrix add_variant(struct matrix *matrix, struct list *out) {
    struct arena *arena = matrix->scope->arena;
    struct hcl_block *variant = arena_alloc(arena, sizeof(*variant));
    struct hcl_body *body = arena_alloc(arena, sizeof(*body));
    struct text name;
    enum bake_matrix state = name_variant(matrix, &name);
    if (state != BAKE_MATRIX_KNOWN) return state;
    *variant = (struct hcl_block){.type = matrix->block->type, .place = matrix->block->place, .body = body};
    texts_add(arena, &variant->labels, name);
    body->blocks = matrix->block->body->blocks;
    for (size_t i = 0; i < matrix->block->body->attributes.count; i++) {
        struct hcl_pair *pair = arena_alloc(arena, sizeof(*pair));
        *pair = *(const struct hcl_pair *)matrix->block->body->attributes.items[i];
        if (text_is(pair->name, "name") || text_is(pair->name, "matrix")) continue;
        pair->value = substitute(matrix, pair->value);
        if (pair->value == NULL) return BAKE_MATRIX_WRONG;
        list_add(arena, &body->attributes, pair);
    }
    list_add(arena, out, variant);
    return BAKE_MATRIX_KNOWN;
}

/* How many there are; false, reported, when that is too many. */
static bool count_variants(struct matrix *matrix, size_t *out) {
    *out = 1;
    for (size_t i = 0; i < matrix->axes.count; i++)
        if (((const struct axis *)matrix->axes.entries[i].value)->values.count == 0) *out = 0;
    for (size_t i = 0; *out > 0 && *out <= BAKE_VARIANTS_LIMIT && i < matrix->axes.count; i++)
        *out *= ((const struct axis *)matrix->axes.entries[i].value)->values.count;
    matrix->scope->variants += *out;
    if (matrix->scope->variants <= BAKE_VARIANTS_LIMIT) return true;
    diag_add(matrix->scope->diagnostics, DIAG_ERROR, "bake-limit", matrix->block->place,
             "matrices make more than %d targets", BAKE_VARIANTS_LIMIT);
    return false;
}

static void choose(struct matrix *matrix, size_t number) {
    for (size_t i = 0; i < matrix->axes.count; i++) {
        struct axis *axis = matrix->axes.entries[i].value;
        axis->chosen = axis->values.items[number % axis->values.count];
        number /= axis->values.count;
    }
}

enum bake_matrix bake_matrix_expand(struct bake_scope *scope, const struct hcl_block *block, struct list *out,
                                    struct bake_open *open) {
    struct matrix matrix = {.scope = scope, .block = block, .open = open};
    const struct hcl_pair *pair = hcl_find(block->body, "matrix"), *name = hcl_find(block->body, "name");
    struct list variants = {0};
    size_t count = 0;
    if (pair == NULL && name == NULL) return BAKE_MATRIX_NONE;
    if (pair == NULL) return refuse(&matrix, name->place, "'name' needs a 'matrix'");
    enum bake_matrix state = read_axes(&matrix, pair->value);
    if (state == BAKE_MATRIX_KNOWN && !count_variants(&matrix, &count)) return BAKE_MATRIX_WRONG;
    for (size_t i = 0; state == BAKE_MATRIX_KNOWN && i < count; i++) {
        choose(&matrix, i);
        state = add_variant(&matrix, &variants);
    }
    if (state == BAKE_MATRIX_KNOWN) *out = variants;
    return state;
}
