/*
 * value: a string that may hold parts known only when the step runs.
 *
 * A list of pieces: literal bytes, or a reference to a variable with the operator of
 * compose and the POSIX shell (they are the same six) and a word, itself a value. A value
 * without references is literal and has a text. Words nest as deep as their reader allows
 * (compose_interpolate: 100), which bounds the recursion here.
 */
#ifndef DEPOT_BASE_VALUE_H
#define DEPOT_BASE_VALUE_H

#include "base/list.h"

enum value_operator {
    VALUE_PLAIN,              /* ${X}     empty when unset */
    VALUE_DEFAULT,            /* ${X:-w}  */
    VALUE_DEFAULT_IF_UNSET,   /* ${X-w}   */
    VALUE_ALTERNATIVE,        /* ${X:+w}  */
    VALUE_ALTERNATIVE_IF_SET, /* ${X+w}   */
    VALUE_REQUIRED,           /* ${X:?w}  */
    VALUE_REQUIRED_IF_UNSET,  /* ${X?w}   */
};

struct value {
    struct list pieces; /* of struct value_piece */
};

struct value_piece {
    bool is_reference;
    struct text text; /* the bytes, or the variable's name ([A-Za-z_][A-Za-z0-9_]*) */
    enum value_operator operator;
    struct value word;
};

struct value value_literal(struct arena *arena, struct text text);
void value_add_text(struct arena *arena, struct value *value, struct text text);
void value_add_reference(struct arena *arena, struct value *value, struct text name, enum value_operator operator,
                         struct value word);
void value_add(struct arena *arena, struct value *value, const struct value *other);

bool value_is_literal(const struct value *value);
struct text value_text(struct arena *arena, const struct value *value); /* asserts value_is_literal */

/*
 * Cuts at the first `byte` that is literal at the top level: what is before goes to `before`, what is
 * after to `after`. False when there is none, and neither is touched.
 */
bool value_cut(struct arena *arena, const struct value *value, char byte, struct value *before, struct value *after);

/*
 * As compose writes it: ${X:-w}, a literal dollar doubled. For previews and messages, never for a shell. Read again it is
 * the same value, unless a brace stands in a word by itself: where that word ends is a matter of the line's other braces.
 */
struct text value_spelling(struct arena *arena, const struct value *value);

/* Adds the names of all variables referred to, words included, each once. */
void value_names(struct arena *arena, const struct value *value, struct texts *out);

/* The same bytes for every environment that both can see as the same pieces; how literals are split does not matter. */
bool value_equal(const struct value *a, const struct value *b);

#endif
