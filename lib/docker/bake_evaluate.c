#include "base/path.h"
#include "docker/bake_attribute.h"
#include "docker/bake_fields.h"
#include "docker/compose_build.h"
#include "docker/compose_interpolate.h"

#define BYTES_LIMIT ((size_t)64 * 1024 * 1024) /* of all values together */

struct evaluating {
    struct arena *arena;
    const struct variables *given;     /* for all targets */
    const struct variables *variables; /* for this one: `.env` below them */
    size_t bytes;
    struct bake_target *target; /* the new one */
    const char *attribute;
};

/* ---- one value ---- */

/* NULL when it has none: a variable that compose requires is missing. */
static const struct value *evaluate(struct evaluating *evaluating, const struct value *value) {
    struct compose_evaluation evaluation;
    if (evaluating->bytes > BYTES_LIMIT) return NULL;
    if (!compose_evaluate(evaluating->arena, value, evaluating->variables, &evaluation)) {
        bake_add_open(evaluating->arena, &evaluating->target->open, evaluating->attribute, (struct text){0},
                      evaluation.problem, evaluating->target->place);
        return NULL;
    }
    struct value *literal = arena_alloc(evaluating->arena, sizeof(*literal));
    *literal = value_literal(evaluating->arena, evaluation.text);
    evaluating->bytes += evaluation.text.len + sizeof(*literal);
    return literal;
}

static bool is_empty(const struct value *value) {
    return value->pieces.count == 0;
}

/* toBuildOpt, which --print goes through: a local path is cleaned. */
static const struct value *clean_context(struct evaluating *evaluating, const struct value *value) {
    struct text path = value_text(evaluating->arena, value);
    struct value *cleaned = arena_alloc(evaluating->arena, sizeof(*cleaned));
    if (text_starts(path, "cwd://")) {
        path = text_from_offset(path, 6);
    } else if (compose_is_remote_context(path)) {
        return value;
    }
    *cleaned = value_literal(evaluating->arena, path_clean(evaluating->arena, path));
    return cleaned;
}

static const struct value *evaluate_value(struct evaluating *evaluating, const struct bake_field *field,
                                          const struct value *value) {
    const struct value *literal = value == NULL ? NULL : evaluate(evaluating, value);
    if (literal == NULL) return NULL;
    if (text_is(text_from(field->name), "context")) return clean_context(evaluating, literal);
    bool is_dockerfile = text_is(text_from(field->name), "dockerfile");
    if (!is_dockerfile || !is_empty(literal)) return literal;
    struct value *usual = arena_alloc(evaluating->arena, sizeof(*usual));
    *usual = value_literal(evaluating->arena, TEXT("Dockerfile"));
    return usual;
}

/* ---- lists ---- */

static struct list evaluate_list(struct evaluating *evaluating, const struct list *list) {
    struct list kept = {0};
    struct map seen = {0};
    for (size_t i = 0; i < list->count; i++) {
        const struct value *value = evaluate(evaluating, list->items[i]);
        if (value == NULL || is_empty(value)) continue;
        struct text text = value_text(evaluating->arena, value);
        if (map_has(&seen, text)) continue;
        map_set(evaluating->arena, &seen, text, (void *)value);
        list_add(evaluating->arena, &kept, (void *)value);
    }
    return kept;
}

static bool is_left_out(const struct evaluating *evaluating, const struct bake_pair *pair) {
    if (pair->value == NULL) return true;
    const struct value_piece *first = pair->is_optional ? pair->value->pieces.items[0] : NULL;
    return first != NULL && variables_find(evaluating->variables, first->text) == NULL;
}

static struct list evaluate_pairs(struct evaluating *evaluating, const struct list *pairs, bool drops_empty) {
    struct list kept = {0};
    for (size_t i = 0; i < pairs->count; i++) {
        const struct bake_pair *pair = pairs->items[i];
        const struct value *value = is_left_out(evaluating, pair) ? NULL : evaluate(evaluating, pair->value);
        if (value == NULL || (drops_empty && is_empty(value))) continue;
        struct bake_pair *literal = arena_alloc(evaluating->arena, sizeof(*literal));
        *literal = (struct bake_pair){.name = pair->name, .value = value};
        list_add(evaluating->arena, &kept, literal);
    }
    return kept;
}

