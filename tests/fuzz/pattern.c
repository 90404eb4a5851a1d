/*
 * pattern: one line of an ignore file against one path, and one element against one name.
 *
 * The input is the pattern and, after a NUL, the path.
 *
 * Checked: the same again gives the same; a pattern of literals, '*', '?' and '**' matches what a small table, filled in by
 * the rules of moby/patternmatcher's compile, says; element by element it matches what it matches at once; one of literals,
 * '*' and '?' matches a name as backtracking over it does.
 */
#include "fuzz.h"

#include "base/path.h"
#include "base/rune.h"
#include "docker/pattern.h"
#include "format/wildcard.h"

#define SIMPLE_LIMIT 300 /* characters of a pattern, and of a path, that the table is made for */
#define SPECIAL "[]\\{}|^"

/* --- the table --- */

enum piece_kind { PIECE_RUNE, PIECE_ANY, PIECE_STAR, PIECE_ELEMENTS, PIECE_REST };

struct piece {
    enum piece_kind kind;
    uint32_t rune;
};

struct simple {
    struct piece pieces[SIMPLE_LIMIT];
    size_t count;
    bool is_suffix; /* what follows the leading '**' is literal: the path ends with it, be it within an element, */
    bool is_name;   /* but behind a slash, or as all of the path, when one follows the stars */
    bool is_prefix; /* literals, then '**': the path begins with them */
};

static void add_piece(struct simple *simple, enum piece_kind kind, uint32_t rune) {
    simple->pieces[simple->count++] = (struct piece){kind, rune};
}

static bool is_all_literal(const struct simple *simple, size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
        if (simple->pieces[i].kind != PIECE_RUNE) return false;
    return true;
}

static void read_simple(struct text pattern, struct simple *out) {
    bool is_first = true;
    for (size_t at = 0, len; at < pattern.len; at += len, is_first = false) {
        uint32_t rune = rune_at(pattern, at, &len);
        if (text_starts(text_from_offset(pattern, at), "**")) {
            len = text_starts(text_from_offset(pattern, at), "**/") ? 3 : 2;
            if (is_first) out->is_suffix = true;
            if (is_first) out->is_name = len == 3;
            add_piece(out, at + len == pattern.len ? PIECE_REST : PIECE_ELEMENTS, 0);
        } else {
            add_piece(out, rune == '*' ? PIECE_STAR : rune == '?' ? PIECE_ANY : PIECE_RUNE, rune);
        }
    }
    out->is_suffix = out->is_suffix && is_all_literal(out, 1, out->count);
    out->is_prefix =
        out->count > 0 && out->pieces[out->count - 1].kind == PIECE_REST && is_all_literal(out, 0, out->count - 1);
}

/* Does a run of the path, from `from` to `to`, fit a piece that takes any number of characters? */
static bool run_fits(enum piece_kind kind, const uint32_t *path, size_t from, size_t to) {
    if (from == to) return true;
    if (kind == PIECE_ELEMENTS && path[to - 1] != '/') return false;
    for (size_t i = from; i < to; i++)
        if (path[i] == (kind == PIECE_STAR ? '/' : '\n')) return false;
    return true;
}

/* fits[j]: the pieces so far match the first j characters. */
static void fit_piece(const struct piece *piece, const uint32_t *path, size_t count, bool *fits) {
    bool before[SIMPLE_LIMIT + 1];
    memcpy(before, fits, (count + 1) * sizeof(bool));
    memset(fits, 0, (count + 1) * sizeof(bool));
    for (size_t from = 0; from <= count; from++) {
        if (!before[from]) continue;
        bool takes_one = from < count && (piece->kind == PIECE_ANY ? path[from] != '/' : path[from] == piece->rune);
        if (piece->kind == PIECE_RUNE || piece->kind == PIECE_ANY) {
            if (takes_one) fits[from + 1] = true;
            continue;
        }
        for (size_t to = from; to <= count; to++)
            if (!fits[to] && run_fits(piece->kind, path, from, to)) fits[to] = true;
    }
}

static bool literal_ends(const struct simple *simple, const uint32_t *path, size_t count) {
    const struct piece *literal = simple->pieces + 1;
    size_t len = simple->count - 1;
    bool fits = len <= count;
    for (size_t i = 0; fits && i < len; i++)
        fits = path[count - len + i] == literal[i].rune;
    return fits && (!simple->is_name || len == count || path[count - len - 1] == '/');
}

static bool simple_matches(const struct simple *simple, const uint32_t *path, size_t count) {
    bool fits[SIMPLE_LIMIT + 1] = {true};
    if (simple->is_suffix) return literal_ends(simple, path, count);
    for (size_t i = 0; i < simple->count; i++) {
        bool begins = false;
        if (simple->is_prefix && i + 1 == simple->count) {
            for (size_t j = 0; j <= count; j++)
                begins = begins || fits[j];
            return begins;
        }
        fit_piece(&simple->pieces[i], path, count, fits);
    }
    return fits[count];
}

/* --- comparing --- */

static bool has_special(struct text text) {
    for (const char *c = SPECIAL; *c != '\0'; c++)
        if (text_has(text, *c)) return true;
    return false;
}

