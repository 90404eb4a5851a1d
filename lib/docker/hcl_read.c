#include "docker/hcl_expression.h"

static bool parse_body(struct hcl_reader *reader, bool is_block, struct hcl_body *out);

static bool refuse(struct hcl_reader *reader, const char *problem) {
    return hcl_fail(reader, hcl_peek(reader)->place, "%s", problem);
}

/* After an attribute or a block. */
static bool end_line(struct hcl_reader *reader, const char *problem) {
    enum hcl_token_kind kind = hcl_peek(reader)->kind;
    if (reader->has_failed || (kind != HCL_NEWLINE && kind != HCL_END)) return refuse(reader, problem);
    hcl_take(reader);
    return true;
}

static bool parse_attribute(struct hcl_reader *reader, const struct hcl_token *name, struct hcl_body *out,
                            struct map *names) {
    hcl_take(reader);
    const struct hcl_expression *value = hcl_parse_expression(reader);
    if (value == NULL) return false;
    const struct hcl_pair *before = map_find(names, name->text);
    if (before != NULL)
        return hcl_fail(reader, name->place, "'%.*s' is set a second time; it was in line %u", (int)name->text.len,
                        name->text.ptr, (unsigned)before->place.line);
    struct hcl_pair *pair = arena_alloc(reader->arena, sizeof(*pair));
    *pair = (struct hcl_pair){.name = name->text, .place = name->place, .value = value};
    map_set(reader->arena, names, name->text, pair);
    list_add(reader->arena, &out->attributes, pair);
    return true;
}

/* A label in quotes is no template. */
static bool parse_label(struct hcl_reader *reader, struct hcl_block *block) {
    struct hcl_token token = hcl_take(reader);
    struct text label = token.text;
    if (token.kind == HCL_QUOTE) {
        const struct hcl_expression *text =
            hcl_parse_template(reader, token.place, HCL_TEMPLATE_QUOTED, (struct text){0}, false);
        if (text == NULL) return false;
        if (text->kind != HCL_TEXT) return hcl_fail(reader, token.place, "a name of a block must be literal");
        label = text->text;
    }
    texts_add(reader->arena, &block->labels, label);
    block->place = token.place;
    return true;
}

static bool parse_labels(struct hcl_reader *reader, struct hcl_block *block) {
    for (;;) {
        enum hcl_token_kind kind = hcl_peek(reader)->kind;
        if (hcl_accept(reader, "{")) return true;
        if (kind != HCL_QUOTE && kind != HCL_IDENTIFIER)
            return refuse(reader, "a block needs its names and a '{' on one line");
        if (!parse_label(reader, block)) return false;
    }
}

/* name { attribute = value }: one attribute, and the end on the same line. */
static bool parse_short_body(struct hcl_reader *reader, struct hcl_body *out) {
    struct map names = {0};
    struct hcl_token name = hcl_take(reader);
    if (name.kind != HCL_IDENTIFIER || !hcl_is_next(reader, "="))
        return hcl_fail(reader, name.place, "in a block of one line only an attribute can stand");
    if (!parse_attribute(reader, &name, out, &names)) return false;
    if (hcl_accept(reader, "}")) return true;
    return refuse(reader, "a block that begins with an attribute on its first line must end on that line, after it");
}

static bool parse_block(struct hcl_reader *reader, const struct hcl_token *type, struct hcl_body *out) {
    struct hcl_block *block = arena_alloc(reader->arena, sizeof(*block));
    struct hcl_body *body = arena_alloc(reader->arena, sizeof(*body));
    *block = (struct hcl_block){.type = type->text, .place = type->place, .body = body};
    if (!parse_labels(reader, block)) return false;
    bool is_long = hcl_peek(reader)->kind == HCL_NEWLINE || hcl_is_next(reader, "}");
    if (!(is_long ? parse_body(reader, true, body) : parse_short_body(reader, body))) return false;
    list_add(reader->arena, &out->blocks, block);
    return end_line(reader, "a new line must follow a block");
}

static bool parse_item(struct hcl_reader *reader, struct hcl_body *out, struct map *names) {
    struct hcl_token name = hcl_take(reader);
    if (name.kind != HCL_IDENTIFIER) return hcl_fail(reader, name.place, "an attribute or a block is missing here");
    if (hcl_is_next(reader, "="))
        return parse_attribute(reader, &name, out, names) &&
               end_line(reader, "a new line must follow the value of an attribute");
    enum hcl_token_kind kind = hcl_peek(reader)->kind;
    if (kind == HCL_QUOTE || kind == HCL_IDENTIFIER || hcl_is_next(reader, "{")) return parse_block(reader, &name, out);
    return hcl_fail(reader, name.place, "'%.*s' must be followed by '=' or by a block", (int)name.text.len,
                    name.text.ptr);
}

/* Up to the closing brace of a block, which is taken, or the end of the file. */
static bool parse_body(struct hcl_reader *reader, bool is_block, struct hcl_body *out) {
    struct map names = {0};
    struct place place = hcl_peek(reader)->place;
    if (!hcl_enter(reader)) return false;
    bool ok = true, is_over = false;
    while (ok && !is_over) {
        enum hcl_token_kind kind = hcl_peek(reader)->kind;
        if (reader->has_failed) break;
        if (kind == HCL_NEWLINE) {
            hcl_take(reader);
        } else if (kind == HCL_END) {
            is_over = true;
            if (is_block) ok = hcl_fail(reader, place, "the block that begins here does not end");
        } else if (is_block && hcl_accept(reader, "}")) {
            is_over = true;
        } else {
            ok = parse_item(reader, out, &names);
        }
    }
    hcl_leave(reader);
    return ok && !reader->has_failed;
}

bool hcl_read(struct arena *arena, const struct source *source, struct diagnostics *diagnostics, struct hcl_body *out) {
    struct hcl_reader reader = hcl_reader(arena, source, diagnostics);
    struct hcl_body body = {0};
    bool ok = parse_body(&reader, false, &body);
    if (ok) *out = body;
    return ok;
}

const struct hcl_pair *hcl_find(const struct hcl_body *body, const char *name) {
    for (size_t i = body->attributes.count; i > 0; i--) {
        const struct hcl_pair *pair = body->attributes.items[i - 1];
        if (text_is(pair->name, name)) return pair;
    }
    return NULL;
}
