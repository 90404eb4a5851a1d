#include "base/value.h"

#include "base/buffer.h"
#include "base/map.h"

#include <assert.h>

#define FEW_NAMES 16

static struct value_piece *add_piece(struct arena *arena, struct value *value) {
    struct value_piece *piece = arena_alloc(arena, sizeof(*piece));
    list_add(arena, &value->pieces, piece);
    return piece;
}

static const struct value_piece *piece_at(const struct value *value, size_t i) {
    return value->pieces.items[i];
}

struct value value_literal(struct arena *arena, struct text text) {
    struct value value = {0};
    value_add_text(arena, &value, text);
    return value;
}

void value_add_text(struct arena *arena, struct value *value, struct text text) {
    if (text.len > 0) add_piece(arena, value)->text = text;
}

void value_add_reference(struct arena *arena, struct value *value, struct text name, enum value_operator operator,
                         struct value word) {
    struct value_piece *piece = add_piece(arena, value);
    *piece = (struct value_piece){.is_reference = true, .text = name, .operator= operator, .word = word };
}

void value_add(struct arena *arena, struct value *value, const struct value *other) {
    for (size_t i = 0; i < other->pieces.count; i++)
        list_add(arena, &value->pieces, other->pieces.items[i]);
}

bool value_is_literal(const struct value *value) {
    for (size_t i = 0; i < value->pieces.count; i++)
        if (piece_at(value, i)->is_reference) return false;
    return true;
}

struct text value_text(struct arena *arena, const struct value *value) {
    assert(value_is_literal(value) && "only a value without references has a text");
    if (value->pieces.count == 0) return TEXT("");
    if (value->pieces.count == 1) return piece_at(value, 0)->text;
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < value->pieces.count; i++)
        buffer_add(&buffer, piece_at(value, i)->text);
    return buffer_text(&buffer);
}

static void add_pieces(struct arena *arena, struct value *value, const struct value *from, size_t first, size_t end) {
    for (size_t i = first; i < end; i++)
        list_add(arena, &value->pieces, from->pieces.items[i]);
}

bool value_cut(struct arena *arena, const struct value *value, char byte, struct value *before, struct value *after) {
    for (size_t i = 0; i < value->pieces.count; i++) {
        const struct value_piece *piece = piece_at(value, i);
        size_t at = piece->is_reference ? TEXT_NONE : text_find(piece->text, byte);
        if (at == TEXT_NONE) continue;
        struct value head = {0}, tail = {0};
        add_pieces(arena, &head, value, 0, i);
        value_add_text(arena, &head, text_first(piece->text, at));
        value_add_text(arena, &tail, text_from_offset(piece->text, at + 1));
        add_pieces(arena, &tail, value, i + 1, value->pieces.count);
        *before = head;
        *after = tail;
        return true;
    }
    return false;
}

static const char *const operator_words[] = {
    [VALUE_PLAIN] = "",
    [VALUE_DEFAULT] = ":-",
    [VALUE_DEFAULT_IF_UNSET] = "-",
    [VALUE_ALTERNATIVE] = ":+",
    [VALUE_ALTERNATIVE_IF_SET] = "+",
    [VALUE_REQUIRED] = ":?",
    [VALUE_REQUIRED_IF_UNSET] = "?",
};

static void spell_text(struct buffer *buffer, struct text text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '$') buffer_add_byte(buffer, '$');
        buffer_add_byte(buffer, text.ptr[i]);
    }
}

static void spell(struct buffer *buffer, const struct value *value) {
    for (size_t i = 0; i < value->pieces.count; i++) {
        const struct value_piece *piece = piece_at(value, i);
        if (!piece->is_reference) {
            spell_text(buffer, piece->text);
            continue;
        }
        buffer_add_string(buffer, "${");
        buffer_add(buffer, piece->text);
        buffer_add_string(buffer, operator_words[piece->operator]);
        spell(buffer, &piece->word);
        buffer_add_byte(buffer, '}');
    }
}

struct text value_spelling(struct arena *arena, const struct value *value) {
    struct buffer buffer = buffer_in(arena);
    spell(&buffer, value);
    return buffer.len == 0 ? TEXT("") : buffer_text(&buffer);
}

/* A walk over the names of one value. Few are searched for, of many `seen` knows those that `out` has. */
struct naming {
    struct arena *arena;
    struct texts *out;
    struct map seen;
    bool are_many;
};

static size_t count_references(const struct value *value) {
    size_t count = 0;
    for (size_t i = 0; i < value->pieces.count; i++)
        if (piece_at(value, i)->is_reference) count += 1 + count_references(&piece_at(value, i)->word);
    return count;
}

static void add_name(struct naming *naming, struct text name) {
    bool is_there = naming->are_many ? map_has(&naming->seen, name) : texts_has(naming->out, name);
    if (is_there) return;
    texts_add(naming->arena, naming->out, name);
    if (naming->are_many) map_set(naming->arena, &naming->seen, name, naming);
}

static void add_names(struct naming *naming, const struct value *value) {
    for (size_t i = 0; i < value->pieces.count; i++) {
        const struct value_piece *piece = piece_at(value, i);
        if (!piece->is_reference) continue;
        add_name(naming, piece->text);
        add_names(naming, &piece->word);
    }
}

void value_names(struct arena *arena, const struct value *value, struct texts *out) {
    struct naming naming = {.arena = arena, .out = out, .are_many = count_references(value) > FEW_NAMES};
    for (size_t i = 0; naming.are_many && i < out->count; i++)
        map_set(arena, &naming.seen, out->items[i], &naming);
    add_names(&naming, value);
}

/* Where a walk over a value stands: at a piece, and in it at an offset of its text. */
struct cursor {
    const struct value *value;
    size_t piece;
    size_t offset;
};

static const struct value_piece *current(const struct cursor *cursor) {
    return cursor->piece < cursor->value->pieces.count ? piece_at(cursor->value, cursor->piece) : NULL;
}

static struct text rest_of(const struct cursor *cursor) {
    return text_from_offset(current(cursor)->text, cursor->offset);
}

static void advance(struct cursor *cursor, size_t bytes) {
    cursor->offset += bytes;
    if (cursor->offset < current(cursor)->text.len) return;
    cursor->piece++;
    cursor->offset = 0;
}

static bool same_reference(const struct value_piece *a, const struct value_piece *b) {
    return a->operator== b->operator&& text_equal(a->text, b->text) && value_equal(&a->word, &b->word);
}

/* Compares and steps over what both have next; literals by their common length. */
static bool same_next(struct cursor *a, struct cursor *b) {
    const struct value_piece *left = current(a), *right = current(b);
    if (left->is_reference != right->is_reference) return false;
    if (left->is_reference) {
        if (!same_reference(left, right)) return false;
        advance(a, left->text.len);
        advance(b, right->text.len);
        return true;
    }
    struct text x = rest_of(a), y = rest_of(b);
    size_t common = x.len < y.len ? x.len : y.len;
    if (!text_equal(text_first(x, common), text_first(y, common))) return false;
    advance(a, common);
    advance(b, common);
    return true;
}

bool value_equal(const struct value *a, const struct value *b) {
    struct cursor left = {.value = a}, right = {.value = b};
    while (current(&left) != NULL && current(&right) != NULL)
        if (!same_next(&left, &right)) return false;
    return current(&left) == NULL && current(&right) == NULL;
}
