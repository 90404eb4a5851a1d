#include "docker/hcl_scan.h"

#include "base/rune.h"

#include <stdarg.h>
#include <stdio.h>

struct hcl_reader hcl_reader(struct arena *arena, const struct source *source, struct diagnostics *diagnostics) {
    struct hcl_reader reader = {.arena = arena, .source = source, .diagnostics = diagnostics, .bytes = source->bytes};
    reader.seen = (struct place){.source = source, .line = 1, .column = 1};
    if (text_starts(reader.bytes, "\xEF\xBB\xBF")) {
        reader.bytes = text_from_offset(reader.bytes, 3);
        reader.seen.column = 2;
    }
    return reader;
}

/* ---- places and errors ---- */

struct place hcl_place(struct hcl_reader *reader, size_t at) {
    while (!reader->is_fixed && reader->seen_at < at) {
        unsigned char byte = (unsigned char)reader->bytes.ptr[reader->seen_at++];
        if (byte == '\n') {
            reader->seen.line++;
            reader->seen.column = 1;
        } else if ((byte & 0xC0) != 0x80) {
            reader->seen.column++;
        }
    }
    return reader->seen;
}

bool hcl_fail(struct hcl_reader *reader, struct place place, const char *format, ...) {
    char message[256];
    if (reader->has_failed) return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    struct text shown = text_printable(reader->arena, text_from(message));
    diag_add(reader->diagnostics, DIAG_ERROR, "bake-syntax", place, "%.*s", TEXT_ARG(shown));
    reader->has_failed = true;
    return false;
}

bool hcl_enter(struct hcl_reader *reader) {
    if (reader->depth >= HCL_DEPTH_LIMIT)
        return hcl_fail(reader, hcl_place(reader, reader->seen_at), "this is nested more than %d deep",
                        HCL_DEPTH_LIMIT);
    reader->depth++;
    return true;
}

void hcl_leave(struct hcl_reader *reader) {
    reader->depth--;
}

/* ---- tokens ---- */

