#include "docker/compose_interpolate.h"

#include "base/buffer.h"

#include <string.h>

/* ---- reading ---- */

struct reading {
    struct arena *arena; /* NULL: only test */
    unsigned depth;
    struct text problem;
};

/* The last `}` of a line, found once a line so that many references on one stay linear. */
struct last_brace {
    size_t line_end; /* of the line that was searched; 0 before the first search */
    size_t at;       /* TEXT_NONE when the line has none */
};

/* `${NAME op word}`: where its parts are. */
struct braced {
    struct text name;
    enum value_operator operator;
    struct text word;
    size_t end; /* after the closing brace */
};

static bool read_template(struct reading *reading, struct text text, struct value *out);

static bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static struct text name_at(struct text text, size_t at) {
    size_t end = at;
    while (end < text.len &&
           (is_name_start(text.ptr[end]) || (end > at && text.ptr[end] >= '0' && text.ptr[end] <= '9')))
        end++;
    return text_of(text.ptr + at, end - at);
}

static char byte_at(struct text text, size_t at) {
    return (char)(at < text.len ? text.ptr[at] : '\0');
}

static size_t find_last_brace(struct last_brace *cache, struct text text, size_t from) {
    if (from >= cache->line_end) {
        struct text rest = text_from_offset(text, from);
        size_t newline = text_find(rest, '\n');
        struct text line = newline == TEXT_NONE ? rest : text_first(rest, newline);
        size_t at = text_find_last(line, '}');
        cache->line_end = from + line.len;
        cache->at = at == TEXT_NONE ? TEXT_NONE : from + at;
    }
    return cache->at != TEXT_NONE && cache->at >= from ? cache->at : TEXT_NONE;
}

/* getFirstBraceClosingIndex over text[from … last]; TEXT_NONE when nothing balances. */
static size_t find_closing_brace(struct text text, size_t from, size_t last) {
    int open = 0;
    for (size_t i = from; i <= last; i++) {
        if (text.ptr[i] == '}' && --open == 0) return i;
        if (text.ptr[i] == '{') {
            open++;
            i++; /* compose-go's: the byte after an opening brace is not looked at */
        }
    }
    return TEXT_NONE;
}

/* The operator at `at`; its length goes to `len`, 0 when there is none. */
static enum value_operator operator_at(struct text text, size_t at, size_t *len) {
    bool colon = byte_at(text, at) == ':';
    *len = colon ? 2 : 1;
    switch (byte_at(text, at + colon)) {
    case '-':
        return colon ? VALUE_DEFAULT : VALUE_DEFAULT_IF_UNSET;
    case '+':
        return colon ? VALUE_ALTERNATIVE : VALUE_ALTERNATIVE_IF_SET;
    case '?':
        return colon ? VALUE_REQUIRED : VALUE_REQUIRED_IF_UNSET;
    default:
        *len = 0;
        return VALUE_PLAIN;
    }
}

/* `at` is the dollar of a "${". False when the pattern does not match there. */
static bool find_braced(struct text text, size_t at, struct last_brace *cache, struct braced *out) {
    struct braced braced = {.name = name_at(text, at + 2)};
    size_t after = at + 2 + braced.name.len, len = 0;
    if (braced.name.len == 0 || after >= text.len) return false;
    if (text.ptr[after] == '}') {
        braced.end = after + 1;
        *out = braced;
        return true;
    }
    braced.operator= operator_at(text, after, &len);
    if (len == 0) return false;
    size_t word = after + len, last = find_last_brace(cache, text, word);
    if (last == TEXT_NONE) return false;
    size_t close = find_closing_brace(text, at, last);
    if (close == TEXT_NONE) close = last;
    braced.word = text_of(text.ptr + word, close - word);
    braced.end = close + 1;
    *out = braced;
    return true;
}

static bool read_braced(struct reading *reading, const struct braced *braced, struct value *out) {
    struct value word = {0};
    reading->depth++;
    bool ok = read_template(reading, braced->word, &word);
    reading->depth--;
    if (ok && reading->arena != NULL) value_add_reference(reading->arena, out, braced->name, braced->operator, word);
    return ok;
}

static void add_literal(struct reading *reading, struct value *out, struct text text, size_t from, size_t end) {
    if (reading->arena != NULL && end > from) value_add_text(reading->arena, out, text_of(text.ptr + from, end - from));
}

/* One `$…` at `at`, with the literal from `*literal` before it; moves both past it. False when refused. */
static bool read_dollar(struct reading *reading, struct text text, struct last_brace *cache, size_t at, size_t *literal,
                        size_t *next, struct value *out) {
    char after = byte_at(text, at + 1);
    if (after == '$') {
        add_literal(reading, out, text, *literal, at + 1);
        *literal = *next = at + 2;
    } else if (is_name_start(after)) {
        struct text name = name_at(text, at + 1);
        add_literal(reading, out, text, *literal, at);
        if (reading->arena != NULL) value_add_reference(reading->arena, out, name, VALUE_PLAIN, (struct value){0});
        *literal = *next = at + 1 + name.len;
    } else if (after == '{') {
        struct braced braced;
        if (!find_braced(text, at, cache, &braced)) {
            reading->problem = text;
            return false;
        }
        add_literal(reading, out, text, *literal, at);
        *literal = *next = braced.end;
        return read_braced(reading, &braced, out);
    } else {
        *next = at + 1;
    }
    return true;
}

