#include "docker/hcl_expression.h"

struct hcl_expression *hcl_expression(struct hcl_reader *reader, enum hcl_kind kind, struct place place,
                                      struct text text) {
    struct hcl_expression *expression = arena_alloc(reader->arena, sizeof(*expression));
    *expression = (struct hcl_expression){.kind = kind, .place = place, .text = text};
    return expression;
}

static const struct hcl_expression *open_at(struct hcl_reader *reader, struct place place, const char *what) {
    return hcl_expression(reader, HCL_OPEN, place, text_from(what));
}

static const struct hcl_expression *refuse(struct hcl_reader *reader, const char *problem) {
    const struct hcl_token *token = hcl_peek(reader);
    hcl_fail(reader, token->place, "%s", problem);
    return NULL;
}

static bool expect(struct hcl_reader *reader, const char *sign, const char *problem) {
    return hcl_accept(reader, sign) || refuse(reader, problem) != NULL;
}

static bool is_word(struct hcl_reader *reader, const char *word) {
    const struct hcl_token *token = hcl_peek(reader);
    return token->kind == HCL_IDENTIFIER && text_is(token->text, word);
}

/* ---- numbers ---- */

/* Digits, and a fraction that is not empty. */
static bool is_plain_number(struct text text) {
    size_t points = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '.') points++;
        if (text.ptr[i] != '.' && (text.ptr[i] < '0' || text.ptr[i] > '9')) return false;
    }
    return points <= 1;
}

struct text hcl_number(struct arena *arena, struct text digits) {
    bool is_negative = text_starts(digits, "-");
    struct text text = text_from_offset(digits, is_negative);
    bool has_exponent = text_has(text, 'e') || text_has(text, 'E');
    if (has_exponent) return (struct text){0};
    if (!is_plain_number(text)) return TEXT("");
    if (text_has(text, '.')) text = text_trim_right(text_trim_right(text, "0"), ".");
    while (text.len > 1 && text.ptr[0] == '0' && text.ptr[1] != '.')
        text = text_from_offset(text, 1);
    return is_negative && !text_is(text, "0") ? text_format(arena, "-%.*s", TEXT_ARG(text)) : text;
}

static const struct hcl_expression *parse_number(struct hcl_reader *reader) {
    struct hcl_token token = hcl_take(reader);
    struct text number = hcl_number(reader->arena, token.text);
    if (!text_is_given(number)) return open_at(reader, token.place, "a number with an exponent");
    if (number.len > 0) return hcl_expression(reader, HCL_NUMBER, token.place, number);
    hcl_fail(reader, token.place, "'%.*s' is no number", (int)(token.text.len < 40 ? token.text.len : 40),
             token.text.ptr);
    return NULL;
}

/* ---- what is in brackets ---- */

/* After the opening one: expressions up to the closing one. `out_spreads` is of a call: the last one is spread with "...". */
static bool parse_items(struct hcl_reader *reader, const char *close, struct list *out, bool *out_spreads) {
    while (!hcl_accept(reader, close)) {
        const struct hcl_expression *item = hcl_parse_expression(reader);
        if (item == NULL) return false;
        list_add(reader->arena, out, (void *)item);
        if (hcl_accept(reader, ",")) continue;
        if (out_spreads != NULL && hcl_accept(reader, "...")) {
            *out_spreads = true;
            return expect(reader, close, "')' must follow '...'");
        }
        return expect(reader, close, "a comma must follow this item");
    }
    return true;
}

static bool parse_for_names(struct hcl_reader *reader) {
    if (hcl_take(reader).kind != HCL_IDENTIFIER) return refuse(reader, "'for' needs a name") != NULL;
    if (hcl_accept(reader, ",") && hcl_take(reader).kind != HCL_IDENTIFIER)
        return refuse(reader, "'for' needs a second name after the comma") != NULL;
    if (!is_word(reader, "in")) return refuse(reader, "'for' needs 'in' after its names") != NULL;
    hcl_take(reader);
    return hcl_parse_expression(reader) != NULL;
}

