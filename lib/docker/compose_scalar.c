#include "docker/compose_scalar.h"

#include "docker/base64.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLOAT_DIGITS 17
#define SHOWN_LIMIT 200 /* bytes of a value in a message */

static struct compose_scalar scalar(enum compose_scalar_kind kind, struct text text) {
    return (struct compose_scalar){.kind = kind, .text = text};
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* ---- words ---- */

struct word {
    const char *written;
    enum compose_scalar_kind kind;
    const char *printed;
};

/* go-yaml's resolveMapList. */
static const struct word words[] = {
    {"", COMPOSE_NULL, ""},           {"~", COMPOSE_NULL, ""},          {"null", COMPOSE_NULL, ""},
    {"Null", COMPOSE_NULL, ""},       {"NULL", COMPOSE_NULL, ""},       {"true", COMPOSE_BOOL, "true"},
    {"True", COMPOSE_BOOL, "true"},   {"TRUE", COMPOSE_BOOL, "true"},   {"false", COMPOSE_BOOL, "false"},
    {"False", COMPOSE_BOOL, "false"}, {"FALSE", COMPOSE_BOOL, "false"}, {".nan", COMPOSE_FLOAT, "NaN"},
    {".NaN", COMPOSE_FLOAT, "NaN"},   {".NAN", COMPOSE_FLOAT, "NaN"},   {".inf", COMPOSE_FLOAT, "+Inf"},
    {".Inf", COMPOSE_FLOAT, "+Inf"},  {".INF", COMPOSE_FLOAT, "+Inf"},  {"+.inf", COMPOSE_FLOAT, "+Inf"},
    {"+.Inf", COMPOSE_FLOAT, "+Inf"}, {"+.INF", COMPOSE_FLOAT, "+Inf"}, {"-.inf", COMPOSE_FLOAT, "-Inf"},
    {"-.Inf", COMPOSE_FLOAT, "-Inf"}, {"-.INF", COMPOSE_FLOAT, "-Inf"},
};

static const struct word *find_word(struct text text) {
    if (text.len > 5) return NULL;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (text_is(text, words[i].written)) return &words[i];
    return NULL;
}

/* ---- timestamps ---- */

/* Between `least` and `most` digits at *at whose number is within bounds. */
static bool take_number(struct text text, size_t *at, size_t least, size_t most, int low, int high) {
    size_t digits = 0;
    int number = 0;
    while (digits < most && *at < text.len && is_digit(text.ptr[*at])) {
        number = number * 10 + (text.ptr[(*at)++] - '0');
        digits++;
    }
    return digits >= least && number >= low && number <= high;
}

static bool take_byte(struct text text, size_t *at, const char *any) {
    if (*at >= text.len || text.ptr[*at] == '\0' || strchr(any, text.ptr[*at]) == NULL) return false;
    (*at)++;
    return true;
}

/* ":04:05.999", the seconds' fraction optional. */
static bool take_minutes(struct text text, size_t *at) {
    if (!take_byte(text, at, ":") || !take_number(text, at, 1, 2, 0, 59)) return false;
    if (!take_byte(text, at, ":") || !take_number(text, at, 1, 2, 0, 59)) return false;
    if (!take_byte(text, at, ".,")) return true;
    size_t before = *at;
    while (*at < text.len && is_digit(text.ptr[*at]))
        (*at)++;
    return *at > before;
}

static bool take_zone(struct text text, size_t *at) {
    if (take_byte(text, at, "Z")) return true;
    return take_byte(text, at, "+-") && take_number(text, at, 2, 2, 0, 24) && take_byte(text, at, ":") &&
           take_number(text, at, 2, 2, 0, 60);
}

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* The number of one or two digits that ends before `end`. */
static int number_before(struct text text, size_t end) {
    int ones = text.ptr[end - 1] - '0';
    return end >= 2 && is_digit(text.ptr[end - 2]) ? (text.ptr[end - 2] - '0') * 10 + ones : ones;
}

static bool take_date(struct text text, size_t *at) {
    if (!take_number(text, at, 4, 4, 0, 9999) || !take_byte(text, at, "-")) return false;
    if (!take_number(text, at, 1, 2, 1, 12)) return false;
    int month = number_before(text, *at);
    if (!take_byte(text, at, "-") || !take_number(text, at, 1, 2, 1, 31)) return false;
    int year = 0;
    for (size_t i = 0; i < 4; i++)
        year = year * 10 + (text.ptr[i] - '0');
    return number_before(text, *at) <= days_in(year, month);
}

/* allowedTimestampFormats of resolve.go: a date, a date and time, or RFC 3339 with short fields. */
static bool is_timestamp(struct text text) {
    size_t at = 0;
    if (!take_date(text, &at)) return false;
    if (at == text.len) return true;
    bool is_zoned = text.ptr[at] != ' ';
    if (!take_byte(text, &at, "Tt ") || !take_number(text, &at, 1, 2, 0, 23) || !take_minutes(text, &at)) return false;
    if (is_zoned && !take_zone(text, &at)) return false;
    return at == text.len;
}

/* ---- integers: Go's strconv.ParseUint and ParseInt, without underscores ---- */

static int digit_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* Base 0 reads the prefixes 0x, 0o, 0b and a leading 0 for octal. False also when 64 bits do not hold it. */
static bool parse_unsigned(struct text text, int base, uint64_t *out) {
    if (text.len == 0) return false;
    if (base == 0 && text.ptr[0] == '0') {
        int mark = text.len >= 3 ? text.ptr[1] | 0x20 : 0; /* in lower case */
        base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
        text = text_from_offset(text, mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
    }
    if (base == 0) base = 10;
    uint64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = digit_value(text.ptr[i]);
        if (digit >= base) return false;
        if (__builtin_mul_overflow(number, (uint64_t)base, &number)) return false;
        if (__builtin_add_overflow(number, (uint64_t)digit, &number)) return false;
    }
    *out = number;
    return true;
}

static bool parse_signed(struct text text, int base, bool negative, int64_t *out) {
    if (text.len > 0 && (text.ptr[0] == '+' || text.ptr[0] == '-')) {
        negative = negative != (text.ptr[0] == '-');
        text = text_from_offset(text, 1);
    }
    uint64_t number = 0, limit = (uint64_t)INT64_MAX + negative;
    if (!parse_unsigned(text, base, &number) || number > limit) return false;
    *out = negative ? (int64_t)(0 - number) : (int64_t)number;
    return true;
}

static bool print_integer(struct arena *arena, struct text text, int base, bool negative, struct compose_scalar *out) {
    int64_t number = 0;
    uint64_t large = 0;
    if (parse_signed(text, base, negative, &number)) {
        *out = scalar(COMPOSE_INT, text_format(arena, "%" PRId64, number));
        return true;
    }
    if (negative || !parse_unsigned(text, base, &large)) return false;
    *out = scalar(COMPOSE_INT, text_format(arena, "%" PRIu64, large));
    return true;
}

/* "0b-1" and "0o-7": go-yaml looks past the prefix once more and there allows a sign. */
static bool print_prefixed(struct arena *arena, struct text plain, struct compose_scalar *out) {
    bool negative = plain.len > 0 && plain.ptr[0] == '-';
    struct text rest = text_from_offset(plain, negative);
    int base = text_starts(rest, "0b") ? 2 : text_starts(rest, "0o") ? 8 : 0;
    if (base == 0) return false;
    struct text digits = text_from_offset(rest, 2);
    bool second_sign = digits.len > 0 && (digits.ptr[0] == '+' || digits.ptr[0] == '-');
    if (negative && second_sign) return false;
    return print_integer(arena, digits, base, negative, out);
}

/* ---- floats ---- */

/* yamlStyleFloat: ^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$ */
static bool is_float(struct text text) {
    size_t at = 0, whole = 0, fraction = 0;
    take_byte(text, &at, "+-");
    for (; at < text.len && is_digit(text.ptr[at]); at++)
        whole++;
    bool point = take_byte(text, &at, ".");
    for (; point && at < text.len && is_digit(text.ptr[at]); at++)
        fraction++;
    if (whole == 0 && fraction == 0) return false;
    if (!take_byte(text, &at, "eE")) return at == text.len;
    take_byte(text, &at, "+-");
    size_t exponent = at;
    while (at < text.len && is_digit(text.ptr[at]))
        at++;
    return at == text.len && at > exponent;
}

/* "d.ddde±NN", as %e prints it, with the fewest digits that read back as the same number. */
static int print_shortest(double number, char *buffer, size_t size) {
    for (int digits = 1;; digits++) {
        int len = snprintf(buffer, size, "%.*e", digits - 1, number);
        if (digits == FLOAT_DIGITS || strtod(buffer, NULL) == number) return len;
    }
}

/* Go's %v: plain for exponents from -4 to 5, else as print_shortest has it. */
static struct text format_float(struct arena *arena, double number) {
    char shortest[64];
    print_shortest(number, shortest, sizeof(shortest));
    char *mark = strchr(shortest, 'e');
    int exponent = (int)strtol(mark + 1, NULL, 10);
    int digits = (int)(mark - shortest) - (shortest[0] == '-');
    if (digits > 1) digits--; /* the point */
    if (exponent < -4 || exponent >= 6) return text_format(arena, "%s", shortest);
    int decimals = digits - 1 - exponent;
    return text_format(arena, "%.*f", decimals > 0 ? decimals : 0, number);
}

static bool print_float(struct arena *arena, struct text plain, struct compose_scalar *out) {
    if (!is_float(plain)) return false;
    double number = strtod(text_string(arena, plain), NULL);
    if (isinf(number)) return false; /* strconv.ParseFloat: value out of range */
    *out = scalar(COMPOSE_FLOAT, format_float(arena, number));
    return true;
}

/* ---- resolution ---- */

/* Underscores of a float that begins with a point stand between digits, as in Go's own literals. */
static bool underscores_between_digits(struct text text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '_') continue;
        bool between = i > 0 && i + 1 < text.len && is_digit(text.ptr[i - 1]) && is_digit(text.ptr[i + 1]);
        if (!between) return false;
    }
    return true;
}

