#include "docker/expand.h"

#include "base/rune.h"
#include "docker/expand_pattern.h"

#include <string.h>

#define END 0xFFFFFFFFu /* no character: the end of the word */

/*
 * One expansion. Substitutions nest: lex_until calls lex_dollar, which calls lex_until for
 * the word of a modifier, up to EXPAND_DEPTH_LIMIT.
 */
struct lexer {
    struct arena *arena;
    struct text text;
    size_t at;
    uint32_t escape;
    unsigned options;
    bool raw_escapes;
    struct expand_scope scope;
    size_t own_work, *work;
    unsigned depth;
    struct expand_result *result;
    struct texts *words; /* NULL when the text is not split */
    struct buffer word;
    bool in_word;
};

static bool fail(struct lexer *lexer, enum expand_failure failure, const char *error) {
    lexer->result->failure = failure;
    lexer->result->error = error;
    return false;
}

static uint32_t peek(const struct lexer *lexer) {
    size_t len;
    return lexer->at < lexer->text.len ? rune_at(lexer->text, lexer->at, &len) : END;
}

static uint32_t next(struct lexer *lexer) {
    if (lexer->at >= lexer->text.len) return END;
    size_t len;
    uint32_t rune = rune_at(lexer->text, lexer->at, &len);
    lexer->at += len;
    return rune;
}

/* Copying is work too: `$x` can make a short word long. */
static bool pay(struct lexer *lexer, size_t steps, size_t result_len) {
    if (*lexer->work >= steps && result_len <= EXPAND_RESULT_LIMIT) {
        *lexer->work -= steps;
        return true;
    }
    *lexer->work = 0;
    return fail(lexer, EXPAND_LIMIT, "the expansion is too large");
}

/* --- words: what is split, beside what is expanded --- */

static void word_add_raw(struct lexer *lexer, struct text text) {
    if (lexer->words == NULL || lexer->depth > 0) return;
    buffer_add(&lexer->word, text);
    lexer->in_word = true;
}

static void word_end(struct lexer *lexer) {
    if (lexer->word.len == 0) return;
    texts_add(lexer->arena, lexer->words, text_copy(lexer->arena, buffer_text(&lexer->word)));
    lexer->word.len = 0;
    lexer->in_word = false;
}

static void word_add_split(struct lexer *lexer, struct text text) {
    if (lexer->words == NULL || lexer->depth > 0) return;
    for (size_t i = 0, len; i < text.len; i += len) {
        if (!rune_is_space(rune_at(text, i, &len))) {
            word_add_raw(lexer, text_of(text.ptr + i, len));
        } else if (lexer->in_word) {
            word_end(lexer);
        }
    }
}

/* --- the pieces of a word; each adds to `out` --- */

static bool lex_until(struct lexer *lexer, uint32_t stop, bool raw_escapes, struct buffer *out);

static bool lex_single_quotes(struct lexer *lexer, struct buffer *out) {
    bool raw = (lexer->options & EXPAND_RAW_QUOTES) != 0;
    uint32_t rune = next(lexer);
    if (raw) rune_add(out, rune);
    while ((rune = next(lexer)) != '\'') {
        if (rune == END)
            return fail(lexer, EXPAND_SYNTAX, "unexpected end of statement while looking for matching single-quote");
        rune_add(out, rune);
    }
    if (raw) rune_add(out, rune);
    return true;
}

static struct text find_name(struct lexer *lexer) {
    size_t start = lexer->at, len;
    uint32_t first = peek(lexer);
    bool is_number = first >= '0' && first <= '9';
    if (first != END && first < 0x80 && strchr("@*#?-$!", (int)first) != NULL && first != 0) {
        next(lexer);
        return text_of(lexer->text.ptr + start, 1);
    }
    while (lexer->at < lexer->text.len) {
        uint32_t rune = rune_at(lexer->text, lexer->at, &len);
        bool is_digit = rune >= '0' && rune <= '9';
        bool continues = is_number ? is_digit : is_digit || rune == '_' || rune_is_letter(rune);
        if (!continues) break;
        lexer->at += len;
    }
    return text_of(lexer->text.ptr + start, lexer->at - start);
}