/* Malformed bytes mean different things in a literal and in a regular expression; so does a byte order mark. */
static bool is_simple(const struct pattern *pattern, struct text path) {
    bool has_mark = text_starts(pattern->text, "\xEF\xBB\xBF");
    return !has_special(pattern->text) && !has_mark && text_is_utf8(pattern->text) && text_is_utf8(path) &&
           !text_contains(pattern->text, TEXT("\xEF\xBF\xBD")) && pattern->text.len < SIMPLE_LIMIT &&
           path.len < SIMPLE_LIMIT;
}

static void check_simple(const struct pattern *pattern, struct text path, bool matches) {
    struct simple simple = {.count = 0};
    uint32_t runes[SIMPLE_LIMIT];
    size_t count = 0;
    read_simple(pattern->text, &simple);
    for (size_t at = 0, len; at < path.len; at += len)
        runes[count++] = rune_at(path, at, &len);
    bool expected = simple_matches(&simple, runes, count);
    FUZZ_CHECK(matches == expected, "<%.*s> for <%.*s>: %d", TEXT_ARG(pattern->text), TEXT_ARG(path), matches);
}

/* A state of 0 ends it: nothing further down may match then. */
static void check_states(const struct pattern *pattern, struct text path, bool matches) {
    pattern_state state = pattern_begin(pattern);
    struct text rest = path, name;
    bool expected = matches;
    for (size_t slash; (slash = text_find(rest, '/')) != TEXT_NONE && state != 0;) {
        name = text_first(rest, slash);
        state = pattern_enter(pattern, state, name);
        rest = text_from_offset(rest, slash + 1);
    }
    matches = state != 0 && pattern_ends(pattern, state, rest);
    FUZZ_CHECK(matches == expected, "<%.*s> for <%.*s>, element by element: %d", TEXT_ARG(pattern->text),
               TEXT_ARG(path), matches);
}

static void check_pattern(struct arena *arena, struct text written, struct text path) {
    struct pattern pattern;
    struct regex_cache regexes = {0};
    const char *problem = NULL;
    path = path_clean(arena, path);
    if (!pattern_compile(arena, written, &pattern, &problem)) {
        FUZZ_CHECK(problem != NULL && fuzz_is_printable(text_from(problem)), "a refusal has words");
    } else if (pattern.text.len > 0) {
        bool failed = false, failed_again = false;
        bool matches = pattern_matches(&pattern, &regexes, path, &failed);
        bool again = pattern_matches(&pattern, &regexes, path, &failed_again);
        FUZZ_CHECK(matches == again && failed == failed_again, "the same again");
        FUZZ_CHECK(!failed || !matches, "what cannot be tried does not match");
        if (is_simple(&pattern, path)) check_simple(&pattern, path, matches);
        bool is_inside = !path_is_absolute(path) && !text_is(path, ".");
        if (is_inside && pattern_has_states(&pattern)) check_states(&pattern, path, matches);
    }
    regex_finish(&regexes);
}

/* --- one element --- */

/* `budget`: steps left; backtracking ends without an answer when there are none. */
static bool backtrack(struct text pattern, struct text name, size_t *budget) {
    size_t len;
    if (*budget == 0) return false;
    --*budget;
    if (pattern.len == 0) return name.len == 0;
    struct text rest = text_from_offset(pattern, 1);
    if (pattern.ptr[0] == '*')
        return backtrack(rest, name, budget) || (name.len > 0 && backtrack(pattern, text_from_offset(name, 1), budget));
    if (name.len == 0) return false;
    if (pattern.ptr[0] == '?') {
        rune_at(name, 0, &len);
        return backtrack(rest, text_from_offset(name, len), budget);
    }
    return pattern.ptr[0] == name.ptr[0] && backtrack(rest, text_from_offset(name, 1), budget);
}

/* A star takes bytes, so one before '?' could stop within a character; the backtracking is of ASCII names only. */
static bool is_ascii(struct text text) {
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80) return false;
    return true;
}

static void check_element(struct text pattern, struct text name) {
    size_t budget = 20000;
    bool is_good = wildcard_is_accepted(pattern), matches = wildcard_matches(pattern, name);
    FUZZ_CHECK(matches == wildcard_matches(pattern, name), "the same again");
    if (!wildcard_is_pattern(pattern)) FUZZ_CHECK(is_good && matches == text_equal(pattern, name), "a literal");
    if (text_has(pattern, '[') || text_has(pattern, '\\') || !is_ascii(name) || pattern.len > SIMPLE_LIMIT) return;
    bool expected = backtrack(pattern, name, &budget);
    FUZZ_CHECK(is_good, "<%.*s> is accepted", TEXT_ARG(pattern));
    if (budget > 0)
        FUZZ_CHECK(matches == expected, "<%.*s> for <%.*s>: %d", TEXT_ARG(pattern), TEXT_ARG(name), matches);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    arena_init(&arena);
    struct text rest = fuzz_text(data, size), pattern = fuzz_part(&rest);
    check_pattern(&arena, pattern, rest);
    if (pattern.len > 0) check_element(pattern, rest);
    arena_finish(&arena);
    return 0;
}