static struct text without_underscores(struct arena *arena, struct text text) {
    if (!text_has(text, '_')) return text;
    char *copy = arena_alloc(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '_') copy[len++] = text.ptr[i];
    return text_of(copy, len);
}

struct compose_scalar compose_scalar_of_plain(struct arena *arena, struct text text) {
    struct compose_scalar result = scalar(COMPOSE_STRING, text);
    const struct word *word = find_word(text);
    if (word != NULL) return scalar(word->kind, text_from(word->printed));
    char first = text.ptr[0];
    bool point = first == '.';
    if (!point && !is_digit(first) && first != '+' && first != '-') return result;
    if (point && !underscores_between_digits(text)) return result;
    if (!point && is_timestamp(text)) return scalar(COMPOSE_TIMESTAMP, text);
    struct text plain = without_underscores(arena, text);
    if (!point && print_integer(arena, plain, 0, false, &result)) return result;
    if (print_float(arena, plain, &result)) return result;
    if (!point) print_prefixed(arena, plain, &result);
    return result;
}

/* What is no text stays as it is written: nothing that a build has could hold it. */
static bool decode_binary(struct arena *arena, struct text text, struct compose_scalar *out) {
    struct text decoded;
    if (!base64_decode(arena, text, &decoded)) return false;
    if (text_is_utf8(decoded) && !text_has(decoded, '\0')) out->text = decoded;
    return true;
}