static bool read_template(struct reading *reading, struct text text, struct value *out) {
    if (reading->depth > COMPOSE_NESTING_LIMIT) {
        reading->problem = text;
        return false;
    }
    struct last_brace cache = {0};
    size_t literal = 0, at = 0;
    for (;;) {
        size_t dollar = text_find(text_from_offset(text, at), '$');
        if (dollar == TEXT_NONE) break;
        if (!read_dollar(reading, text, &cache, at + dollar, &literal, &at, out)) return false;
    }
    add_literal(reading, out, text, literal, text.len);
    return true;
}

bool compose_interpolate(struct arena *arena, struct text text, struct value *out, struct text *problem) {
    struct reading reading = {.arena = arena};
    struct value value = {0};
    bool ok = read_template(&reading, text, &value);
    if (ok) *out = value;
    if (!ok) *problem = reading.problem;
    return ok;
}

bool compose_is_template(struct text text, struct text *problem) {
    struct reading reading = {0};
    struct value none = {0};
    bool ok = read_template(&reading, text, &none);
    if (!ok) *problem = reading.problem;
    return ok;
}

/* ---- evaluating ---- */

struct evaluating {
    struct arena *arena;
    const struct variables *variables;
    struct map unset; /* the names in out->unset */
    struct compose_evaluation *out;
};

static void note_unset(struct evaluating *evaluating, struct text name) {
    if (map_has(&evaluating->unset, name)) return;
    map_set(evaluating->arena, &evaluating->unset, name, evaluating);
    texts_add(evaluating->arena, &evaluating->out->unset, name);
}

static bool evaluate(struct evaluating *evaluating, const struct value *value, struct buffer *buffer);

static bool refuse(struct evaluating *evaluating, const struct value_piece *piece) {
    struct buffer buffer = buffer_in(evaluating->arena);
    if (!evaluate(evaluating, &piece->word, &buffer)) return false;
    struct text reason = buffer_text(&buffer);
    evaluating->out->problem = text_format(evaluating->arena, "required variable %.*s is missing a value%s%.*s",
                                           TEXT_ARG(piece->text), reason.len > 0 ? ": " : "", TEXT_ARG(reason));
    return false;
}

static bool evaluate_reference(struct evaluating *evaluating, const struct value_piece *piece, struct buffer *buffer) {
    const struct text *found = variables_find(evaluating->variables, piece->text);
    if (found == NULL) note_unset(evaluating, piece->text);
    bool is_set = found != NULL, is_empty = found == NULL || found->len == 0;
    bool takes_word = false;
    switch (piece->operator) {
    case VALUE_PLAIN:
        break;
    case VALUE_DEFAULT:
        takes_word = is_empty;
        break;
    case VALUE_DEFAULT_IF_UNSET:
        takes_word = !is_set;
        break;
    case VALUE_ALTERNATIVE:
        takes_word = !is_empty;
        break;
    case VALUE_ALTERNATIVE_IF_SET:
        takes_word = is_set;
        break;
    case VALUE_REQUIRED:
        if (is_empty) return refuse(evaluating, piece);
        break;
    case VALUE_REQUIRED_IF_UNSET:
        if (!is_set) return refuse(evaluating, piece);
        break;
    }
    if (takes_word) return evaluate(evaluating, &piece->word, buffer);
    if (is_set) buffer_add(buffer, *found);
    return true;
}

static bool evaluate(struct evaluating *evaluating, const struct value *value, struct buffer *buffer) {
    for (size_t i = 0; i < value->pieces.count; i++) {
        const struct value_piece *piece = value->pieces.items[i];
        if (!piece->is_reference) {
            buffer_add(buffer, piece->text);
        } else if (!evaluate_reference(evaluating, piece, buffer)) {
            return false;
        }
        if (buffer->len <= COMPOSE_VALUE_LIMIT) continue;
        evaluating->out->problem = TEXT("the value is too long");
        return false;
    }
    return true;
}

bool compose_evaluate(struct arena *arena, const struct value *value, const struct variables *variables,
                      struct compose_evaluation *out) {
    *out = (struct compose_evaluation){.text = TEXT("")};
    if (value_is_literal(value)) {
        out->text = value_text(arena, value);
        return true;
    }
    struct evaluating evaluating = {.arena = arena, .variables = variables, .out = out};
    struct buffer buffer = buffer_in(arena);
    if (!evaluate(&evaluating, value, &buffer)) return false;
    if (buffer.len > 0) out->text = buffer_text(&buffer);
    return true;
}