static char byte_at(const struct hcl_reader *reader, size_t at) {
    return (char)(at < reader->bytes.len ? reader->bytes.ptr[at] : '\0');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* unicode_derived.rl: ID_Start or "_"; a digit and "-" go on. */
static size_t identifier_end(const struct hcl_reader *reader, size_t at) {
    size_t start = at, len = 0;
    while (at < reader->bytes.len) {
        uint32_t rune = rune_at(reader->bytes, at, &len);
        bool goes_on = at > start && (rune == '-' || (rune >= '0' && rune <= '9'));
        if (rune == RUNE_INVALID || !(rune == '_' || goes_on || rune_is_letter(rune))) break;
        at += len;
    }
    return at;
}

/* The longest that is a number and does not end in a point. */
static size_t number_end(const struct hcl_reader *reader, size_t at) {
    size_t end = at;
    for (;;) {
        char c = byte_at(reader, at);
        if (is_digit(c)) {
            end = ++at;
        } else if (c == '.') {
            at++;
        } else if (c == 'e' || c == 'E') {
            char sign = byte_at(reader, at + 1);
            size_t digit = at + 1 + (sign == '+' || sign == '-');
            if (!is_digit(byte_at(reader, digit))) return end;
            end = at = digit + 1;
        } else {
            return end;
        }
    }
}

/* "<<EOT" or "<<-EOT" and the line end; 0 when it is none. */
static size_t heredoc_end(const struct hcl_reader *reader, size_t at) {
    if (byte_at(reader, at) != '<' || byte_at(reader, at + 1) != '<') return 0;
    size_t name = at + 2 + (byte_at(reader, at + 2) == '-');
    size_t end = identifier_end(reader, name);
    if (end == name) return 0;
    if (byte_at(reader, end) == '\r') end++;
    return byte_at(reader, end) == '\n' ? end + 1 : 0;
}

/* A comment to the end of its line leaves the line end where it is. Returns `at` when there is none. */
static size_t comment_end(struct hcl_reader *reader, size_t at) {
    char c = byte_at(reader, at), next = byte_at(reader, at + 1);
    struct text rest = text_from_offset(reader->bytes, at);
    if (c == '#' || (c == '/' && next == '/')) {
        size_t newline = text_find(rest, '\n');
        return newline == TEXT_NONE ? reader->bytes.len : at + newline;
    }
    if (c != '/' || next != '*') return at;
    for (size_t i = at + 2; i + 1 < reader->bytes.len; i++)
        if (reader->bytes.ptr[i] == '*' && reader->bytes.ptr[i + 1] == '/') return i + 2;
    hcl_fail(reader, hcl_place(reader, at), "the comment does not end");
    return reader->bytes.len;
}

static size_t newline_length(const struct hcl_reader *reader, size_t at) {
    if (byte_at(reader, at) == '\n') return 1;
    return byte_at(reader, at) == '\r' && byte_at(reader, at + 1) == '\n' ? 2 : 0;
}

static size_t skip_blanks(struct hcl_reader *reader, size_t at) {
    for (;;) {
        size_t next = comment_end(reader, at);
        if (byte_at(reader, next) == ' ' || byte_at(reader, next) == '\t') next++;
        if (reader->skips_newlines) next += newline_length(reader, next);
        if (next == at) return at;
        at = next;
    }
}

static const char *const operators[] = {"==", "!=", ">=", "<=", "&&", "||", "+", "-", "*", "/", "%", "<", ">", NULL};
static const char *const signs[] = {"...", "=>", "::", "~}", "[", "]", "(", ")", "{",
                                    "}",   ".",  ",",  "=",  "!", "?", ":", NULL};

static size_t match(struct text rest, const char *const *words) {
    for (; *words != NULL; words++)
        if (text_starts(rest, *words)) return text_from(*words).len;
    return 0;
}

static enum hcl_token_kind kind_at(const struct hcl_reader *reader, size_t at, size_t *end) {
    struct text rest = text_from_offset(reader->bytes, at);
    size_t heredoc = heredoc_end(reader, at), len = 0;
    *end = at + 1;
    if (newline_length(reader, at) > 0) return *end = at + newline_length(reader, at), HCL_NEWLINE;
    if (rest.ptr[0] == '"') return HCL_QUOTE;
    if (is_digit(rest.ptr[0])) return *end = number_end(reader, at), HCL_DIGITS;
    if (heredoc > 0) return *end = heredoc, HCL_HEREDOC;
    if (identifier_end(reader, at) > at) return *end = identifier_end(reader, at), HCL_IDENTIFIER;
    if (text_starts(rest, "=>")) return *end = at + 2, HCL_SIGN;
    if ((len = match(rest, operators)) > 0) return *end = at + len, HCL_OPERATOR;
    if ((len = match(rest, signs)) > 0) return *end = at + len, HCL_SIGN;
    return HCL_END;
}

static void scan(struct hcl_reader *reader) {
    size_t at = skip_blanks(reader, reader->at);
    if (reader->has_failed) at = reader->bytes.len;
    reader->token = (struct hcl_token){.kind = HCL_END, .place = hcl_place(reader, at)};
    reader->token_end = at;
    if (at < reader->bytes.len) {
        reader->token.kind = kind_at(reader, at, &reader->token_end);
        reader->token.text = text_of(reader->bytes.ptr + at, reader->token_end - at);
        if (reader->token.kind == HCL_END) hcl_fail(reader, reader->token.place, "this character has no place here");
    }
    reader->has_token = true;
}

const struct hcl_token *hcl_peek(struct hcl_reader *reader) {
    if (!reader->has_token || reader->has_failed) scan(reader);
    return &reader->token;
}

struct hcl_token hcl_take(struct hcl_reader *reader) {
    struct hcl_token token = *hcl_peek(reader);
    reader->at = reader->token_end;
    reader->has_token = false;
    return token;
}

bool hcl_is_next(struct hcl_reader *reader, const char *text) {
    const struct hcl_token *token = hcl_peek(reader);
    return (token->kind == HCL_SIGN || token->kind == HCL_OPERATOR) && text_is(token->text, text);
}

bool hcl_accept(struct hcl_reader *reader, const char *text) {
    bool is_next = hcl_is_next(reader, text);
    if (is_next) hcl_take(reader);
    return is_next;
}

bool hcl_skip_newlines(struct hcl_reader *reader, bool skips) {
    bool was = reader->skips_newlines;
    reader->skips_newlines = skips;
    reader->has_token = false;
    return was;
}
