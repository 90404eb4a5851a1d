#include "docker/bake_scope.h"

#include "base/typo.h"
#include "base/variables.h"
#include "docker/compose_interpolate.h"
#include "docker/hcl_functions.h"

#include <stdarg.h>
#include <stdio.h>

#define DEPTH_LIMIT 50
#define WEIGHT_LIMIT COMPOSE_VALUE_LIMIT
#define WORK_LIMIT ((size_t)64 * 1024 * 1024)
#define BAKE_NAMES_OFFERED 200 /* as a nearest word */

enum state { NEW, IN_PROGRESS, DONE };

struct bake_name {
    struct text name;
    struct place place;
    bool is_variable;
    const struct hcl_expression *value; /* NULL: no default */
    const struct hcl_expression *type;
    enum state state;
    struct bake_scalar scalar;
    const struct hcl_expression *collection; /* what it is when it is no scalar */
};

void bake_refuse(struct diagnostics *diagnostics, struct place place, const char *format, ...) {
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    struct text shown = text_printable(diagnostics->arena, text_from(message));
    diag_add(diagnostics, DIAG_ERROR, "bake-invalid", place, "%.*s", TEXT_ARG(shown));
}

/* ---- kinds of scalars ---- */

static struct bake_scalar open_scalar(struct place place, const char *what) {
    return (struct bake_scalar){.kind = BAKE_SCALAR_OPEN, .what = text_from(what), .place = place};
}

static struct bake_scalar wrong_scalar(void) {
    return (struct bake_scalar){.kind = BAKE_SCALAR_WRONG};
}

static struct bake_scalar literal_scalar(struct bake_scope *scope, const struct hcl_expression *expression) {
    struct bake_scalar scalar = {.place = expression->place, .weight = expression->text.len + 1};
    scalar.is_bool = expression->kind == HCL_BOOL;
    scalar.value = value_literal(scope->arena, expression->text);
    return scalar;
}

/* The environment beats `word`; no word: "" when it is not set. */
static struct bake_scalar reference_scalar(struct bake_scope *scope, const struct bake_name *name,
                                           const struct bake_scalar *word) {
    struct bake_scalar scalar = {.place = name->place, .weight = name->name.len + 1};
    struct value none = {0};
    if (!variables_is_name(name->name)) return open_scalar(name->place, "a variable that no shell can hold");
    if (word != NULL) {
        scalar.weight += word->weight;
        scalar.depth = word->depth + 1;
    }
    if (scalar.depth > DEPTH_LIMIT) return open_scalar(name->place, "a variable of too many variables");
    value_add_reference(scope->arena, &scalar.value, name->name, word == NULL ? VALUE_PLAIN : VALUE_DEFAULT_IF_UNSET,
                        word == NULL ? none : word->value);
    return scalar;
}

/* ---- names ---- */

static struct bake_name *add_name(struct bake_scope *scope, struct text name, struct place place) {
    struct bake_name *entry = arena_alloc(scope->arena, sizeof(*entry));
    *entry = (struct bake_name){.name = name, .place = place};
    map_set(scope->arena, &scope->names, name, entry);
    return entry;
}

/* A later block of the same name is the one that counts; an attribute beats any. */
void bake_scope_add_variable(struct bake_scope *scope, const struct hcl_block *block) {
    struct text name = block->labels.items[0];
    const struct bake_name *before = map_find(&scope->names, name);
    if (before != NULL && !before->is_variable) return;
    struct bake_name *entry = add_name(scope, name, block->place);
    const struct hcl_pair *value = hcl_find(block->body, "default"), *type = hcl_find(block->body, "type");
    entry->is_variable = true;
    entry->value = value == NULL ? NULL : value->value;
    entry->type = type == NULL ? NULL : type->value;
}

void bake_scope_add_attribute(struct bake_scope *scope, const struct hcl_pair *attribute) {
    const struct bake_name *before = map_find(&scope->names, attribute->name);
    if (before != NULL && !before->is_variable)
        bake_refuse(scope->diagnostics, attribute->place, "'%.*s' is set a second time", TEXT_ARG(attribute->name));
    add_name(scope, attribute->name, attribute->place)->value = attribute->value;
}

/* `type = string` or `number`, in HCL a name, in JSON a string. */
static bool is_type(const struct bake_name *name, const char *type) {
    return name->type != NULL && (name->type->kind == HCL_NAME || name->type->kind == HCL_UNREAD) &&
           text_is(name->type->text, type);
}

