#include "docker/pattern.h"

#include "base/path.h"
#include "base/rune.h"
#include "docker/pattern_expression.h"
#include "format/wildcard.h"

/*
 * A program is a row of tokens; a match keeps the set of tokens that may come next.
 *
 *     src/ ** / *.go   →   's' 'r' 'c' '/'  ELEMENTS WITHIN  STAR  '.' 'g' 'o'        (without the blanks)
 *
 * ELEMENTS leads on at once or into WITHIN, which eats everything and leads on after a '/'.
 */
enum token_kind {
    TOKEN_RUNE,
    TOKEN_ANY,      /* one character but '/' */
    TOKEN_CLASS,    /* one of a class */
    TOKEN_STAR,     /* any number of characters but '/' */
    TOKEN_ELEMENTS, /* nothing, or anything that ends in '/' */
    TOKEN_WITHIN,   /* stands behind each ELEMENTS */
    TOKEN_REST,     /* any number of characters but newlines */
};

struct pattern_token {
    enum token_kind kind;
    uint32_t rune;    /* RUNE */
    struct text body; /* CLASS: what is between the brackets, without '^' */
    bool is_negated;
};

#define WORD_BITS 64
#define LONGEST_PROGRAM 65536 /* a line is no longer (docker/ignore.h) */

struct compiler {
    struct arena *arena;
    struct text pattern;
    size_t at;
    struct pattern *out;
    enum pattern_kind kind;
    bool is_exotic; /* only a regular expression says what it means */
};

/*
 * Patterns go to the client as JSON, in which a malformed byte is U+FFFD; and so Go matches one in a path, which
 * PCRE2 wants written out.
 */
static struct text well_formed(struct arena *arena, struct text path) {
    if (text_is_utf8(path)) return path;
    struct buffer copy = buffer_in(arena);
    for (size_t at = 0, len; at < path.len; at += len)
        rune_add(&copy, rune_at(path, at, &len));
    return buffer_text(&copy);
}

/* --- reading --- */

static bool at_end(const struct compiler *compiler) {
    return compiler->at == compiler->pattern.len;
}

static uint32_t peek(const struct compiler *compiler) {
    size_t len;
    return at_end(compiler) ? 0 : rune_at(compiler->pattern, compiler->at, &len);
}

static uint32_t next(struct compiler *compiler) {
    size_t len;
    uint32_t rune = rune_at(compiler->pattern, compiler->at, &len);
    compiler->at += len;
    return rune;
}

static struct pattern_token *add(struct compiler *compiler, enum token_kind kind) {
    struct pattern_token *token = &compiler->out->tokens[compiler->out->token_count++];
    token->kind = kind;
    return token;
}

static bool is_alphanumeric(uint32_t rune) {
    return (rune >= '0' && rune <= '9') || ((rune | 0x20) >= 'a' && (rune | 0x20) <= 'z');
}

/* `**` was read to its first star; a slash behind it belongs to it. */
static void read_double_star(struct compiler *compiler, bool is_first) {
    next(compiler);
    if (!at_end(compiler) && peek(compiler) == '/') next(compiler);
    if (!at_end(compiler)) {
        add(compiler, TOKEN_ELEMENTS);
        add(compiler, TOKEN_WITHIN);
        compiler->kind = PATTERN_PROGRAM;
    } else if (compiler->kind == PATTERN_EXACT) {
        compiler->kind = PATTERN_PREFIX;
    } else {
        add(compiler, TOKEN_REST);
        compiler->kind = PATTERN_PROGRAM;
    }
    if (is_first) compiler->kind = PATTERN_SUFFIX;
}

