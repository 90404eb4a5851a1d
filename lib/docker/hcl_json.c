#include "docker/hcl_expression.h"

#include "base/rune.h"

/* Only places, depth and failing of the reader are used: JSON has tokens of its own. */

static const struct hcl_expression *parse_value(struct hcl_reader *reader);

static char byte_at(const struct hcl_reader *reader) {
    return (char)(reader->at < reader->bytes.len ? reader->bytes.ptr[reader->at] : '\0');
}

static struct place here(struct hcl_reader *reader) {
    return hcl_place(reader, reader->at);
}

static void skip_blanks(struct hcl_reader *reader) {
    while (reader->at < reader->bytes.len && strchr(" \t\r\n", reader->bytes.ptr[reader->at]) != NULL &&
           reader->bytes.ptr[reader->at] != '\0')
        reader->at++;
}

static bool accept(struct hcl_reader *reader, char byte) {
    skip_blanks(reader);
    bool is_next = reader->at < reader->bytes.len && byte_at(reader) == byte;
    reader->at += is_next;
    return is_next;
}

static bool expect(struct hcl_reader *reader, char byte) {
    return accept(reader, byte) || hcl_fail(reader, here(reader), "a '%c' is missing here", byte);
}

/* ---- strings ---- */

static bool read_hex(struct hcl_reader *reader, uint32_t *out) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++, reader->at++) {
        char c = byte_at(reader);
        bool is_digit = c >= '0' && c <= '9', is_letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!is_digit && !is_letter)
            return hcl_fail(reader, here(reader), "'\\u' needs four digits of 0 to 9 and a to f");
        value = value << 4 | (uint32_t)(is_digit ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    *out = value;
    return true;
}