/* What a variable is whose default is this; NULL: it has none. */
static struct bake_scalar variable_scalar(struct bake_scope *scope, const struct bake_name *name,
                                          const struct bake_scalar *word) {
    bool takes_text = name->type == NULL || is_type(name, "string");
    if (word != NULL && word->kind != BAKE_SCALAR_KNOWN && word->kind != BAKE_SCALAR_NULL) return *word;
    if (!takes_text && !is_type(name, "number")) return open_scalar(name->place, "a variable with a type");
    if (word != NULL && word->is_bool) return open_scalar(name->place, "a variable that is true or false");
    if (word != NULL && word->kind == BAKE_SCALAR_KNOWN) return reference_scalar(scope, name, word);
    if (name->type != NULL) return open_scalar(name->place, "a variable that may be null");
    struct bake_scalar scalar = reference_scalar(scope, name, NULL);
    if (word != NULL && scalar.kind == BAKE_SCALAR_KNOWN) scalar.kind = BAKE_SCALAR_OPTIONAL;
    return scalar;
}

static bool is_collection(const struct hcl_expression *expression) {
    return expression->kind == HCL_LIST || expression->kind == HCL_OBJECT;
}

static void look_at_variable(struct bake_scope *scope, struct bake_name *name) {
    const struct hcl_expression *value = name->value == NULL ? NULL : bake_scope_follow(scope, name->value);
    if (name->value == NULL) {
        name->scalar = variable_scalar(scope, name, NULL);
    } else if (value == NULL) {
        name->scalar = wrong_scalar();
    } else if (is_collection(value)) {
        name->collection = name->type == NULL ? value : NULL;
        name->scalar = open_scalar(name->place, "a variable with a type");
    } else {
        struct bake_scalar word = bake_scope_scalar(scope, value, "'default'");
        name->scalar = variable_scalar(scope, name, &word);
    }
}

static void look_at_attribute(struct bake_scope *scope, struct bake_name *name) {
    const struct hcl_expression *value = bake_scope_follow(scope, name->value);
    if (value == NULL) {
        name->scalar = wrong_scalar();
    } else if (is_collection(value)) {
        name->collection = value;
    } else {
        name->scalar = bake_scope_scalar(scope, value, "the attribute");
    }
}

static void look_at(struct bake_scope *scope, struct bake_name *name) {
    if (name->state == DONE) return;
    if (name->state == IN_PROGRESS) {
        bake_refuse(scope->diagnostics, name->place, "the value of '%.*s' hangs on itself", TEXT_ARG(name->name));
        name->scalar = wrong_scalar();
        return;
    }
    if (scope->depth >= DEPTH_LIMIT) {
        name->scalar = open_scalar(name->place, "a variable of too many variables");
        name->state = DONE;
        return;
    }
    name->state = IN_PROGRESS;
    scope->depth++;
    if (name->is_variable) {
        look_at_variable(scope, name);
    } else {
        look_at_attribute(scope, name);
    }
    scope->depth--;
    name->state = DONE;
}

void bake_scope_check(struct bake_scope *scope) {
    for (size_t i = 0; i < scope->names.count; i++)
        look_at(scope, scope->names.entries[i].value);
}

static struct bake_name *find_name(struct bake_scope *scope, const struct hcl_expression *expression) {
    struct bake_name *name = map_find(&scope->names, expression->text);
    if (name != NULL) look_at(scope, name);
    return name;
}

static struct bake_scalar refuse_name(struct bake_scope *scope, const struct hcl_expression *expression) {
    struct texts known = {0};
    if (text_is(expression->text, "BAKE_CMD_CONTEXT") || text_is(expression->text, "BAKE_LOCAL_PLATFORM"))
        return open_scalar(expression->place, "a name that bake itself gives a value");
    for (size_t i = 0; i < scope->names.count && i < BAKE_NAMES_OFFERED; i++)
        texts_add(scope->arena, &known, scope->names.entries[i].key);
    struct text nearest = typo_nearest(expression->text, &known);
    if (text_is_given(nearest)) {
        bake_refuse(scope->diagnostics, expression->place, "there is no variable '%.*s'; did you mean '%.*s'?",
                    TEXT_ARG(expression->text), TEXT_ARG(nearest));
    } else {
        bake_refuse(scope->diagnostics, expression->place, "there is no variable '%.*s'", TEXT_ARG(expression->text));
    }
    return wrong_scalar();
}

/* ---- expressions ---- */

const struct hcl_expression *bake_scope_follow(struct bake_scope *scope, const struct hcl_expression *expression) {
    const struct hcl_expression *read = hcl_template(scope->arena, expression, scope->diagnostics);
    if (read == NULL || read->kind != HCL_NAME) return read;
    const struct bake_name *name = find_name(scope, read);
    return name != NULL && name->collection != NULL ? name->collection : read;
}

