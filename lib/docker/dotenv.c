#include "docker/dotenv.h"

#include "base/buffer.h"
#include "docker/compose_interpolate.h"

struct parser {
    struct arena *arena;
    struct text bytes;
    const struct source *blank; /* the file's path without its bytes: what places refer to */
    struct diagnostics *diagnostics;
    struct text rest; /* what is still to be read */
    struct variables variables;
    struct map dropped; /* names whose value is a secret, to themselves */
    size_t evaluated;   /* bytes that references gave so far */
    size_t seen;        /* an offset whose line is known: lines are counted once, however many notes there are */
    size_t line_start;
    uint32_t line;
};

/* ---- white space, as unicode.IsSpace has it ---- */

/* Code points of white space beyond ASCII. */
static bool is_wide_space(unsigned rune) {
    return rune == 0x85 || rune == 0xA0 || rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200A) || rune == 0x2028 ||
           rune == 0x2029 || rune == 0x202F || rune == 0x205F || rune == 0x3000;
}

/* Bytes of the white space at the front, 0 when there is none. Every such rune has one, two or three bytes. */
static size_t space_at(struct text text) {
    if (text.len == 0) return 0;
    const unsigned char *p = (const unsigned char *)text.ptr;
    if (p[0] == ' ' || (p[0] >= '\t' && p[0] <= '\r')) return 1;
    if (text.len >= 2 && p[0] == 0xC2) return is_wide_space(p[1]) ? 2 : 0;
    if (text.len < 3 || (p[0] & 0xF0) != 0xE0) return 0;
    return is_wide_space((p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu)) ? 3 : 0;
}

/* compose-go's isSpace: blanks within a line. U+0085 and U+00A0 are the two beyond ASCII. */
static size_t blank_at(struct text text) {
    size_t len = space_at(text);
    return len == 3 || (len == 1 && text.ptr[0] == '\n') ? 0 : len;
}

static struct text trim_left(struct text text, size_t (*at)(struct text text)) {
    for (size_t len = at(text); len > 0; len = at(text))
        text = text_from_offset(text, len);
    return text;
}

static struct text trim_right(struct text text) {
    for (;;) {
        size_t len = 0;
        for (size_t width = 1; width <= 3 && width <= text.len && len == 0; width++)
            if (space_at(text_from_offset(text, text.len - width)) == width) len = width;
        if (len == 0) return text;
        text.len -= len;
    }
}

/* ---- reporting ---- */

static struct text first_line(struct text text) {
    size_t newline = text_find(text, '\n');
    return newline == TEXT_NONE ? text : text_first(text, newline);
}

/* `part` is a view into the file; parts are asked for in order, but for one that an error goes back to. */
static struct place place_of(struct parser *parser, struct text part) {
    size_t offset = (size_t)(part.ptr - parser->bytes.ptr);
    if (offset < parser->seen) parser->seen = parser->line_start = parser->line = 0;
    for (; parser->seen < offset; parser->seen++) {
        if (parser->bytes.ptr[parser->seen] != '\n') continue;
        parser->line++;
        parser->line_start = parser->seen + 1;
    }
    return (struct place){.source = parser->blank,
                          .line = parser->line + 1,
                          .column = (uint32_t)(offset - parser->line_start) + 1,
                          .length = (uint32_t)part.len};
}

/* compose adds the line; it may be one of a private key. */
static bool fail_at_character(struct parser *parser, struct text character) {
    struct text shown = text_printable(parser->arena, character);
    diag_add(parser->diagnostics, DIAG_ERROR, "dotenv-syntax", place_of(parser, character),
             "unexpected character '%.*s' in a variable name", TEXT_ARG(shown));
    return false;
}

/* ---- names ---- */

static bool is_name_byte(char c) {
    unsigned char byte = (unsigned char)c;
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || byte >= 0x80;
    return letter || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || c == '[' || c == ']';
}

static struct text skip_export(struct text text) {
    struct text after = text_from_offset(text, 6);
    bool spaced = after.len > 0 && after.ptr[0] != '\v' && space_at(after) == 1;
    return text_starts(text, "export") && spaced ? trim_left(after, blank_at) : text;
}

enum name_end { NAME_VALUE, NAME_ALONE, NAME_BAD };

/* Reads a name and its separator; the rest then begins at the value. A name that the file ends is no name: nothing uses it. */
static enum name_end read_name(struct parser *parser, struct text *out) {
    struct text text = skip_export(parser->rest);
    size_t at = 0;
    while (at < text.len) {
        char c = text.ptr[at];
        if (c == '=' || c == ':' || c == '\n') break;
        size_t blank = blank_at(text_from_offset(text, at));
        if (blank == 0 && !is_name_byte(c)) {
            fail_at_character(parser, text_of(text.ptr + at, 1));
            return NAME_BAD;
        }
        at += blank > 0 ? blank : 1;
    }
    bool ended = at == text.len;
    *out = trim_right(text_first(text, at));
    parser->rest = trim_left(text_from_offset(text, at + 1), blank_at);
    if (text_has(*out, ' ') && !ended) {
        diag_add(parser->diagnostics, DIAG_ERROR, "dotenv-syntax", place_of(parser, *out),
                 "key cannot contain a space");
        return NAME_BAD;
    }
    return ended || text.ptr[at] == '\n' ? NAME_ALONE : NAME_VALUE;
}