/* Looks a name up; an unknown one reads as empty, and marks the result. */
static enum expand_state look_up(struct lexer *lexer, struct text name, struct text *value) {
    *value = TEXT("");
    enum expand_state state = lexer->scope.find(lexer->scope.self, name, value);
    if (state == EXPAND_UNKNOWN) lexer->result->unknown = true;
    return state;
}

/* `$x` and `${x}`; `written` is how it stays when an unset name is kept. */
static bool lex_plain(struct lexer *lexer, struct text name, struct text written, struct buffer *out) {
    struct text value;
    enum expand_state state = look_up(lexer, name, &value);
    if (state == EXPAND_UNSET) {
        lexer->result->unset = true;
        if (lexer->options & EXPAND_KEEP_UNSET) value = written;
    }
    if (!pay(lexer, value.len, out->len + value.len)) return false;
    buffer_add(out, value);
    return true;
}

/* The word of a modifier, up to `stop`; `missing` is what BuildKit says when the text ends first. */
static bool lex_operand(struct lexer *lexer, uint32_t stop, bool raw_escapes, const char *missing, struct text *out) {
    if (lexer->depth >= EXPAND_DEPTH_LIMIT) return fail(lexer, EXPAND_LIMIT, "substitutions are nested too deeply");
    struct buffer buffer = buffer_in(lexer->arena);
    /* BuildKit's nested call empties the word that the outer one is collecting. */
    lexer->word.len = 0;
    lexer->depth++;
    bool ok = lex_until(lexer, stop, raw_escapes, &buffer);
    lexer->depth--;
    if (!ok && lexer->result->failure == EXPAND_SYNTAX && peek(lexer) == END) lexer->result->error = missing;
    *out = buffer_text(&buffer);
    return ok;
}

static bool unsupported(struct lexer *lexer, size_t start) {
    struct text modifier = text_of(lexer->text.ptr + start, lexer->at - start);
    struct text shown = modifier.len == 0 ? TEXT("?") : text_printable(lexer->arena, modifier);
    return fail(lexer, EXPAND_SYNTAX,
                text_string(lexer->arena,
                            text_format(lexer->arena, "unsupported modifier (%.*s) in substitution", TEXT_ARG(shown))));
}

static bool required(struct lexer *lexer, struct text name, struct text word, const char *otherwise) {
    struct text message = word.len > 0 ? text_printable(lexer->arena, word) : text_from(otherwise);
    return fail(
        lexer, EXPAND_REQUIRED,
        text_string(lexer->arena, text_format(lexer->arena, "%.*s: %.*s", TEXT_ARG(text_printable(lexer->arena, name)),
                                              TEXT_ARG(message))));
}

/* A pattern that an expansion stands in may be another one another time. `operand`: where it begins in the text. */
static bool refuse_pattern(struct lexer *lexer, size_t operand, const char *problem) {
    struct text written = text_of(lexer->text.ptr + operand, lexer->at - operand);
    return fail(lexer, text_has(written, '$') ? EXPAND_REQUIRED : EXPAND_SYNTAX, problem);
}

/* ${x#p} ${x##p} ${x%p} ${x%%p} */
static bool lex_trim(struct lexer *lexer, uint32_t modifier, size_t operand, struct text value, struct text word,
                     struct text *out) {
    bool longest = word.len > 0 && (unsigned char)word.ptr[0] == modifier;
    struct expand_pattern pattern;
    const char *problem;
    if (!expand_pattern_compile(lexer->arena, text_from_offset(word, longest), &pattern, &problem))
        return refuse_pattern(lexer, operand, problem);
    enum expand_end end = modifier == '%' ? EXPAND_PATTERN_SUFFIX : EXPAND_PATTERN_PREFIX;
    *out = expand_pattern_trim(lexer->arena, &pattern, value, end, longest, lexer->work);
    return pay(lexer, 1, 0);
}