/* `for` is next: [for k, v in list : value if condition], {for k, v in map : key => value… if condition} */
static bool parse_for(struct hcl_reader *reader, bool is_object) {
    hcl_take(reader);
    if (!parse_for_names(reader) || !expect(reader, ":", "'for' needs ':' after what it goes over")) return false;
    if (hcl_parse_expression(reader) == NULL) return false;
    if (is_object) {
        if (!expect(reader, "=>", "'for' in braces needs '=>'") || hcl_parse_expression(reader) == NULL) return false;
        hcl_accept(reader, "...");
    }
    if (is_word(reader, "if")) {
        hcl_take(reader);
        if (hcl_parse_expression(reader) == NULL) return false;
    }
    return expect(reader, is_object ? "}" : "]", "this does not belong to 'for'");
}

static const struct hcl_expression *parse_list(struct hcl_reader *reader, struct place place) {
    bool skipped = hcl_skip_newlines(reader, true), is_for = is_word(reader, "for");
    struct hcl_expression *list = hcl_expression(reader, HCL_LIST, place, TEXT("a list"));
    bool ok = is_for ? parse_for(reader, false) : parse_items(reader, "]", &list->items, NULL);
    hcl_skip_newlines(reader, skipped);
    if (!ok) return NULL;
    return is_for ? open_at(reader, place, "a 'for' expression") : list;
}

/* The name that an expression before "=" stands for; absent when it must be evaluated. */
static struct text key_name(const struct hcl_expression *key, bool is_bare) {
    switch (key->kind) {
    case HCL_TEXT:
    case HCL_NUMBER:
    case HCL_BOOL:
        return key->text;
    case HCL_NAME:
        return is_bare ? key->text : (struct text){0};
    case HCL_NULL:
        return is_bare ? TEXT("null") : (struct text){0};
    default:
        return (struct text){0};
    }
}

/* name = value, or name : value. `open` becomes the first name that must be evaluated. */
static bool parse_pair(struct hcl_reader *reader, struct list *out, struct place *open) {
    bool is_bare = hcl_peek(reader)->kind == HCL_IDENTIFIER; /* in quotes or parentheses a name is a variable's */
    const struct hcl_expression *key = hcl_parse_expression(reader);
    if (key == NULL) return false;
    if (!hcl_accept(reader, "=") && !hcl_accept(reader, ":"))
        return refuse(reader, "'=' and a value must follow the name") != NULL;
    const struct hcl_expression *value = hcl_parse_expression(reader);
    if (value == NULL) return false;
    struct text name = key_name(key, is_bare);
    if (!text_is_given(name) && open->line == 0) *open = key->place;
    struct hcl_pair *pair = arena_alloc(reader->arena, sizeof(*pair));
    *pair = (struct hcl_pair){.name = name, .place = key->place, .value = value};
    list_add(reader->arena, out, pair);
    return true;
}

static bool parse_pairs(struct hcl_reader *reader, struct list *out, struct place *open) {
    for (;;) {
        while (hcl_peek(reader)->kind == HCL_NEWLINE)
            hcl_take(reader);
        if (hcl_accept(reader, "}")) return true;
        if (!parse_pair(reader, out, open)) return false;
        if (hcl_accept(reader, ",")) continue;
        if (hcl_peek(reader)->kind == HCL_NEWLINE) continue;
        return expect(reader, "}", "a comma or a new line must follow this value");
    }
}

