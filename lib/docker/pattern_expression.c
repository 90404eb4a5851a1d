#include "docker/pattern_expression.h"

#include "base/buffer.h"
#include "base/rune.h"

#define REPEAT_LIMIT 1000

/* --- patternmatcher's expression --- */

static bool is_at(struct text text, size_t at, char byte) {
    return at < text.len && text.ptr[at] == byte;
}

/* A malformed byte is U+FFFD to Go's scanner. */
static void add_rune(struct buffer *out, struct text pattern, size_t *at) {
    size_t len;
    rune_add(out, rune_at(pattern, *at, &len));
    *at += len;
}

/* Pattern.compile; a backslash at the very end takes the '$' behind it away. */
static struct text write_go(struct arena *arena, struct text pattern) {
    struct buffer out = buffer_in(arena);
    buffer_add_byte(&out, '^');
    for (size_t at = 0; at < pattern.len;) {
        char byte = pattern.ptr[at];
        if (byte == '*' && is_at(pattern, at + 1, '*')) {
            at += is_at(pattern, at + 2, '/') ? 3 : 2;
            buffer_add_string(&out, at == pattern.len ? ".*" : "(.*/)?");
        } else if (byte == '*' || byte == '?') {
            buffer_add_string(&out, byte == '*' ? "[^/]*" : "[^/]");
            at++;
        } else {
            bool is_escape = byte == '\\' && at + 1 < pattern.len;
            if (is_escape) at++;
            if (is_escape || (byte != '\0' && strchr(".+()$", byte) != NULL)) buffer_add_byte(&out, '\\');
            add_rune(&out, pattern, &at);
        }
    }
    buffer_add_byte(&out, '$');
    return buffer_text(&out);
}

/* --- PCRE2's --- */

struct translator {
    struct text go;
    size_t at;
    bool repeats; /* what was read last is a repetition: Go takes no second one behind it */
    struct buffer out;
};

static char peek(const struct translator *translator, size_t ahead) {
    size_t at = translator->at + ahead;
    return at < translator->go.len ? translator->go.ptr[at] : '\0';
}

static void copy(struct translator *translator, size_t count) {
    buffer_add(&translator->out, text_first(text_from_offset(translator->go, translator->at), count));
    translator->at += count;
}