/* A class that means the same in a pattern and in a regular expression: no brackets, stars, question marks, escapes inside. */
static void read_class(struct compiler *compiler) {
    size_t begin = compiler->at;
    bool is_negated = !at_end(compiler) && peek(compiler) == '^';
    if (is_negated) begin++;
    size_t end = begin;
    while (end < compiler->pattern.len && compiler->pattern.ptr[end] != ']')
        end++;
    struct text body = text_of(compiler->pattern.ptr + begin, end - begin);
    bool is_plain = end < compiler->pattern.len && body.len > 0 && !text_has(body, '[') && !text_has(body, '*') &&
                    !text_has(body, '?') && !text_has(body, '\\');
    compiler->kind = PATTERN_PROGRAM;
    if (!is_plain) {
        compiler->is_exotic = true;
        return;
    }
    struct pattern_token *token = add(compiler, TOKEN_CLASS);
    token->body = body;
    token->is_negated = is_negated;
    compiler->at = end + 1;
}

static void read_escaped(struct compiler *compiler) {
    if (at_end(compiler)) {
        compiler->is_exotic = true; /* it escapes the end of the expression */
        return;
    }
    uint32_t rune = next(compiler);
    if (is_alphanumeric(rune) || rune >= 0x80) compiler->is_exotic = true;
    add(compiler, TOKEN_RUNE)->rune = rune;
    compiler->kind = PATTERN_PROGRAM;
}

static void read_token(struct compiler *compiler, bool is_first) {
    uint32_t rune = next(compiler);
    if (rune == '*' && !at_end(compiler) && peek(compiler) == '*') {
        read_double_star(compiler, is_first);
    } else if (rune == '*' || rune == '?') {
        add(compiler, rune == '*' ? TOKEN_STAR : TOKEN_ANY);
        compiler->kind = PATTERN_PROGRAM;
    } else if (rune == '[') {
        read_class(compiler);
    } else if (rune == '\\') {
        read_escaped(compiler);
    } else {
        if (rune == '{' || rune == '}' || rune == '|' || rune == '^') compiler->is_exotic = true;
        if (rune == ']') compiler->kind = PATTERN_PROGRAM;
        add(compiler, TOKEN_RUNE)->rune = rune;
    }
}

/* --- classes --- */

/* Takes the next character, or range of two, off the body of a class. */
static bool next_range(struct text *body, uint32_t *low, uint32_t *high) {
    size_t len;
    if (body->len == 0) return false;
    *low = *high = rune_at(*body, 0, &len);
    *body = text_from_offset(*body, len);
    if (body->len < 2 || body->ptr[0] != '-') return true;
    *high = rune_at(*body, 1, &len);
    *body = text_from_offset(*body, 1 + len);
    return true;
}

/* Go's regexp refuses a range that runs backwards. */
static bool class_is_good(struct text body) {
    uint32_t low, high;
    while (next_range(&body, &low, &high))
        if (low > high) return false;
    return true;
}

static bool class_has(const struct pattern_token *token, uint32_t rune) {
    struct text body = token->body;
    uint32_t low, high;
    while (next_range(&body, &low, &high))
        if (low <= rune && rune <= high) return !token->is_negated;
    return token->is_negated;
}

/* --- what every match begins and ends with --- */

static struct text literal_run(struct arena *arena, const struct pattern_token *tokens, size_t count) {
    struct buffer run = buffer_in(arena);
    for (size_t i = 0; i < count; i++)
        rune_add(&run, tokens[i].rune);
    return run.len == 0 ? TEXT("") : buffer_text(&run);
}

/* A malformed byte matches U+FFFD and other malformed bytes, so it is in no literal. */
static bool is_literal(const struct pattern_token *token) {
    return token->kind == TOKEN_RUNE && token->rune != RUNE_INVALID;
}

static void find_crossing(struct pattern *pattern) {
    for (size_t i = 0; i < pattern->token_count && i < WORD_BITS; i++)
        if (pattern->tokens[i].kind == TOKEN_WITHIN) pattern->crossing |= (uint64_t)1 << i;
}