/* ---- values ---- */

static bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

static void add_rune(struct buffer *buffer, unsigned rune) {
    if (rune < 0x80) {
        buffer_add_byte(buffer, (char)rune);
    } else {
        buffer_add_byte(buffer, (char)(0xC0 | rune >> 6));
        buffer_add_byte(buffer, (char)(0x80 | (rune & 0x3F)));
    }
}

/*
 * `\0` with up to three digits after it. Three octal digits below 256 are a character; else compose-go gives the
 * escape back without its `0`. Returns the bytes read, the backslash and the `0` included.
 */
static size_t add_octal(struct buffer *buffer, struct text text) {
    size_t digits = 0;
    while (digits < 3 && 2 + digits < text.len && text.ptr[2 + digits] >= '0' && text.ptr[2 + digits] <= '9')
        digits++;
    const char *p = text.ptr + 2;
    bool octal = digits == 3 && p[0] <= '3' && is_octal(p[0]) && is_octal(p[1]) && is_octal(p[2]);
    if (octal) {
        add_rune(buffer, (unsigned)(p[0] - '0') << 6 | (unsigned)(p[1] - '0') << 3 | (unsigned)(p[2] - '0'));
    } else {
        buffer_add_byte(buffer, '\\');
        buffer_add(buffer, text_of(p, digits));
    }
    return 2 + digits;
}

/* The escape at the front of `text`; returns the bytes read. Unknown ones stay as they are. */
static size_t add_escape(struct buffer *buffer, struct text text) {
    static const char letters[] = "abfnrtv\"\\", bytes[] = "\a\b\f\n\r\t\v\"\\";
    char letter = (char)(text.len > 1 ? text.ptr[1] : '\0');
    if (letter == '0') return add_octal(buffer, text);
    for (size_t i = 0; letters[i] != '\0'; i++)
        if (letter == letters[i]) {
            buffer_add_byte(buffer, bytes[i]);
            return 2;
        }
    /* `\$` becomes `$$`, which interpolation then turns into a dollar. */
    buffer_add_byte(buffer, letter == '$' ? '$' : '\\');
    if (letter != '$') return 1;
    buffer_add_byte(buffer, '$');
    return 2;
}

static struct text expand_escapes(struct arena *arena, struct text text) {
    if (!text_has(text, '\\')) return text;
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < text.len;) {
        if (text.ptr[i] == '\\') {
            i += add_escape(&buffer, text_from_offset(text, i));
        } else {
            buffer_add_byte(&buffer, text.ptr[i++]);
        }
    }
    return buffer_text(&buffer);
}

/* The closing quote, or TEXT_NONE; a backslash takes the byte after it along. */
static size_t find_quote(struct text text, char quote) {
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == quote) return i;
        if (text.ptr[i] == '\\') i++;
    }
    return TEXT_NONE;
}

/* `\` before the quote goes, every other backslash stays. */
static struct text unescape_quote(struct arena *arena, struct text text, char quote) {
    if (!text_has(text, '\\')) return text;
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < text.len; i++) {
        bool pair = text.ptr[i] == '\\' && i + 1 < text.len;
        if (pair && text.ptr[i + 1] != quote) buffer_add_byte(&buffer, '\\');
        if (pair) i++;
        buffer_add_byte(&buffer, text.ptr[i]);
    }
    return buffer_text(&buffer);
}

/* The raw value; `interpolates` is false for '…'. Moves the rest past it. */
static bool read_raw(struct parser *parser, struct text *out, bool *interpolates) {
    struct text text = parser->rest;
    char quote = (char)(text.len > 0 ? text.ptr[0] : '\0');
    if (quote != '"' && quote != '\'') {
        struct text line = first_line(text);
        parser->rest = text_from_offset(text, line.len + 1);
        for (size_t i = 0; i + 1 < line.len; i++)
            if (line.ptr[i] == ' ' && line.ptr[i + 1] == '#') line.len = i;
        *out = trim_right(line);
        *interpolates = true;
        return true;
    }
    size_t end = find_quote(text, quote);
    if (end == TEXT_NONE) {
        diag_add(parser->diagnostics, DIAG_ERROR, "dotenv-syntax", place_of(parser, text_first(text, 1)),
                 "unterminated quoted value");
        return false;
    }
    parser->rest = text_from_offset(text, end + 1);
    *out = unescape_quote(parser->arena, text_of(text.ptr + 1, end - 1), quote);
    *interpolates = quote == '"';
    if (*interpolates) *out = expand_escapes(parser->arena, *out);
    return true;
}

