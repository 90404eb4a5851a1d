#include "docker/expand_pattern.h"

#include "base/rune.h"

#define EXPAND_PATTERN_STAR 0x110000u /* above every character */
#define EXPAND_PATTERN_ANY 0x110001u

static struct expand_runes runes_of(struct arena *arena, struct text text) {
    struct expand_runes runes = {.items = arena_array(arena, text.len + 1, sizeof(uint32_t))};
    for (size_t i = 0, len; i < text.len; i += len)
        runes.items[runes.count++] = rune_at(text, i, &len);
    return runes;
}

static struct text text_of_runes(struct arena *arena, struct expand_runes runes) {
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < runes.count; i++)
        rune_add(&buffer, runes.items[i]);
    return buffer_text(&buffer);
}

static void reverse(struct expand_runes runes) {
    for (size_t i = 0; i < runes.count / 2; i++) {
        uint32_t other = runes.items[runes.count - 1 - i];
        runes.items[runes.count - 1 - i] = runes.items[i];
        runes.items[i] = other;
    }
}

/* The escaped character at `*at`, where the backslash stands; RUNE_INVALID when it may not be escaped. */
static uint32_t unescape(const struct expand_runes *runes, size_t *at) {
    uint32_t next = *at + 1 < runes->count ? runes->items[*at + 1] : 0;
    bool is_allowed = next == '*' || next == '?' || next == '\\' || next == '}' || next == '/';
    if (!is_allowed) return RUNE_INVALID;
    (*at)++;
    return next;
}

bool expand_pattern_compile(struct arena *arena, struct text text, struct expand_pattern *out, const char **problem) {
    struct expand_runes runes = runes_of(arena, text);
    size_t count = 0;
    for (size_t i = 0; i < runes.count; i++) {
        uint32_t rune = runes.items[i];
        if (rune == '\\') {
            rune = unescape(&runes, &i);
            if (rune == RUNE_INVALID) {
                *problem =
                    text_string(arena, text_format(arena, "invalid pattern (%.*s) in substitution: invalid escape",
                                                   TEXT_ARG(text_printable(arena, text))));
                return false;
            }
        } else if (rune == '*' || rune == '?') {
            rune = rune == '*' ? EXPAND_PATTERN_STAR : EXPAND_PATTERN_ANY;
        }
        runes.items[count++] = rune;
    }
    runes.count = count;
    out->runes = runes;
    return true;
}

/* The part of a pattern from `start` up to the next star or the end. */
static struct expand_runes run_at(const struct expand_pattern *pattern, size_t start) {
    struct expand_runes run = {.items = pattern->runes.items + start};
    while (start + run.count < pattern->runes.count && run.items[run.count] != EXPAND_PATTERN_STAR)
        run.count++;
    return run;
}

/* Steps are paid for as they are made; when they are used up nothing matches any more. */
static bool run_matches(struct expand_runes run, struct expand_runes value, size_t at, size_t *work) {
    if (run.count > value.count - at) return false;
    for (size_t i = 0; i < run.count; i++) {
        if (*work == 0) return false;
        --*work;
        if (run.items[i] != EXPAND_PATTERN_ANY && run.items[i] != value.items[at + i]) return false;
    }
    return true;
}

/* The first place of a run at or after `from`; value.count + 1 when there is none. */
static size_t run_find(struct expand_runes run, struct expand_runes value, size_t from, size_t *work) {
    for (; from + run.count <= value.count && *work > 0; from++)
        if (run_matches(run, value, from, work)) return from;
    return value.count + 1;
}

static size_t run_find_last(struct expand_runes run, struct expand_runes value, size_t from, size_t *work) {
    for (size_t at = value.count - run.count; at > from; at--)
        if (run_matches(run, value, at, work)) return at;
    return from;
}

/*
 * Where a match that begins at `start` ends, given that the first run stands there:
 *
 *     a*b*c      a is fixed; b is looked for after a; c after b, early or late
 *
 * value.count + 1 when nothing matches.
 */
static size_t match_end(const struct expand_pattern *pattern, struct expand_runes line, size_t start, bool longest,
                        size_t *work) {
    struct expand_runes run = run_at(pattern, 0);
    size_t at = start + run.count, next = run.count;
    while (next < pattern->runes.count) {
        run = run_at(pattern, next + 1);
        next += 1 + run.count;
        at = run_find(run, line, at, work);
        if (at > line.count) return at;
        if (longest && next == pattern->runes.count) at = run_find_last(run, line, at, work);
        at += run.count;
    }
    return at;
}

/* Up to the next line feed: no wildcard crosses one, and a pattern holds none. */
static struct expand_runes line_at(struct expand_runes value, size_t start) {
    size_t end = start;
    while (end < value.count && value.items[end] != '\n')
        end++;
    return (struct expand_runes){value.items, end};
}

struct text expand_pattern_trim(struct arena *arena, const struct expand_pattern *pattern, struct text value,
                                enum expand_end end, bool longest, size_t *work) {
    struct expand_runes runes = runes_of(arena, value);
    struct expand_pattern turned = {.runes = {arena_array(arena, pattern->runes.count + 1, sizeof(uint32_t)), 0}};
    for (size_t i = 0; i < pattern->runes.count; i++)
        turned.runes.items[turned.runes.count++] = pattern->runes.items[i];
    if (end == EXPAND_PATTERN_SUFFIX) {
        reverse(runes);
        reverse(turned.runes);
    }
    struct expand_runes line = line_at(runes, 0);
    if (!run_matches(run_at(&turned, 0), line, 0, work)) return value;
    size_t cut = match_end(&turned, line, 0, longest, work);
    if (cut > line.count) return value;
    struct expand_runes rest = {runes.items + cut, runes.count - cut};
    if (end == EXPAND_PATTERN_SUFFIX) reverse(rest);
    return text_of_runes(arena, rest);
}

/* Where a search stands: the line is found once, not once a match. */
struct search {
    const struct expand_pattern *pattern;
    struct expand_runes value, line;
    size_t from, start, end;
};

/* The leftmost match at or after `from`, the longest one there; false when there is none. */
static bool search_next(struct search *search, size_t *work) {
    struct expand_runes first = run_at(search->pattern, 0);
    for (; search->from <= search->value.count; search->from = search->line.count + 1) {
        if (search->from > search->line.count) search->line = line_at(search->value, search->from);
        search->start = run_find(first, search->line, search->from, work);
        if (search->start > search->line.count) continue;
        search->end = match_end(search->pattern, search->line, search->start, true, work);
        if (search->end <= search->line.count) return true;
    }
    return false;
}

/* As Go's regexp.ReplaceAllString: an empty match just after another match is not replaced. */
struct text expand_pattern_replace(struct arena *arena, const struct expand_pattern *pattern, struct text value,
                                   struct text replacement, bool all, size_t *work) {
    struct search search = {.pattern = pattern, .value = runes_of(arena, value)};
    search.line = line_at(search.value, 0);
    struct buffer result = buffer_in(arena);
    size_t copied = 0, last_end = 0;
    while (*work > 0 && search_next(&search, work)) {
        for (; copied < search.start; copied++)
            rune_add(&result, search.value.items[copied]);
        if (search.end > last_end || search.start == 0) {
            *work -= *work < replacement.len ? *work : replacement.len;
            buffer_add(&result, replacement);
        }
        copied = last_end = search.end;
        search.from = search.end > search.from ? search.end : search.from + 1;
        if (!all) break;
    }
    for (; copied < search.value.count; copied++)
        rune_add(&result, search.value.items[copied]);
    return buffer_text(&result);
}