static void find_gates(struct arena *arena, struct pattern *pattern) {
    size_t front = 0, back = 0;
    while (front < pattern->token_count && is_literal(&pattern->tokens[front]))
        front++;
    while (back < pattern->token_count && is_literal(&pattern->tokens[pattern->token_count - 1 - back]))
        back++;
    pattern->front = literal_run(arena, pattern->tokens, front);
    pattern->back = literal_run(arena, pattern->tokens + pattern->token_count - back, back);
}

/* --- the regular expression of an exotic pattern --- */

static void compile_expression(struct compiler *compiler) {
    struct pattern *pattern = compiler->out;
    bool is_written = pattern_expression_write(compiler->arena, compiler->pattern, &pattern->expression);
    pattern->kind = is_written && regex_is_good(pattern->expression) ? PATTERN_REGEX : PATTERN_BROKEN;
}

/* --- matching --- */

static bool matches_suffix(struct text suffix, struct text path) {
    if (text_has_suffix(path, suffix)) return true;
    return suffix.ptr[0] == '/' && text_equal(path, text_from_offset(suffix, 1));
}

struct set {
    uint64_t *words;
    size_t word_count;
};

/* Adds the token and those that it leads to without a character. One that is there already has done so. */
static void enter(const struct pattern *pattern, struct set set, size_t at) {
    for (;; at++) {
        bool is_token = at < pattern->token_count;
        if (is_token && pattern->tokens[at].kind == TOKEN_ELEMENTS) {
            set.words[(at + 1) / WORD_BITS] |= (uint64_t)1 << ((at + 1) % WORD_BITS);
            at++; /* behind WITHIN */
            continue;
        }
        uint64_t bit = (uint64_t)1 << (at % WORD_BITS);
        if ((set.words[at / WORD_BITS] & bit) != 0) return;
        set.words[at / WORD_BITS] |= bit;
        bool leads_on = is_token && (pattern->tokens[at].kind == TOKEN_STAR || pattern->tokens[at].kind == TOKEN_REST);
        if (!leads_on) return;
    }
}

static bool may_be_slash(const struct pattern_token *token) {
    switch (token->kind) {
    case TOKEN_RUNE:
        return token->rune == '/';
    case TOKEN_CLASS:
        return class_has(token, '/');
    case TOKEN_ANY:
    case TOKEN_STAR:
        return false;
    case TOKEN_ELEMENTS:
    case TOKEN_WITHIN:
    case TOKEN_REST:
        return true;
    }
    return true;
}

/* Behind its last ELEMENTS a pattern that has one element left is, after each directory, where it was before. */
static void find_resting(struct pattern *pattern) {
    size_t last = pattern->token_count;
    while (last > 0 && pattern->tokens[last - 1].kind != TOKEN_ELEMENTS)
        last--;
    if (last == 0 || pattern->token_count >= WORD_BITS) return;
    for (size_t i = last + 1; i < pattern->token_count; i++)
        if (may_be_slash(&pattern->tokens[i])) return;
    enter(pattern, (struct set){&pattern->resting, 1}, last - 1);
}

static void advance(const struct pattern *pattern, size_t at, uint32_t rune, struct set to) {
    const struct pattern_token *token = &pattern->tokens[at];
    switch (token->kind) {
    case TOKEN_RUNE:
        if (rune == token->rune) enter(pattern, to, at + 1);
        return;
    case TOKEN_ANY:
        if (rune != '/') enter(pattern, to, at + 1);
        return;
    case TOKEN_CLASS:
        if (class_has(token, rune)) enter(pattern, to, at + 1);
        return;
    case TOKEN_STAR:
        if (rune != '/') enter(pattern, to, at);
        return;
    case TOKEN_WITHIN:
        if (rune == '\n') return;
        to.words[at / WORD_BITS] |= (uint64_t)1 << (at % WORD_BITS);
        if (rune == '/') enter(pattern, to, at + 1);
        return;
    case TOKEN_REST:
        if (rune != '\n') enter(pattern, to, at);
        return;
    case TOKEN_ELEMENTS:
        return; /* never in a set */
    }
}