static struct list evaluate_entries(struct evaluating *evaluating, enum bake_entry_kind kind,
                                    const struct list *entries) {
    struct list literal = {0}, merged = {0};
    bool drops_empty = kind == BAKE_SECRET || kind == BAKE_SSH;
    for (size_t i = 0; i < entries->count; i++) {
        const struct bake_entry *entry = entries->items[i];
        struct bake_entry *kept = arena_alloc(evaluating->arena, sizeof(*kept));
        kept->pairs = evaluate_pairs(evaluating, &entry->pairs, drops_empty);
        if (bake_entry_problem(kind, kept) == NULL) {
            list_add(evaluating->arena, &literal, kept);
        } else {
            bake_add_open(evaluating->arena, &evaluating->target->open, evaluating->attribute, (struct text){0},
                          TEXT("a type that is a variable"), evaluating->target->place);
        }
    }
    bake_entries_merge(evaluating->arena, kind, &merged, &literal);
    return merged;
}

/* ---- targets ---- */

/* `given` above all that the target knows. */
static const struct variables *variables_of(struct arena *arena, const struct variables *own,
                                            const struct variables *given) {
    if (own == NULL) return given;
    struct variables *copy = arena_alloc(arena, sizeof(*copy));
    *copy = *own;
    copy->above = variables_of(arena, own->above, given);
    return copy;
}

static void evaluate_field(struct evaluating *evaluating, const struct bake_field *field) {
    void *member = bake_member(evaluating->target, field);
    evaluating->attribute = field->name;
    switch (field->kind) {
    case BAKE_VALUE:
        *(const struct value **)member = evaluate_value(evaluating, field, *(const struct value **)member);
        break;
    case BAKE_SWITCH:
        break;
    case BAKE_PAIRS:
    case BAKE_CONTEXTS:
        *(struct list *)member = evaluate_pairs(evaluating, member, field->kind == BAKE_CONTEXTS);
        break;
    case BAKE_LIST_REPLACED:
    case BAKE_LIST_ADDED:
        *(struct list *)member = evaluate_list(evaluating, member);
        break;
    case BAKE_ENTRIES_REPLACED:
    case BAKE_ENTRIES_ADDED:
        *(struct list *)member = evaluate_entries(evaluating, field->entry, member);
        break;
    }
}

static struct bake_target *evaluate_target(struct evaluating *evaluating, const struct bake_target *target) {
    struct bake_target *copy = arena_alloc(evaluating->arena, sizeof(*copy));
    struct list open = {0};
    *copy = *target;
    bake_append(evaluating->arena, &open, &target->open);
    copy->open = open;
    evaluating->target = copy;
    evaluating->variables = variables_of(evaluating->arena, target->variables, evaluating->given);
    for (const struct bake_field *field = bake_fields; field->name != NULL; field++)
        evaluate_field(evaluating, field);
    copy->variables = NULL; /* nothing refers to them any more, and what is merged over it knows nothing of them */
    return copy;
}

/* Only the description may hang on variables. */
static struct bake_group *evaluate_group(struct evaluating *evaluating, const struct bake_group *group) {
    struct bake_group *copy = arena_alloc(evaluating->arena, sizeof(*copy));
    struct bake_target none = {.place = group->place};
    *copy = *group;
    evaluating->target = &none;
    evaluating->variables = evaluating->given;
    evaluating->attribute = "description";
    if (group->description != NULL) copy->description = evaluate(evaluating, group->description);
    evaluating->target = NULL;
    return copy;
}

bool bake_evaluate(struct arena *arena, const struct bake_model *model, const struct variables *variables,
                   struct diagnostics *diagnostics, struct bake_model *out) {
    static const struct variables none;
    struct evaluating evaluating = {.arena = arena, .given = variables == NULL ? &none : variables};
    struct bake_model result = {0};
    for (size_t i = 0; i < model->targets.count && evaluating.bytes <= BYTES_LIMIT; i++)
        list_add(arena, &result.targets, evaluate_target(&evaluating, model->targets.items[i]));
    for (size_t i = 0; i < model->groups.count; i++)
        list_add(arena, &result.groups, evaluate_group(&evaluating, model->groups.items[i]));
    if (evaluating.bytes > BYTES_LIMIT) {
        const struct bake_target *last = result.targets.items[result.targets.count - 1];
        diag_add(diagnostics, DIAG_ERROR, "bake-limit", last->place,
                 "the targets up to this one have more than 64 MiB of values");
        return false;
    }
    *out = result;
    return true;
}

struct text bake_open_message(struct arena *arena, const struct bake_open *open) {
    struct text name = text_is_given(open->name) ? text_printable(arena, open->name) : TEXT("");
    struct text what = text_printable(arena, open->what);
    return text_format(arena, "'%.*s%s%.*s' needs evaluation (%.*s)", TEXT_ARG(open->attribute),
                       text_is_given(open->name) ? "." : "", TEXT_ARG(name), TEXT_ARG(what));
}