static const struct hcl_expression *parse_object(struct hcl_reader *reader, struct place place) {
    bool skipped = hcl_skip_newlines(reader, true), is_for = is_word(reader, "for");
    struct hcl_expression *object = hcl_expression(reader, HCL_OBJECT, place, TEXT("an object"));
    struct place open = {0};
    if (!is_for) hcl_skip_newlines(reader, false);
    bool ok = is_for ? parse_for(reader, true) : parse_pairs(reader, &object->items, &open);
    hcl_skip_newlines(reader, skipped);
    if (!ok) return NULL;
    if (is_for) return open_at(reader, place, "a 'for' expression");
    return open.line > 0 ? open_at(reader, open, "a name that is not literal") : object;
}

static const struct hcl_expression *parse_parentheses(struct hcl_reader *reader) {
    bool skipped = hcl_skip_newlines(reader, true);
    const struct hcl_expression *inner = hcl_parse_expression(reader);
    bool ok = inner != NULL && expect(reader, ")", "a ')' is missing here");
    hcl_skip_newlines(reader, skipped);
    return ok ? inner : NULL;
}

static const struct hcl_expression *parse_call(struct hcl_reader *reader, const struct hcl_token *name) {
    struct hcl_expression *call = hcl_expression(reader, HCL_CALL, name->place, TEXT("a function call"));
    bool is_open = false;
    list_add(reader->arena, &call->items, hcl_expression(reader, HCL_NAME, name->place, name->text));
    while (hcl_accept(reader, "::")) {
        is_open = true;
        if (hcl_take(reader).kind != HCL_IDENTIFIER) return refuse(reader, "'::' needs the name of a function");
    }
    if (!expect(reader, "(", "a '(' is missing here")) return NULL;
    bool skipped = hcl_skip_newlines(reader, true);
    bool ok = parse_items(reader, ")", &call->items, &is_open);
    hcl_skip_newlines(reader, skipped);
    if (!ok) return NULL;
    return is_open ? open_at(reader, name->place, "a function call") : call;
}

/* ---- terms ---- */

static const struct hcl_expression *parse_word(struct hcl_reader *reader) {
    struct hcl_token token = hcl_take(reader);
    if (hcl_is_next(reader, "(") || hcl_is_next(reader, "::")) return parse_call(reader, &token);
    if (text_is(token.text, "true") || text_is(token.text, "false"))
        return hcl_expression(reader, HCL_BOOL, token.place, token.text);
    if (text_is(token.text, "null")) return hcl_expression(reader, HCL_NULL, token.place, TEXT("null"));
    return hcl_expression(reader, HCL_NAME, token.place, token.text);
}

static const struct hcl_expression *parse_quoted(struct hcl_reader *reader) {
    struct hcl_token token = hcl_take(reader);
    if (token.kind == HCL_QUOTE)
        return hcl_parse_template(reader, token.place, HCL_TEMPLATE_QUOTED, (struct text){0}, false);
    bool is_flush = token.text.ptr[2] == '-';
    struct text marker = text_trim_right(text_from_offset(token.text, is_flush ? 3 : 2), "\r\n");
    return hcl_parse_template(reader, token.place, HCL_TEMPLATE_HEREDOC, marker, is_flush);
}

static const struct hcl_expression *parse_term(struct hcl_reader *reader);

static const struct hcl_expression *parse_signed(struct hcl_reader *reader) {
    struct place place = hcl_take(reader).place;
    return parse_term(reader) == NULL ? NULL : open_at(reader, place, "an operator");
}

static const struct hcl_expression *parse_primary(struct hcl_reader *reader) {
    const struct hcl_token *token = hcl_peek(reader);
    struct place place = token->place;
    switch (token->kind) {
    case HCL_IDENTIFIER:
        return parse_word(reader);
    case HCL_DIGITS:
        return parse_number(reader);
    case HCL_QUOTE:
    case HCL_HEREDOC:
        return parse_quoted(reader);
    default:
        break;
    }
    if (hcl_is_next(reader, "-") || hcl_is_next(reader, "!")) return parse_signed(reader);
    if (hcl_accept(reader, "(")) return parse_parentheses(reader);
    if (hcl_accept(reader, "[")) return parse_list(reader, place);
    if (hcl_accept(reader, "{")) return parse_object(reader, place);
    return refuse(reader, "a value is missing here");
}