/* The kind that a tag asks for; COMPOSE_STRING for those that leave the text alone. */
static enum compose_scalar_kind tag_kind(struct text tag) {
    if (text_is(tag, "!!null")) return COMPOSE_NULL;
    if (text_is(tag, "!!bool")) return COMPOSE_BOOL;
    if (text_is(tag, "!!int")) return COMPOSE_INT;
    if (text_is(tag, "!!float")) return COMPOSE_FLOAT;
    return text_is(tag, "!!timestamp") ? COMPOSE_TIMESTAMP : COMPOSE_STRING;
}

/* What a tag makes of a text. False where go-yaml fails; `out` is then the string as written. */
static bool resolve_tagged(struct arena *arena, const struct node *node, struct compose_scalar *out) {
    enum compose_scalar_kind kind = tag_kind(node_tag(node));
    *out = scalar(COMPOSE_STRING, node->text);
    if (text_is(node_tag(node), "!!binary")) return decode_binary(arena, node->text, out);
    if (kind == COMPOSE_STRING) return true;
    struct compose_scalar resolved = compose_scalar_of_plain(arena, node->text);
    bool widened = kind == COMPOSE_FLOAT && resolved.kind == COMPOSE_INT;
    if (widened) print_float(arena, resolved.text, &resolved);
    if (resolved.kind == kind) *out = resolved;
    return resolved.kind == kind;
}

struct compose_scalar compose_scalar_of(struct arena *arena, const struct node *node) {
    if (node->kind == NODE_NULL) return scalar(COMPOSE_NULL, TEXT(""));
    bool tagged = node->tag != NULL;
    if (!tagged && node->style != NODE_STYLE_PLAIN) return scalar(COMPOSE_STRING, node->text);
    if (!tagged) return compose_scalar_of_plain(arena, node->text);
    struct compose_scalar resolved;
    resolve_tagged(arena, node, &resolved);
    return resolved;
}

static const char *kind_name(enum compose_scalar_kind kind) {
    static const char *const names[] = {"!!null", "!!bool", "!!int", "!!float", "!!timestamp", "!!str"};
    return names[kind];
}

struct text compose_scalar_problem(struct arena *arena, const struct node *node) {
    struct compose_scalar resolved;
    if (node->tag == NULL || node->kind == NODE_NULL || resolve_tagged(arena, node, &resolved)) return (struct text){0};
    if (text_is(node_tag(node), "!!binary")) return TEXT("!!binary value contains invalid base64 data");
    struct text shown = text_printable(arena, text_first(node->text, SHOWN_LIMIT));
    return text_format(arena, "cannot decode %s '%.*s' as a %s",
                       kind_name(compose_scalar_of_plain(arena, node->text).kind), TEXT_ARG(shown), node->tag);
}