static bool advance_all(const struct pattern *pattern, struct set from, uint32_t rune, struct set to) {
    uint64_t any = 0;
    for (size_t i = 0; i < to.word_count; i++)
        to.words[i] = 0;
    for (size_t i = 0; i < from.word_count; i++) {
        for (uint64_t word = from.words[i]; word != 0; word &= word - 1) {
            size_t at = i * WORD_BITS + (size_t)__builtin_ctzll(word);
            bool is_other = at == pattern->token_count ||
                            (pattern->tokens[at].kind == TOKEN_RUNE && pattern->tokens[at].rune != rune);
            if (!is_other) advance(pattern, at, rune, to);
        }
    }
    for (size_t i = 0; i < to.word_count; i++)
        any |= to.words[i];
    return any != 0;
}

static bool is_end(const struct pattern *pattern, struct set set) {
    size_t end = pattern->token_count;
    return (set.words[end / WORD_BITS] >> (end % WORD_BITS) & 1) != 0;
}

/* Goes through the characters of `text`; false when nothing can match any more. `now` holds the result. */
static bool run(const struct pattern *pattern, struct set *now, struct set *then, struct text text) {
    for (size_t at = 0, len = 1; at < text.len; at += len) {
        uint32_t rune = (unsigned char)text.ptr[at];
        len = 1;
        if (rune >= 0x80) rune = rune_at(text, at, &len);
        if (!advance_all(pattern, *now, rune, *then)) return false;
        struct set swap = *now;
        *now = *then;
        *then = swap;
    }
    return true;
}

static bool matches_program(const struct pattern *pattern, struct text path) {
    uint64_t words[2][LONGEST_PROGRAM / WORD_BITS + 1];
    size_t word_count = pattern->token_count / WORD_BITS + 1;
    struct set now = {words[0], word_count}, then = {words[1], word_count};
    if (!text_has_prefix(path, pattern->front) || !text_has_suffix(path, pattern->back)) return false;
    memset(now.words, 0, word_count * sizeof(uint64_t));
    enter(pattern, now, 0);
    return run(pattern, &now, &then, path) && is_end(pattern, now);
}

/* --- element by element --- */

bool pattern_has_states(const struct pattern *pattern) {
    return pattern->kind == PATTERN_PROGRAM && pattern->token_count < WORD_BITS;
}

pattern_state pattern_begin(const struct pattern *pattern) {
    pattern_state state = 0;
    enter(pattern, (struct set){&state, 1}, 0);
    return state;
}

pattern_state pattern_enter(const struct pattern *pattern, pattern_state state, struct text name) {
    if (state == pattern->resting && !text_has(name, '\n')) return state;
    uint64_t words[2] = {state, 0};
    struct set now = {&words[0], 1}, then = {&words[1], 1};
    return run(pattern, &now, &then, name) && run(pattern, &now, &then, TEXT("/")) ? now.words[0] : 0;
}

/* The commonest end: one literal character is next, and it is another. */
static bool begins_otherwise(const struct pattern *pattern, pattern_state state, struct text name) {
    if ((state & (state - 1)) != 0) return false;
    size_t at = (size_t)__builtin_ctzll(state);
    if (at == pattern->token_count) return name.len > 0;
    const struct pattern_token *token = &pattern->tokens[at];
    return token->kind == TOKEN_RUNE && token->rune < 0x80 &&
           (name.len == 0 || (unsigned char)name.ptr[0] != token->rune);
}

bool pattern_ends(const struct pattern *pattern, pattern_state state, struct text name) {
    uint64_t words[2] = {state & ~pattern->crossing, 0};
    if (words[0] == 0 || begins_otherwise(pattern, words[0], name)) return false;
    struct set now = {&words[0], 1}, then = {&words[1], 1};
    return run(pattern, &now, &then, name) && is_end(pattern, now);
}

