#include "docker/build_values.h"

#include <string.h>

static bool refuse(struct arena *arena, const char *before, struct text what, const char *after, struct text *problem) {
    struct text shown = text_printable(arena, text_first(what, 80));
    *problem = text_format(arena, "%s%.*s%s", before, TEXT_ARG(shown), after);
    return false;
}

static bool is_one_of(char c, const char *characters) {
    return c != '\0' && strchr(characters, c) != NULL;
}

bool build_values_number(struct text text, unsigned base, uint64_t *out) {
    uint64_t value = 0;
    if (text.len == 0) return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)(unsigned char)text.ptr[i] - '0';
        if (digit >= base) return false;
        value = value * base + digit;
        if (value > UINT32_MAX) return false;
    }
    *out = value;
    return true;
}

/* --- modes --- */

static size_t count_of(struct text text, const char *characters) {
    size_t count = 0;
    while (count < text.len && is_one_of(text.ptr[count], characters))
        count++;
    return count;
}

/* "ug+rw-x": who, then at least one change. */
static bool is_clause(struct text clause) {
    clause = text_from_offset(clause, count_of(clause, "augo"));
    if (clause.len == 0) return false;
    while (clause.len > 0) {
        if (!is_one_of(clause.ptr[0], "+-=")) return false;
        clause = text_from_offset(clause, 1);
        clause = text_from_offset(clause, count_of(clause, "rwxXstugo"));
    }
    return true;
}

bool build_values_mode(struct arena *arena, struct text mode, struct text *problem) {
    uint64_t bits;
    if (build_values_number(mode, 8, &bits) ? bits > 07777 : mode.len > 0 && mode.ptr[0] >= '0' && mode.ptr[0] <= '9')
        return refuse(arena, "invalid chmod parameter: '", mode, "'. it should be octal string and between 0 and 07777",
                      problem);
    if (mode.len > 0 && mode.ptr[0] >= '0' && mode.ptr[0] <= '9') return true;
    struct text rest = mode, clause;
    while (text_next(&rest, ',', &clause)) {
        if (is_clause(clause)) continue;
        *problem = TEXT("invalid syntax");
        return false;
    }
    return true;
}

/* --- ports --- */

static bool is_port(struct text text, uint64_t *out) {
    return build_values_number(text, 10, out) && *out <= 65535;
}

/* "8000" or "8000-8010" */
static bool is_range(struct text range) {
    uint64_t first, last;
    size_t dash = text_find(range, '-');
    if (dash == TEXT_NONE) return is_port(range, &first);
    return is_port(text_first(range, dash), &first) && is_port(text_from_offset(range, dash + 1), &last) &&
           first <= last;
}

/* [address:]host port:port; the last part may have a protocol. */
bool build_values_port(struct arena *arena, struct text port, struct text *problem) {
    size_t colon = text_find_last(port, ':');
    struct text inside = colon == TEXT_NONE ? port : text_from_offset(port, colon + 1);
    size_t slash = text_find(inside, '/');
    struct text protocol = slash == TEXT_NONE ? TEXT("") : text_from_offset(inside, slash + 1);
    struct text range = text_first(inside, slash == TEXT_NONE ? inside.len : slash);
    if (range.len == 0) return refuse(arena, "invalid port: \"", port, "\": no port specified", problem);
    bool is_known = protocol.len == 0 || text_equal_ignoring_case(protocol, TEXT("tcp")) ||
                    text_equal_ignoring_case(protocol, TEXT("udp")) || text_equal_ignoring_case(protocol, TEXT("sctp"));
    if (!is_known) {
        struct text shown = text_printable(arena, text_first(port, 80));
        return refuse(
            arena, text_string(arena, text_format(arena, "invalid port: \"%.*s\": invalid proto: ", TEXT_ARG(shown))),
            protocol, "", problem);
    }
    if (!is_range(range)) return refuse(arena, "invalid containerPort: ", range, "", problem);
    if (colon == TEXT_NONE || colon == 0) return true;
    struct text before = text_first(port, colon);
    size_t outer = text_find_last(before, ':');
    struct text host = outer == TEXT_NONE ? before : text_from_offset(before, outer + 1);
    return host.len == 0 || is_range(host) || refuse(arena, "invalid hostPort: ", host, "", problem);
}

/* --- signals --- */

/* "RTMIN+3", "RTMAX-14" */
static bool is_realtime(struct text name) {
    uint64_t distance;
    bool is_min = text_starts(name, "RTMIN"), is_max = text_starts(name, "RTMAX");
    if (!is_min && !is_max) return false;
    if (name.len == 5) return true;
    if (name.ptr[5] != (is_min ? '+' : '-')) return false;
    return build_values_number(text_from_offset(name, 6), 10, &distance) && name.ptr[6] != '0' &&
           distance <= (is_min ? 15 : 14);
}

static struct text upper(struct arena *arena, struct text text) {
    char *copy = text_string(arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (copy[i] >= 'a' && copy[i] <= 'z') copy[i] = (char)(copy[i] - 'a' + 'A');
    return text_of(copy, text.len);
}

static bool is_number(struct text text) {
    bool has_sign = text.len > 0 && is_one_of(text.ptr[0], "+-");
    struct text digits = text_from_offset(text, has_sign);
    return digits.len > 0 && digits.len < 18 && count_of(digits, "0123456789") == digits.len &&
           count_of(digits, "0") < digits.len;
}

bool build_values_signal(struct arena *arena, struct text signal, struct text *problem) {
    static const char *const names[] = {"ABRT", "ALRM",   "BUS",  "CHLD",   "CLD",   "CONT", "FPE",  "HUP",  "ILL",
                                        "INT",  "IO",     "IOT",  "KILL",   "PIPE",  "POLL", "PROF", "PWR",  "QUIT",
                                        "SEGV", "STKFLT", "STOP", "SYS",    "TERM",  "TRAP", "TSTP", "TTIN", "TTOU",
                                        "URG",  "USR1",   "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ"};
    struct text name = upper(arena, signal);
    if (is_number(signal)) return true;
    if (text_starts(name, "SIG")) name = text_from_offset(name, 3);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (text_is(name, names[i])) return true;
    return is_realtime(name) || refuse(arena, "invalid signal: ", signal, "", problem);
}

/* --- sizes --- */

/* A number, perhaps with a fraction, and a unit: k, kb, KiB; a blank may stand between. */
bool build_values_size(struct text size) {
    size_t whole = count_of(size, "0123456789");
    struct text rest = text_from_offset(size, whole);
    if (text_starts(rest, ".")) rest = text_from_offset(rest, 1 + count_of(text_from_offset(rest, 1), "0123456789"));
    if (whole == 0) return false;
    if (text_starts(rest, " ")) rest = text_from_offset(rest, 1);
    bool has_prefix = rest.len > 0 && is_one_of(rest.ptr[0], "kKmMgGtTpP");
    if (has_prefix) rest = text_from_offset(rest, 1);
    if (has_prefix && rest.len == 2 && is_one_of(rest.ptr[0], "iI")) rest = text_from_offset(rest, 1);
    return rest.len == 0 || (rest.len == 1 && is_one_of(rest.ptr[0], "bB"));
}