static void replace(struct translator *translator, size_t count, const char *other) {
    buffer_add_string(&translator->out, other);
    translator->at += count;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_hex(char c) {
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* \x41 or \x{41}; the length of it, 0 when it is neither. */
static size_t hex_length(const struct translator *translator) {
    if (is_hex(peek(translator, 2)) && is_hex(peek(translator, 3))) return 4;
    size_t len = 3;
    if (peek(translator, 2) != '{') return 0;
    while (is_hex(peek(translator, len)))
        len++;
    return len > 3 && peek(translator, len) == '}' ? len + 1 : 0;
}

/* \12, \012, \0: the code of a character; the length of it, 0 when Go reads a reference, which it refuses. */
static size_t octal_length(const struct translator *translator) {
    size_t len = 2;
    while (len < 4 && peek(translator, len) >= '0' && peek(translator, len) < '8')
        len++;
    return peek(translator, 1) == '0' || (peek(translator, 1) < '8' && len > 2) ? len : 0;
}

static bool translate_octal(struct translator *translator) {
    unsigned code = 0;
    size_t len = octal_length(translator);
    for (size_t i = 1; i < len; i++)
        code = code * 8 + (unsigned)(peek(translator, i) - '0');
    buffer_format(&translator->out, "\\x{%x}", code);
    translator->at += len;
    return len > 0;
}

/* \Q…\E: literal, up to the end where \E is missing, and then the end of the expression is literal, too. */
static void translate_quoted(struct translator *translator) {
    for (translator->at += 2; translator->at < translator->go.len;) {
        if (peek(translator, 0) == '\\' && peek(translator, 1) == 'E') {
            translator->at += 2;
            return;
        }
        bool is_sign = (unsigned char)peek(translator, 0) < 0x80 && !is_letter(peek(translator, 0)) &&
                       !is_digit(peek(translator, 0));
        if (is_sign) buffer_add_byte(&translator->out, '\\');
        copy(translator, 1);
    }
}

/* Letters that are no class: places, which Go repeats and PCRE2 only in a group, and quotation. */
static bool translate_place(struct translator *translator) {
    char letter = peek(translator, 1);
    if (letter == 'Q') {
        translate_quoted(translator);
        return true;
    }
    if (letter == '\0' || strchr("bBAz", letter) == NULL) return false;
    buffer_format(&translator->out, "(?:\\%c)", letter);
    translator->at += 2;
    return true;
}

/* \pL or \p{Greek}, whose braces repeat nothing. */
static size_t property_length(const struct translator *translator) {
    size_t len = 3;
    if (peek(translator, 2) != '{') return len;
    while (peek(translator, len) != '}' && peek(translator, len) != '\0')
        len++;
    return len + 1;
}

/* `\` and what it escapes. Go takes fewer letters than PCRE2, and punctuation of ASCII only. */
static bool translate_escape(struct translator *translator, bool in_class) {
    char letter = peek(translator, 1);
    if ((unsigned char)letter >= 0x80) return false;
    if (is_digit(letter)) return translate_octal(translator);
    if (!in_class && translate_place(translator)) return true;
    if (letter == 'v') {
        replace(translator, 2, "\\x0b");
    } else if (letter == 's') {
        replace(translator, 2, in_class ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]");
    } else if (letter == 'S') {
        replace(translator, 2, in_class ? "\\S\\x0b" : "[^\\t\\n\\f\\r ]");
    } else if (letter == 'p' || letter == 'P') {
        copy(translator, property_length(translator));
    } else if (letter == 'x') {
        size_t len = hex_length(translator);
        copy(translator, len);
        return len > 0;
    } else {
        copy(translator, 2);
        return !is_letter(letter) || strchr("afnrtdDwW", letter) != NULL;
    }
    return true;
}

/* Go's number of a repetition has no leading zero; -1 when there is none. */
static long read_number(const struct translator *translator, size_t *ahead) {
    long value = 0;
    size_t begin = *ahead;
    for (; is_digit(peek(translator, *ahead)); ++*ahead)
        if (value <= REPEAT_LIMIT) value = value * 10 + (peek(translator, *ahead) - '0');
    bool is_good = *ahead > begin && (*ahead == begin + 1 || peek(translator, begin) != '0');
    return is_good ? value : -1;
}

/* {2}, {2,}, {2,3}; anything else is literal. False when Go refuses the numbers. */
static bool translate_brace(struct translator *translator) {
    size_t ahead = 1;
    long least = read_number(translator, &ahead), most = least;
    if (least >= 0 && peek(translator, ahead) == ',') {
        ahead++;
        most = REPEAT_LIMIT;
        if (peek(translator, ahead) != '}') most = read_number(translator, &ahead);
    }
    if (least < 0 || most < 0 || peek(translator, ahead) != '}') {
        replace(translator, 1, "\\{");
        return true;
    }
    if (translator->repeats) return false;
    copy(translator, ahead + 1);
    translator->repeats = true;
    return least <= REPEAT_LIMIT && most <= REPEAT_LIMIT && least <= most;
}

/* "[:" begins the name of a class of POSIX only when ":]" follows. */
static bool begins_posix(const struct translator *translator) {
    if (peek(translator, 1) != ':') return false;
    return text_contains(text_from_offset(translator->go, translator->at + 2), TEXT(":]"));
}

static bool translate_class(struct translator *translator) {
    copy(translator, peek(translator, 1) == '^' ? 2 : 1);
    for (bool is_first = true; translator->at < translator->go.len; is_first = false) {
        char c = peek(translator, 0);
        if (c == ']' && !is_first) {
            copy(translator, 1);
            return true;
        }
        if (c == '\\') {
            if (!translate_escape(translator, true)) return false;
        } else if (c == '[' && begins_posix(translator)) {
            size_t len = 2;
            while (peek(translator, len) != ':' || peek(translator, len + 1) != ']')
                len++;
            copy(translator, len + 2);
        } else {
            bool is_sign = c == '[' || (is_first && c != '\0' && strchr("]:.=", c) != NULL);
            if (is_sign) buffer_add_byte(&translator->out, '\\');
            copy(translator, 1);
        }
    }
    return false;
}

static bool translate(struct translator *translator) {
    bool ok = true;
    while (ok && translator->at < translator->go.len) {
        char c = peek(translator, 0);
        bool repeats = c == '*' || c == '?';
        if (c != '{') translator->repeats = repeats;
        if (c == '\\') {
            ok = translate_escape(translator, false);
        } else if (c == '[') {
            ok = translate_class(translator);
        } else if (c == '{') {
            ok = translate_brace(translator);
        } else if (c == '.') {
            replace(translator, 1, "[^\\n]");
        } else if (c == '$' || c == '^') {
            replace(translator, 1, c == '$' ? "\\z" : "(?:^)");
        } else {
            copy(translator, 1);
        }
    }
    return ok;
}

bool pattern_expression_write(struct arena *arena, struct text pattern, struct text *out) {
    struct translator translator = {.go = write_go(arena, pattern), .out = buffer_in(arena)};
    if (!translate(&translator)) return false;
    *out = buffer_text(&translator.out);
    return true;
}