/* - + ? # %, each perhaps after a colon, once the word is known. */
static bool apply(struct lexer *lexer, struct text name, uint32_t modifier, bool empty_is_unset, size_t operand,
                  struct text word, struct text *out) {
    enum expand_state state = look_up(lexer, name, out);
    bool is_missing = state == EXPAND_UNSET || (empty_is_unset && out->len == 0);
    if (state == EXPAND_UNKNOWN) return true;
    switch (modifier) {
    case '-':
        if (is_missing) *out = word;
        return true;
    case '+':
        *out = is_missing ? TEXT("") : word;
        return true;
    case '?':
        if (state == EXPAND_UNSET) return required(lexer, name, word, "is not allowed to be unset");
        if (is_missing) return required(lexer, name, word, "is not allowed to be empty");
        return true;
    default:
        if (state == EXPAND_UNSET) lexer->result->unset = true;
        return lex_trim(lexer, modifier, operand, *out, word, out);
    }
}

static bool is_kept(struct lexer *lexer, struct text name) {
    struct text value;
    bool keeps = (lexer->options & EXPAND_KEEP_UNSET) != 0;
    return keeps && lexer->scope.find(lexer->scope.self, name, &value) == EXPAND_UNSET;
}

/* After the name: `start` is where the modifier stands, which was read. */
static bool lex_modifier(struct lexer *lexer, struct text name, size_t start, struct buffer *out) {
    uint32_t modifier = (unsigned char)lexer->text.ptr[start];
    bool empty_is_unset = modifier == ':';
    if (empty_is_unset) modifier = next(lexer);
    bool is_trim = modifier == '#' || modifier == '%';
    if (empty_is_unset && is_trim) return unsupported(lexer, start);
    size_t operand = lexer->at;
    struct text word;
    if (!lex_operand(lexer, '}', is_trim, "syntax error: missing '}'", &word)) return false;
    if (is_kept(lexer, name)) {
        buffer_format(out, "${%.*s%.*s", TEXT_ARG(name), (int)(operand - start), lexer->text.ptr + start);
        buffer_add(out, word);
        buffer_add_byte(out, '}');
        return pay(lexer, word.len, out->len);
    }
    if (modifier != '-' && modifier != '+' && modifier != '?' && !is_trim) {
        lexer->at = operand;
        return unsupported(lexer, start);
    }
    struct text value;
    if (!apply(lexer, name, modifier, empty_is_unset, operand, word, &value)) return false;
    buffer_add(out, value);
    return pay(lexer, value.len, out->len);
}

/* ${x/p/r} and ${x//p/r} */
static bool lex_replace(struct lexer *lexer, struct text name, struct buffer *out) {
    bool all = peek(lexer) == '/';
    if (all) next(lexer);
    size_t operand = lexer->at;
    struct text from, to, value;
    if (!lex_operand(lexer, '/', true, "syntax error: missing '/' in ${}", &from)) return false;
    if (!lex_operand(lexer, '}', true, "syntax error: missing '}'", &to)) return false;
    if (is_kept(lexer, name)) {
        buffer_format(out, "${%.*s/", TEXT_ARG(name));
        buffer_add(out, from);
        buffer_add_byte(out, '/');
        buffer_add(out, to);
        buffer_add_byte(out, '}');
        return pay(lexer, from.len + to.len, out->len);
    }
    if (look_up(lexer, name, &value) == EXPAND_UNSET) lexer->result->unset = true;
    struct expand_pattern pattern;
    const char *problem;
    if (!expand_pattern_compile(lexer->arena, from, &pattern, &problem)) return refuse_pattern(lexer, operand, problem);
    value = expand_pattern_replace(lexer->arena, &pattern, value, to, all, lexer->work);
    buffer_add(out, value);
    return pay(lexer, value.len + 1, out->len);
}

