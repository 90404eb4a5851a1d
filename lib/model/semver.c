#include "model/semver.h"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* The end of the number that begins at `at`; `at` itself where none does: "01" is none. */
static size_t end_of_number(struct text text, size_t at) {
    size_t end = at;
    while (end < text.len && is_digit(text.ptr[end]))
        end++;
    bool has_leading_zero = end > at + 1 && text.ptr[at] == '0';
    return has_leading_zero ? at : end;
}

static bool is_identifier(struct text part, bool counts) {
    bool is_number = part.len > 0;
    for (size_t i = 0; i < part.len; i++) {
        char c = part.ptr[i];
        bool fits = is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
        if (!fits) return false;
        is_number &= is_digit(c);
    }
    return part.len > 0 && !(counts && is_number && part.len > 1 && part.ptr[0] == '0');
}

/* "rc.1": identifiers with dots between; numbers of a pre-release are compared and so have no zero before. */
static bool are_identifiers(struct text text, bool counts) {
    size_t start = 0;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '.') continue;
        if (!is_identifier(text_of(text.ptr + start, i - start), counts)) return false;
        start = i + 1;
    }
    return true;
}

bool semver_parse(struct text text, struct semver *out) {
    size_t ends[3], at = 0;
    if (text.len > 0 && (text.ptr[0] == 'v' || text.ptr[0] == 'V')) text = text_from_offset(text, 1);
    for (size_t i = 0; i < 3; i++) {
        ends[i] = end_of_number(text, at);
        if (ends[i] == at) return false;
        if (i < 2 && (ends[i] == text.len || text.ptr[ends[i]] != '.')) return false;
        at = ends[i] + 1;
    }
    struct text rest = text_from_offset(text, ends[2]), build = {0};
    size_t plus = text_find(rest, '+');
    if (plus != TEXT_NONE) {
        build = text_from_offset(rest, plus + 1);
        rest = text_first(rest, plus);
    }
    bool is_pre_release = rest.len > 0;
    if (is_pre_release && (rest.ptr[0] != '-' || !are_identifiers(text_from_offset(rest, 1), true))) return false;
    if (plus != TEXT_NONE && !are_identifiers(build, false)) return false;
    *out = (struct semver){.whole = text,
                           .major = text_first(text, ends[0]),
                           .minor = text_first(text, ends[1]),
                           .patch = text_first(text, ends[2]),
                           .is_pre_release = is_pre_release};
    return true;
}