/* The second half of a pair of surrogates, when it stands there. */
static bool read_low_surrogate(struct hcl_reader *reader, uint32_t *rune) {
    uint32_t low = 0;
    struct text rest = text_from_offset(reader->bytes, reader->at);
    if (!text_starts(rest, "\\u")) return true;
    size_t before = reader->at;
    reader->at += 2;
    if (!read_hex(reader, &low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) {
        reader->at = before;
    } else {
        *rune = 0x10000 + ((*rune - 0xD800) << 10) + (low - 0xDC00);
    }
    return true;
}

static bool read_unicode(struct hcl_reader *reader, struct buffer *out) {
    uint32_t rune = 0;
    if (!read_hex(reader, &rune)) return false;
    if (rune >= 0xD800 && rune < 0xDC00 && !read_low_surrogate(reader, &rune)) return false;
    if (rune == 0) return hcl_fail(reader, here(reader), "a NUL can stand in no argument and no name");
    rune_add(out, rune >= 0xD800 && rune <= 0xDFFF ? RUNE_INVALID : rune);
    return true;
}

static bool read_escape(struct hcl_reader *reader, struct buffer *out) {
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    reader->at++;
    char letter = byte_at(reader);
    const char *found = letter == '\0' ? NULL : strchr(letters, letter);
    if (found == NULL && letter != 'u') return hcl_fail(reader, here(reader), "this escape has no meaning in JSON");
    reader->at++;
    if (letter == 'u') return read_unicode(reader, out);
    buffer_add_byte(out, meanings[found - letters]);
    return true;
}

static bool read_character(struct hcl_reader *reader, struct buffer *out) {
    size_t len = 0;
    if (reader->at >= reader->bytes.len || (unsigned char)byte_at(reader) < ' ')
        return hcl_fail(reader, here(reader), "the string does not end on its line");
    if (byte_at(reader) == '\\') return read_escape(reader, out);
    uint32_t rune = rune_at(reader->bytes, reader->at, &len);
    if (rune == RUNE_INVALID && len == 1) return hcl_fail(reader, here(reader), "the text is not UTF-8");
    buffer_add(out, text_of(reader->bytes.ptr + reader->at, len));
    reader->at += len;
    return true;
}

static bool read_string(struct hcl_reader *reader, struct text *out) {
    struct buffer buffer = buffer_in(reader->arena);
    reader->at++;
    while (reader->at >= reader->bytes.len || byte_at(reader) != '"')
        if (!read_character(reader, &buffer)) return false;
    reader->at++;
    *out = buffer.len == 0 ? TEXT("") : buffer_text(&buffer);
    return true;
}

/* ---- numbers and words ---- */

static struct text take_word(struct hcl_reader *reader) {
    size_t start = reader->at;
    while (reader->at < reader->bytes.len) {
        char c = byte_at(reader);
        bool is_part = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                       c == '+' || c == '.';
        if (!is_part) break;
        reader->at++;
    }
    return text_of(reader->bytes.ptr + start, reader->at - start);
}

static size_t skip_digits(struct text text, size_t at) {
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
        at++;
    return at;
}

/* RFC 8259, section 6. */
static bool is_json_number(struct text text) {
    size_t at = text_starts(text, "-"), digits = skip_digits(text, at);
    if (digits == at || (text.ptr[at] == '0' && digits > at + 1)) return false;
    if (digits < text.len && text.ptr[digits] == '.') {
        at = digits + 1;
        digits = skip_digits(text, at);
        if (digits == at) return false;
    }
    if (digits < text.len && (text.ptr[digits] | 0x20) == 'e') {
        at = digits + 1;
        if (at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-')) at++;
        digits = skip_digits(text, at);
        if (digits == at) return false;
    }
    return digits == text.len;
}

static const struct hcl_expression *parse_word(struct hcl_reader *reader) {
    struct place place = here(reader);
    struct text word = take_word(reader), number = {0};
    if (text_is(word, "true") || text_is(word, "false")) return hcl_expression(reader, HCL_BOOL, place, word);
    if (text_is(word, "null")) return hcl_expression(reader, HCL_NULL, place, word);
    if (!is_json_number(word)) {
        hcl_fail(reader, place, "a value is missing here");
        return NULL;
    }
    number = hcl_number(reader->arena, word);
    if (text_is_given(number)) return hcl_expression(reader, HCL_NUMBER, place, number);
    return hcl_expression(reader, HCL_OPEN, place, TEXT("a number with an exponent"));
}

/* ---- values ---- */

static bool parse_pair(struct hcl_reader *reader, struct list *out) {
    struct hcl_pair *pair = arena_alloc(reader->arena, sizeof(*pair));
    skip_blanks(reader);
    pair->is_template = true;
    pair->place = here(reader);
    if (byte_at(reader) != '"') return hcl_fail(reader, pair->place, "a name in quotes is missing here");
    if (!read_string(reader, &pair->name) || !expect(reader, ':')) return false;
    pair->value = parse_value(reader);
    list_add(reader->arena, out, pair);
    return pair->value != NULL;
}

static bool parse_items(struct hcl_reader *reader, bool is_object, struct list *out) {
    char close = is_object ? '}' : ']';
    reader->at++;
    if (accept(reader, close)) return true;
    do {
        const struct hcl_expression *item = is_object ? NULL : parse_value(reader);
        if (is_object ? !parse_pair(reader, out) : item == NULL) return false;
        if (!is_object) list_add(reader->arena, out, (void *)item);
    } while (accept(reader, ','));
    return expect(reader, close);
}

static const struct hcl_expression *parse_value(struct hcl_reader *reader) {
    skip_blanks(reader);
    struct place place = here(reader);
    char c = byte_at(reader);
    if (c == '"') {
        struct hcl_expression *string = hcl_expression(reader, HCL_UNREAD, place, TEXT(""));
        return read_string(reader, &string->text) ? string : NULL;
    }
    if (c != '{' && c != '[') return parse_word(reader);
    bool is_object = c == '{';
    struct hcl_expression *all = hcl_expression(reader, is_object ? HCL_OBJECT : HCL_LIST, place,
                                                is_object ? TEXT("an object") : TEXT("a list"));
    if (!hcl_enter(reader)) return NULL;
    bool ok = parse_items(reader, is_object, &all->items);
    hcl_leave(reader);
    return ok ? all : NULL;
}

const struct hcl_expression *hcl_read_json(struct arena *arena, const struct source *source,
                                           struct diagnostics *diagnostics) {
    struct hcl_reader reader = hcl_reader(arena, source, diagnostics);
    const struct hcl_expression *value = parse_value(&reader);
    skip_blanks(&reader);
    if (value != NULL && reader.at < reader.bytes.len) {
        hcl_fail(&reader, here(&reader), "nothing can follow the end of the JSON value");
        return NULL;
    }
    return value;
}