/* After `${`. */
static bool lex_braces(struct lexer *lexer, struct buffer *out) {
    uint32_t first = peek(lexer);
    if (first == END) return fail(lexer, EXPAND_SYNTAX, "syntax error: missing '}'");
    if (first == '{' || first == '}' || first == ':')
        return fail(lexer, EXPAND_SYNTAX, "syntax error: bad substitution");
    struct text name = find_name(lexer);
    size_t start = lexer->at;
    switch (next(lexer)) {
    case '}':
        return lex_plain(lexer, name, text_format(lexer->arena, "${%.*s}", TEXT_ARG(name)), out);
    case ':':
    case '+':
    case '-':
    case '?':
    case '#':
    case '%':
        return lex_modifier(lexer, name, start, out);
    case '/':
        return lex_replace(lexer, name, out);
    default:
        return unsupported(lexer, start);
    }
}

static bool lex_dollar(struct lexer *lexer, struct buffer *out) {
    size_t start = lexer->at;
    next(lexer);
    if (peek(lexer) == '{') {
        next(lexer);
        return lex_braces(lexer, out);
    }
    struct text name = find_name(lexer);
    if (name.len > 0) return lex_plain(lexer, name, text_of(lexer->text.ptr + start, lexer->at - start), out);
    buffer_add_byte(out, '$');
    return true;
}

/* In double quotes the escape takes the meaning from `"`, `$` and itself only, else both characters stay. */
static void lex_quoted_character(struct lexer *lexer, struct buffer *out) {
    uint32_t rune = next(lexer);
    if (rune == lexer->escape) {
        if (lexer->raw_escapes) rune_add(out, rune);
        uint32_t escaped = peek(lexer);
        if (escaped == END) return;
        if (escaped == '"' || escaped == '$' || escaped == lexer->escape) rune = next(lexer);
    }
    rune_add(out, rune);
}

static bool lex_double_quotes(struct lexer *lexer, struct buffer *out) {
    bool raw = (lexer->options & EXPAND_RAW_QUOTES) != 0;
    uint32_t rune = next(lexer);
    if (raw) rune_add(out, rune);
    while ((rune = peek(lexer)) != '"') {
        if (rune == END)
            return fail(lexer, EXPAND_SYNTAX, "unexpected end of statement while looking for matching double-quote");
        if (rune != '$') {
            lex_quoted_character(lexer, out);
        } else if (!lex_dollar(lexer, out)) {
            return false;
        }
    }
    next(lexer);
    if (raw) rune_add(out, rune);
    return true;
}

/* `<<` and the blanks after it are one piece, so that `<< EOF` is one word. */
static void lex_less_than(struct lexer *lexer, struct buffer *out) {
    buffer_add_byte(out, (char)next(lexer));
    if (peek(lexer) != '<') return;
    buffer_add_byte(out, (char)next(lexer));
    for (uint32_t rune = peek(lexer); rune == ' ' || rune == '\t' || rune == '\r'; rune = peek(lexer))
        buffer_add_byte(out, (char)next(lexer));
}

/* An ordinary character, or an escape and what it escapes. */
static void lex_character(struct lexer *lexer, struct buffer *out) {
    size_t start = out->len;
    uint32_t rune = next(lexer);
    if (rune != lexer->escape) {
        rune_add(out, rune);
        word_add_split(lexer, text_from_offset(buffer_text(out), start));
        return;
    }
    if (lexer->raw_escapes) rune_add(out, rune);
    rune = next(lexer);
    if (rune != END) rune_add(out, rune);
    word_add_raw(lexer, text_from_offset(buffer_text(out), start));
}