static struct bake_scalar template_scalar(struct bake_scope *scope, const struct hcl_expression *template,
                                          const char *what) {
    struct bake_scalar whole = {.place = template->place, .weight = 1};
    for (size_t i = 0; i < template->items.count; i++) {
        struct bake_scalar part = bake_scope_scalar(scope, template->items.items[i], what);
        if (part.kind == BAKE_SCALAR_OPEN || part.kind == BAKE_SCALAR_WRONG) return part;
        if (part.kind == BAKE_SCALAR_NULL) {
            bake_refuse(scope->diagnostics, part.place, "null cannot be in a text");
            return wrong_scalar();
        }
        if (part.kind != BAKE_SCALAR_KNOWN) return open_scalar(part.place, "a variable that may be null");
        whole.weight += part.weight;
        if (part.depth > whole.depth) whole.depth = part.depth;
        if (whole.weight > WEIGHT_LIMIT) return open_scalar(template->place, "a very long value");
        value_add(scope->arena, &whole.value, &part.value);
    }
    return whole;
}

static struct bake_scalar name_scalar(struct bake_scope *scope, const struct hcl_expression *expression,
                                      const char *what) {
    const struct bake_name *name = find_name(scope, expression);
    if (name == NULL) return refuse_name(scope, expression);
    if (name->collection != NULL)
        bake_refuse(scope->diagnostics, expression->place, "%s must be one value, not %.*s", what,
                    TEXT_ARG(name->collection->text));
    struct bake_scalar scalar = name->collection != NULL ? wrong_scalar() : name->scalar;
    scalar.place = expression->place;
    return scalar;
}

/* Of texts that are known; what is wrong with a call is bake's to say. */
static struct bake_scalar call_scalar(struct bake_scope *scope, const struct hcl_expression *call, const char *what) {
    struct text name = ((const struct hcl_expression *)call->items.items[0])->text, result;
    struct bake_scalar open = open_scalar(call->place, "a function call");
    struct texts arguments = {0};
    if (hcl_function_arguments(name) != call->items.count - 1) return open;
    for (size_t i = 1; i < call->items.count; i++) {
        const struct hcl_expression *argument = bake_scope_follow(scope, call->items.items[i]);
        if (argument == NULL) return wrong_scalar();
        if (is_collection(argument)) return open;
        struct bake_scalar scalar = bake_scope_scalar(scope, argument, what);
        if (scalar.kind == BAKE_SCALAR_WRONG) return scalar;
        if (scalar.kind != BAKE_SCALAR_KNOWN || !value_is_literal(&scalar.value)) return open;
        texts_add(scope->arena, &arguments, value_text(scope->arena, &scalar.value));
    }
    if (!hcl_function_call(scope->arena, name, &arguments, WEIGHT_LIMIT, &result)) return open;
    return (struct bake_scalar){
        .place = call->place, .weight = result.len + 1, .value = value_literal(scope->arena, result)};
}

static struct bake_scalar scalar_of(struct bake_scope *scope, const struct hcl_expression *expression,
                                    const char *what) {
    switch (expression->kind) {
    case HCL_NULL:
        return (struct bake_scalar){.kind = BAKE_SCALAR_NULL, .place = expression->place};
    case HCL_BOOL:
    case HCL_NUMBER:
    case HCL_TEXT:
        return literal_scalar(scope, expression);
    case HCL_TEMPLATE:
        return template_scalar(scope, expression, what);
    case HCL_NAME:
        return name_scalar(scope, expression, what);
    case HCL_LIST:
    case HCL_OBJECT:
        bake_refuse(scope->diagnostics, expression->place, "%s must be one value, not %.*s", what,
                    TEXT_ARG(expression->text));
        return wrong_scalar();
    case HCL_CALL:
        return call_scalar(scope, expression, what);
    case HCL_MEMBER:
    case HCL_OPEN:
    case HCL_UNREAD:
        break;
    }
    return open_scalar(expression->place, expression->text.ptr);
}

struct bake_scalar bake_scope_scalar(struct bake_scope *scope, const struct hcl_expression *expression,
                                     const char *what) {
    const struct hcl_expression *read = hcl_template(scope->arena, expression, scope->diagnostics);
    if (read == NULL) return wrong_scalar();
    struct bake_scalar scalar = scalar_of(scope, read, what);
    scope->work += scalar.weight;
    if (scalar.weight > WEIGHT_LIMIT || scope->work > WORK_LIMIT) return open_scalar(read->place, "a very long value");
    return scalar;
}