/* A copy of the path, where one must be made, is gone again after it. */
static enum regex_result search(const struct pattern *pattern, struct regex_cache *regexes, struct text path) {
    if (text_is_utf8(path)) return regex_search_unicode(regexes, pattern->expression, path);
    struct arena scratch;
    arena_init(&scratch);
    enum regex_result result = regex_search_unicode(regexes, pattern->expression, well_formed(&scratch, path));
    arena_finish(&scratch);
    return result;
}

static bool matches_expression(const struct pattern *pattern, struct regex_cache *regexes, struct text path,
                               bool *failed) {
    enum regex_result result = search(pattern, regexes, path);
    if (result == REGEX_LIMIT) *failed = true;
    return result == REGEX_YES;
}

bool pattern_matches(const struct pattern *pattern, struct regex_cache *regexes, struct text path, bool *failed) {
    switch (pattern->kind) {
    case PATTERN_EXACT:
        return text_equal(path, pattern->literal);
    case PATTERN_PREFIX:
        return text_has_prefix(path, pattern->literal);
    case PATTERN_SUFFIX:
        return matches_suffix(pattern->literal, path);
    case PATTERN_PROGRAM:
        return matches_program(pattern, path);
    case PATTERN_REGEX:
        return matches_expression(pattern, regexes, path, failed);
    case PATTERN_BROKEN:
        *failed = true;
        return false;
    }
    return false;
}

/* --- compiling --- */

static bool classes_are_good(const struct pattern *pattern) {
    for (size_t i = 0; i < pattern->token_count; i++)
        if (pattern->tokens[i].kind == TOKEN_CLASS && !class_is_good(pattern->tokens[i].body)) return false;
    return true;
}

static void compile(struct arena *arena, struct pattern *pattern) {
    struct compiler compiler = {.arena = arena, .pattern = pattern->text, .out = pattern, .kind = PATTERN_EXACT};
    if (text_starts(compiler.pattern, "\xEF\xBB\xBF")) compiler.pattern = text_from_offset(compiler.pattern, 3);
    pattern->tokens = arena_array(arena, compiler.pattern.len + 1, sizeof(*pattern->tokens));
    for (bool is_first = true; !at_end(&compiler); is_first = false)
        read_token(&compiler, is_first);
    pattern->kind = compiler.kind;
    if (pattern->kind == PATTERN_EXACT) pattern->literal = pattern->text;
    if (pattern->kind == PATTERN_PREFIX) pattern->literal = text_first(pattern->text, pattern->text.len - 2);
    if (pattern->kind == PATTERN_SUFFIX) pattern->literal = text_from_offset(pattern->text, 2);
    if (pattern->kind != PATTERN_PROGRAM) return;
    if (compiler.is_exotic) {
        compile_expression(&compiler);
    } else if (!classes_are_good(pattern) || pattern->token_count >= LONGEST_PROGRAM) {
        pattern->kind = PATTERN_BROKEN;
    } else {
        find_gates(arena, pattern);
        find_crossing(pattern);
        find_resting(pattern);
    }
}

bool pattern_compile(struct arena *arena, struct text written, struct pattern *out, const char **problem) {
    struct pattern pattern = {0};
    struct text text = rune_trim(written);
    if (text.len == 0) {
        *out = (struct pattern){.text = TEXT("")};
        return true;
    }
    text = path_clean(arena, well_formed(arena, text));
    pattern.is_exception = text.ptr[0] == '!';
    pattern.text = text_from_offset(text, pattern.is_exception);
    *problem = pattern.text.len == 0 ? "illegal exclusion pattern: \"!\"" : "syntax error in pattern";
    if (pattern.text.len == 0 || !wildcard_is_accepted(pattern.text)) return false;
    compile(arena, &pattern);
    *out = pattern;
    return true;
}