static bool lex_piece(struct lexer *lexer, struct buffer *out) {
    size_t start = out->len;
    uint32_t rune = peek(lexer);
    bool has_quotes = (lexer->options & EXPAND_NO_QUOTES) == 0;
    bool ok = true;
    if (rune == '$') {
        if (!lex_dollar(lexer, out)) return false;
        word_add_split(lexer, text_from_offset(buffer_text(out), start));
        return true;
    }
    if (has_quotes && rune == '\'') {
        ok = lex_single_quotes(lexer, out);
    } else if (has_quotes && rune == '"') {
        ok = lex_double_quotes(lexer, out);
    } else if (rune == '<') {
        lex_less_than(lexer, out);
    } else {
        lex_character(lexer, out);
        return true;
    }
    if (ok) word_add_raw(lexer, text_from_offset(buffer_text(out), start));
    return ok;
}

static bool lex_until(struct lexer *lexer, uint32_t stop, bool raw_escapes, struct buffer *out) {
    bool outer = lexer->raw_escapes;
    lexer->raw_escapes = raw_escapes;
    bool ok = true;
    while (ok && peek(lexer) != END && peek(lexer) != stop)
        ok = lex_piece(lexer, out);
    lexer->raw_escapes = outer;
    if (!ok || stop == END) return ok;
    if (next(lexer) == stop) return true;
    return fail(lexer, EXPAND_SYNTAX, "unexpected end of statement while looking for a matching character");
}

/* Go's scanner passes over a byte order mark at the beginning. */
static void begin(struct lexer *lexer) {
    if (lexer->work == NULL) lexer->work = &lexer->own_work;
    lexer->word = buffer_in(lexer->arena);
    if (text_starts(lexer->text, "\xEF\xBB\xBF")) lexer->at = 3;
}

/* Most words have nothing to expand, and then no copy is made. */
static bool is_plain(struct text text, char escape) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '$' || c == '\'' || c == '"' || c == escape || (unsigned char)c >= 0x80) return false;
    }
    return true;
}

struct expand_result expand_text(struct arena *arena, struct text text, char escape, unsigned options,
                                 struct expand_scope scope) {
    struct expand_result result = {.text = text.len == 0 ? TEXT("") : text};
    if (is_plain(text, escape)) return result;
    struct lexer lexer = {.arena = arena,
                          .text = text,
                          .escape = (unsigned char)escape,
                          .options = options,
                          .scope = scope,
                          .own_work = EXPAND_WORK_LIMIT,
                          .work = scope.work,
                          .result = &result};
    begin(&lexer);
    struct buffer buffer = buffer_in(arena);
    if (pay(&lexer, text.len, text.len)) lex_until(&lexer, END, (options & EXPAND_RAW_ESCAPES) != 0, &buffer);
    result.text = result.failure == EXPAND_FINE ? buffer_text(&buffer) : TEXT("");
    return result;
}

struct expand_result expand_word(struct arena *arena, struct text word, char escape, struct expand_scope scope) {
    return expand_text(arena, word, escape, EXPAND_PLAIN, scope);
}

const char *expand_words(struct arena *arena, struct text line, char escape, unsigned options,
                         struct expand_scope scope, struct texts *out) {
    struct expand_result result = {0};
    struct texts words = {0};
    struct lexer lexer = {.arena = arena,
                          .text = line,
                          .escape = (unsigned char)escape,
                          .options = options,
                          .scope = scope,
                          .own_work = EXPAND_WORK_LIMIT,
                          .work = scope.work,
                          .result = &result,
                          .words = &words};
    begin(&lexer);
    struct buffer buffer = buffer_in(arena);
    if (!pay(&lexer, line.len, 0) || !lex_until(&lexer, END, (options & EXPAND_RAW_ESCAPES) != 0, &buffer))
        return result.error;
    word_end(&lexer);
    for (size_t i = 0; i < words.count; i++)
        texts_add(arena, out, words.items[i]);
    return NULL;
}

static enum expand_state find_nothing(const void *self, struct text name, struct text *out) {
    (void)self;
    (void)name;
    (void)out;
    return EXPAND_UNSET;
}

struct expand_scope expand_nothing(void) {
    return (struct expand_scope){.find = find_nothing};
}