/* ---- statements ---- */

static bool refers_to_secret(const struct parser *parser, const struct value *value) {
    struct texts names = {0};
    value_names(parser->arena, value, &names);
    for (size_t i = 0; i < names.count; i++)
        if (map_has(&parser->dropped, names.items[i]) || variables_is_secret_name(names.items[i])) return true;
    return false;
}

/* scheme://user:password@host */
static bool has_credentials(struct text value) {
    while (value.len > 0) {
        size_t colon = text_find(value, ':');
        if (colon == TEXT_NONE) return false;
        value = text_from_offset(value, colon + 1);
        if (!text_starts(value, "//")) continue;
        size_t end = 2;
        while (end < value.len && value.ptr[end] != '/' && value.ptr[end] != ' ')
            end++;
        struct text authority = text_of(value.ptr + 2, end - 2);
        size_t at = text_find_last(authority, '@');
        if (at != TEXT_NONE && text_has(text_first(authority, at), ':')) return true;
    }
    return false;
}

static void drop(struct parser *parser, struct text name, const char *why) {
    struct text shown = text_printable(parser->arena, name);
    map_set(parser->arena, &parser->dropped, name, (void *)parser);
    diag_add(parser->diagnostics, DIAG_NOTE, "dotenv-secret", place_of(parser, name),
             "'%.*s' %s, so its value is not used; the step's environment may give one", TEXT_ARG(shown), why);
}

static bool fail(struct parser *parser, struct text name, const char *reason, struct text words) {
    struct text shown = text_printable(parser->arena, name), rest = text_printable(parser->arena, words);
    diag_add(parser->diagnostics, DIAG_ERROR, "dotenv-syntax", place_of(parser, name), "the value of '%.*s' %s%.*s",
             TEXT_ARG(shown), reason, TEXT_ARG(rest));
    return false;
}

/* The text of a value; `value` tells what it refers to. */
static bool evaluate(struct parser *parser, struct text name, struct text raw, struct value *value, struct text *out) {
    struct text problem;
    struct compose_evaluation evaluation;
    if (!compose_interpolate(parser->arena, raw, value, &problem))
        return fail(parser, name, "is an invalid template; write '$$' for a dollar sign", TEXT(""));
    if (!compose_evaluate(parser->arena, value, &parser->variables, &evaluation))
        return fail(parser, name, "cannot be evaluated: ", evaluation.problem);
    if (!value_is_literal(value)) parser->evaluated += evaluation.text.len;
    if (parser->evaluated > DOTENV_EVALUATED_LIMIT) return fail(parser, name, "makes the file too large", TEXT(""));
    *out = evaluation.text;
    return true;
}

static bool store(struct parser *parser, struct text name, struct text raw, bool interpolates) {
    struct value value = {0};
    struct text text = raw;
    if (interpolates && !evaluate(parser, name, raw, &value, &text)) return false;
    if (variables_is_secret_name(name)) {
        drop(parser, name, "has the name of a secret");
    } else if (refers_to_secret(parser, &value)) {
        drop(parser, name, "refers to a variable with the name of a secret");
    } else if (has_credentials(text)) {
        drop(parser, name, "is an address with a password");
    } else if (name.len > 0) {
        variables_set(parser->arena, &parser->variables, name, text);
    }
    return true;
}

/* Blank lines and comments; false at the end. */
static bool find_statement(struct parser *parser) {
    for (;;) {
        parser->rest = trim_left(parser->rest, space_at);
        if (parser->rest.len == 0) return false;
        if (parser->rest.ptr[0] != '#') return true;
        parser->rest = text_from_offset(parser->rest, first_line(parser->rest).len);
    }
}

static bool read_statement(struct parser *parser) {
    struct text name, raw;
    bool interpolates = false;
    switch (read_name(parser, &name)) {
    case NAME_BAD:
        return false;
    case NAME_ALONE:
        return true;
    case NAME_VALUE:
        break;
    }
    return read_raw(parser, &raw, &interpolates) && store(parser, name, raw, interpolates);
}

bool dotenv_parse(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                  struct variables *out) {
    struct parser parser = {.arena = arena,
                            .bytes = source->bytes,
                            .blank = source_create(arena, source->path, TEXT("")),
                            .diagnostics = diagnostics,
                            .rest = source->bytes,
                            .variables = *out};
    if (text_has(source->bytes, '\0')) {
        diag_add(diagnostics, DIAG_ERROR, "dotenv-syntax", source_whole(parser.blank), "a NUL byte: this is not text");
        return false;
    }
    if (text_starts(parser.rest, "\xEF\xBB\xBF")) parser.rest = text_from_offset(parser.rest, 3);
    while (find_statement(&parser))
        if (!read_statement(&parser)) return false;
    *out = parser.variables;
    return true;
}