static const struct hcl_expression *member_of(struct hcl_reader *reader, const struct hcl_expression *whole,
                                              const struct hcl_expression *key) {
    const char *what = "a part of another value";
    if (key->kind != HCL_TEXT && key->kind != HCL_NUMBER) return open_at(reader, whole->place, what);
    struct hcl_expression *member = hcl_expression(reader, HCL_MEMBER, whole->place, text_from(what));
    list_add(reader->arena, &member->items, (void *)whole);
    list_add(reader->arena, &member->items, (void *)key);
    return member;
}

/* After ".": a name, a number, or "*", which goes over a list. */
static const struct hcl_expression *parse_attribute(struct hcl_reader *reader, const struct hcl_expression *whole) {
    const struct hcl_token *token = hcl_peek(reader);
    bool is_index = token->kind == HCL_DIGITS && !text_has(token->text, '.'), is_name = token->kind == HCL_IDENTIFIER;
    if (!is_name && !is_index && !hcl_is_next(reader, "*")) return refuse(reader, "a name must follow the '.'");
    enum hcl_kind kind = is_name ? HCL_TEXT : is_index ? HCL_NUMBER : HCL_OPEN;
    struct hcl_token taken = hcl_take(reader);
    return member_of(reader, whole, hcl_expression(reader, kind, taken.place, taken.text));
}

static const struct hcl_expression *parse_index(struct hcl_reader *reader, const struct hcl_expression *whole) {
    bool skipped = hcl_skip_newlines(reader, true);
    const struct hcl_expression *key = hcl_accept(reader, "*")
                                           ? open_at(reader, whole->place, "a part of another value")
                                           : hcl_parse_expression(reader);
    bool ok = key != NULL && expect(reader, "]", "a ']' is missing here");
    hcl_skip_newlines(reader, skipped);
    return ok ? member_of(reader, whole, key) : NULL;
}

static const struct hcl_expression *parse_term(struct hcl_reader *reader) {
    if (!hcl_enter(reader)) return NULL;
    const struct hcl_expression *term = parse_primary(reader);
    for (size_t parts = 0; term != NULL; parts++) {
        bool is_attribute = hcl_accept(reader, ".");
        if (!is_attribute && !hcl_accept(reader, "[")) break;
        term = is_attribute ? parse_attribute(reader, term) : parse_index(reader, term);
        bool is_deep = term != NULL && parts >= HCL_DEPTH_LIMIT;
        if (is_deep) term = open_at(reader, term->place, "a part of another value");
    }
    hcl_leave(reader);
    return term;
}

/* Which operator binds how does not matter: nothing is evaluated. */
static const struct hcl_expression *parse_operation(struct hcl_reader *reader) {
    const struct hcl_expression *operand = parse_term(reader);
    while (operand != NULL && hcl_peek(reader)->kind == HCL_OPERATOR) {
        struct place place = operand->place;
        hcl_take(reader);
        operand = parse_term(reader) == NULL ? NULL : open_at(reader, place, "an operator");
    }
    return operand;
}

/* After "?"; conditions in conditions are nested, too, where no term is. */
static const struct hcl_expression *parse_condition(struct hcl_reader *reader, struct place place) {
    if (!hcl_enter(reader)) return NULL;
    bool ok = hcl_parse_expression(reader) != NULL && expect(reader, ":", "the condition has no ':'") &&
              hcl_parse_expression(reader) != NULL;
    hcl_leave(reader);
    return ok ? open_at(reader, place, "a condition") : NULL;
}

const struct hcl_expression *hcl_parse_expression(struct hcl_reader *reader) {
    const struct hcl_expression *expression = parse_operation(reader);
    if (expression == NULL || !hcl_accept(reader, "?")) return expression;
    return parse_condition(reader, expression->place);
}
