/*
 * hcl: the syntax of HCL, in its native spelling and in JSON, as one tree.
 *
 * A body has attributes (name = expression) and blocks (type "label" { body }). Of expressions the literal ones are told apart:
 * text, numbers, booleans, null, lists, objects, a plain name, and templates of them; a call of a function and a part of
 * another value keep what they are made of. All others (operators, conditions, `for`, directives) are checked for their
 * syntax and come out as one kind, HCL_OPEN, which says what stands there. Nothing is evaluated here. Follows hclsyntax/scan_tokens.rl, parser.go, parser_template.go and json/parser.go.
 *
 * In JSON everything is an attribute: what is a block is for its reader to say. A string of JSON is a template, too, but only
 * where somebody reads it: it stays HCL_UNREAD until hcl_template is asked.
 *
 * The first mistake ends the reading. Limits, each an error with its place: HCL_DEPTH_LIMIT levels of nesting, and no NUL,
 * for no argument or name can hold one. Time is linear in the bytes.
 */
#ifndef DEPOT_DOCKER_HCL_H
#define DEPOT_DOCKER_HCL_H

#include "base/diag.h"
#include "base/map.h"

#define HCL_DEPTH_LIMIT 100

enum hcl_kind {
    HCL_NULL,
    HCL_BOOL,   /* text is "true" or "false" */
    HCL_NUMBER, /* text is the number as HCL turns it into a string: "1.5" for 1.50 */
    HCL_TEXT,
    HCL_UNREAD,   /* a string of JSON, still a template */
    HCL_TEMPLATE, /* items: its parts, one at least of which is no text */
    HCL_NAME,     /* of a variable */
    HCL_LIST,
    HCL_OBJECT, /* items: struct hcl_pair, in their order; a name may come twice and the last counts */
    HCL_MEMBER, /* items: the whole, and the key as HCL_TEXT or HCL_NUMBER: `a.b`, `a["b"]`, `a[0]` */
    HCL_CALL,   /* items: the function as HCL_NAME, and its arguments */
    HCL_OPEN,   /* text says what it is, and so it does of the two before: "a function call" */
};

struct hcl_expression {
    enum hcl_kind kind;
    struct text text;
    struct list items; /* of const struct hcl_expression; of an object, struct hcl_pair */
    struct place place;
};

struct hcl_pair {
    struct text name;
    bool is_template; /* of JSON: where it is no attribute of a body, the name is a template, too */
    struct place place;
    const struct hcl_expression *value;
};

struct hcl_body {
    struct list attributes; /* of struct hcl_pair, each name once */
    struct list blocks;     /* of struct hcl_block */
};

struct hcl_block {
    struct text type;
    struct texts labels;
    struct place place; /* of the last label, or of the type */
    const struct hcl_body *body;
};

/* False when the text is no HCL: the error has been reported (rule "bake-syntax") and `out` is untouched. */
bool hcl_read(struct arena *arena, const struct source *source, struct diagnostics *diagnostics, struct hcl_body *out);

/* The same for JSON; NULL when it is none. Of keys that come twice all are kept. */
const struct hcl_expression *hcl_read_json(struct arena *arena, const struct source *source,
                                           struct diagnostics *diagnostics);

/* What an HCL_UNREAD says; any other expression is returned as it is. NULL when it is malformed, which is reported. */
const struct hcl_expression *hcl_template(struct arena *arena, const struct hcl_expression *expression,
                                          struct diagnostics *diagnostics);

/* The value of the last attribute of this name; NULL when there is none. */
const struct hcl_pair *hcl_find(const struct hcl_body *body, const char *name);

#endif
