#include "docker/hcl_expression.h"

#include "base/rune.h"

struct template {
    struct hcl_reader *reader;
    enum hcl_template_end end;
    struct text marker;
    bool is_flush;
    bool is_at_line;    /* a heredoc: nothing of this line has been read */
    struct text view;   /* the literal text so far, as it stands in the source … */
    struct buffer copy; /* … or a copy, once it is not in one piece there */
    struct place place;
    struct list parts;             /* of struct hcl_expression; each line of a heredoc of "<<-" is a part */
    const char *open;              /* what makes it HCL_OPEN */
    char nesting[HCL_DEPTH_LIMIT]; /* of directives: 'i' and 'f' that are not ended, 'e' after "else" */
    size_t nested;
};

static struct hcl_reader *reader_of(struct template *template) {
    return template->reader;
}

static char byte_at(const struct template *template, size_t ahead) {
    size_t at = template->reader->at + ahead;
    return (char)(at < template->reader->bytes.len ? template->reader->bytes.ptr[at] : '\0');
}

static bool is_over(const struct template *template) {
    return template->reader->at >= template->reader->bytes.len;
}

static bool fail(struct template *template, const char *problem) {
    return hcl_fail(template->reader, hcl_place(template->reader, template->reader->at), "%s", problem);
}

/* ---- literal text ---- */

static void add_literal(struct template *template, struct text text) {
    bool goes_on = template->view.len > 0 && template->view.ptr + template->view.len == text.ptr;
    if (template->copy.len == 0 && template->view.len == 0) {
        template->view = text;
    } else if (template->copy.len == 0 && goes_on) {
        template->view.len += text.len;
    } else {
        if (template->copy.len == 0) buffer_add(&template->copy, template->view);
        buffer_add(&template->copy, text);
    }
}

static void add_source(struct template *template, size_t ahead, size_t len) {
    add_literal(template, text_of(template->reader->bytes.ptr + template->reader->at + ahead, len));
}

static void end_literal(struct template *template) {
    if (template->view.len == 0) return;
    struct text text = template->copy.len == 0 ? template->view : buffer_text(&template->copy);
    list_add(template->reader->arena, &template->parts,
             hcl_expression(template->reader, HCL_TEXT, template->place, text));
    template->view = (struct text){0};
    template->copy = buffer_in(template->reader->arena);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \uXXXX or \UXXXXXXXX; the reader is at the letter. */
static bool read_unicode(struct template *template, size_t digits) {
    uint32_t rune = 0;
    for (size_t i = 1; i <= digits; i++) {
        int digit = hex_digit(byte_at(template, i));
        if (digit < 0) return fail(template, "a '\\u' needs four digits, a '\\U' eight, of 0 to 9 and a to f");
        rune = rune << 4 | (uint32_t)digit;
    }
    if (rune == 0) return fail(template, "a NUL can stand in no argument and no name");
    bool is_character = rune <= 0x10FFFF && !(rune >= 0xD800 && rune <= 0xDFFF);
    if (!is_character) return fail(template, "this is no character");
    struct buffer encoded = buffer_in(template->reader->arena);
    rune_add(&encoded, rune);
    add_literal(template, buffer_text(&encoded));
    template->reader->at += digits + 1;
    return true;
}

static bool read_escape(struct template *template) {
    static const char letters[] = "nrt\"\\", meanings[] = "\n\r\t\"\\";
    template->reader->at++;
    char letter = byte_at(template, 0);
    if (letter == 'u' || letter == 'U') return read_unicode(template, letter == 'u' ? 4 : 8);
    const char *found = letter == '\0' ? NULL : strchr(letters, letter);
    if (found == NULL) return fail(template, "after '\\' only n, r, t, \", \\, u and U have a meaning");
    add_literal(template, text_of(meanings + (found - letters), 1));
    template->reader->at++;
    return true;
}

static bool read_character(struct template *template) {
    size_t len = 0;
    uint32_t rune = rune_at(template->reader->bytes, template->reader->at, &len);
    if (rune == RUNE_INVALID && len == 1) return fail(template, "the text is not UTF-8");
    if (rune == 0) return fail(template, "a NUL can stand in no argument and no name");
    if (rune == '\r' && byte_at(template, 1) != '\n' && template->end == HCL_TEMPLATE_HEREDOC)
        return fail(template, "a carriage return has no place here");
    add_source(template, 0, len);
    template->reader->at += len;
    template->is_at_line = rune == '\n';
    if (rune == '\n' && template->is_flush) end_literal(template);
    return true;
}

/* ---- ${…} and %{…} ---- */

static bool end_sequence(struct template *template) {
    struct hcl_reader *reader = reader_of(template);
    if (hcl_is_next(reader, "~}")) template->open = "a template that trims";
    if (hcl_accept(reader, "}") || hcl_accept(reader, "~}")) return true;
    return hcl_fail(reader, hcl_peek(reader)->place, "a '}' is missing here; a literal '${' is written '$${'");
}

static bool read_interpolation(struct template *template) {
    struct hcl_reader *reader = reader_of(template);
    const struct hcl_expression *part = hcl_parse_expression(reader);
    if (part == NULL || !end_sequence(template)) return false;
    if (part->kind == HCL_TEXT) {
        /* a text of its own: it has no part in the indentation of a heredoc */
        struct hcl_expression *apart = hcl_expression(reader, HCL_TEMPLATE, part->place, TEXT("a template"));
        list_add(reader->arena, &apart->items, (void *)part);
        part = apart;
    }
    list_add(reader->arena, &template->parts, (void *)part);
    return true;
}

static bool read_for_names(struct template *template) {
    struct hcl_reader *reader = reader_of(template);
    bool ok = hcl_take(reader).kind == HCL_IDENTIFIER;
    if (ok && hcl_accept(reader, ",")) ok = hcl_take(reader).kind == HCL_IDENTIFIER;
    const struct hcl_token *in = hcl_peek(reader);
    if (!ok || in->kind != HCL_IDENTIFIER || !text_is(in->text, "in"))
        return hcl_fail(reader, in->place, "'for' needs one or two names and 'in'");
    hcl_take(reader);
    return true;
}

/* Is this the end that the innermost directive waits for? */
static bool close_directive(struct template *template, char kind, char other) {
    char last = template->nested == 0 ? '\0' : template->nesting[template->nested - 1];
    if (last == '\0' || (last != kind && last != other)) return fail(template, "this directive belongs to none");
    template->nested--;
    return true;
}

static bool open_directive(struct template *template, char kind) {
    if (template->nested >= sizeof(template->nesting)) return fail(template, "directives are nested too deep");
    template->nesting[template->nested++] = kind;
    return true;
}

static bool read_directive(struct template *template) {
    struct hcl_reader *reader = reader_of(template);
    struct hcl_token word = hcl_take(reader);
    bool ok = false;
    template->open = "a template directive";
    if (text_is(word.text, "if")) {
        ok = open_directive(template, 'i') && hcl_parse_expression(reader) != NULL;
    } else if (text_is(word.text, "for")) {
        ok = open_directive(template, 'f') && read_for_names(template) && hcl_parse_expression(reader) != NULL;
    } else if (text_is(word.text, "else")) {
        ok = close_directive(template, 'i', 'i') && open_directive(template, 'e');
    } else if (text_is(word.text, "endif")) {
        ok = close_directive(template, 'i', 'e');
    } else if (text_is(word.text, "endfor")) {
        ok = close_directive(template, 'f', 'f');
    } else {
        hcl_fail(reader, word.place,
                 "a directive begins with if, else, endif, for or endfor; a literal '%%{' is '%%%%{'");
    }
    return ok && end_sequence(template);
}

/* The reader is at "${" or "%{". */
static bool read_sequence(struct template *template) {
    struct hcl_reader *reader = reader_of(template);
    bool is_directive = byte_at(template, 0) == '%';
    end_literal(template);
    template->is_at_line = false;
    reader->at += 2;
    if (byte_at(template, 0) == '~') {
        template->open = "a template that trims";
        reader->at++;
    }
    bool skipped = hcl_skip_newlines(reader, true);
    bool ok = is_directive ? read_directive(template) : read_interpolation(template);
    hcl_skip_newlines(reader, skipped);
    return ok;
}

/* "${", or "$${", which is "${"; the same with "%". Any other "$" stands for itself. */
static bool read_dollar(struct template *template, bool *out_is_sequence) {
    char sign = byte_at(template, 0);
    *out_is_sequence = byte_at(template, 1) == '{';
    if (*out_is_sequence || byte_at(template, 1) != sign || byte_at(template, 2) != '{') return true;
    add_source(template, 1, 2);
    template->reader->at += 3;
    template->is_at_line = false;
    return false;
}

/* ---- the end ---- */

/* The line that ends a heredoc: the marker, blanks around it, and a line end, which stays. */
static bool is_marker_line(struct template *template) {
    struct text rest = text_from_offset(template->reader->bytes, template->reader->at);
    size_t newline = text_find(rest, '\n');
    if (template->end != HCL_TEMPLATE_HEREDOC || !template->is_at_line || newline == TEXT_NONE) return false;
    struct text line = text_first(rest, newline);
    if (!text_equal(rune_trim(line), template->marker)) return false;
    template->reader->at += text_ends(line, "\r") ? newline - 1 : newline;
    return true;
}

static bool take_end(struct template *template) {
    if (template->end == HCL_TEMPLATE_BARE) return is_over(template);
    if (template->end == HCL_TEMPLATE_HEREDOC) return is_marker_line(template);
    if (byte_at(template, 0) != '"' || is_over(template)) return false;
    template->reader->at++;
    return true;
}

static bool read_next(struct template *template) {
    char c = byte_at(template, 0);
    bool is_quoted = template->end == HCL_TEMPLATE_QUOTED, is_sequence = false;
    if (is_over(template) || (is_quoted && (c == '\n' || c == '\r')))
        return hcl_fail(template->reader, template->place, "the text that begins here does not end");
    if (c == '$' || c == '%') {
        if (!read_dollar(template, &is_sequence)) return true;
        if (is_sequence) return read_sequence(template);
    }
    return is_quoted && c == '\\' ? read_escape(template) : read_character(template);
}

/* ---- from parts to one expression ---- */

/* The blanks that a line begins with; `is_blank`: it has nothing else. */
static size_t count_spaces(struct text text, bool *is_blank) {
    size_t count = 0, at = 0, len = 0;
    for (; at < text.len && rune_is_space(rune_at(text, at, &len)); at += len)
        count++;
    *is_blank = at == text.len && text_ends(text, "\n");
    return count;
}

static struct text without_spaces(struct text text, size_t count) {
    size_t at = 0, len = 0;
    for (; count > 0 && at < text.len; count--, at += len)
        rune_at(text, at, &len);
    return text_from_offset(text, at);
}

static bool begins_line(const struct list *parts, size_t i) {
    const struct hcl_expression *before = i == 0 ? NULL : parts->items[i - 1];
    return before == NULL || (before->kind == HCL_TEXT && text_ends(before->text, "\n"));
}

/* flushHeredocTemplateParts: lines of blanks neither count nor change. */
static void flush(struct list *parts) {
    size_t least = SIZE_MAX;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < parts->count; i++) {
            struct hcl_expression *part = parts->items[i];
            bool is_blank = false, is_text = part->kind == HCL_TEXT;
            if (pass == 0 ? !begins_line(parts, i) : !is_text || !begins_line(parts, i)) continue;
            size_t spaces = is_text ? count_spaces(part->text, &is_blank) : 0;
            if (is_blank) continue;
            if (pass == 0 && spaces < least) least = spaces;
            if (pass == 1) part->text = without_spaces(part->text, least);
        }
}

/* Neighbouring texts become one. */
static void meld(struct arena *arena, struct list *parts) {
    struct list melded = {0};
    struct buffer buffer = buffer_in(arena);
    struct hcl_expression *last = NULL;
    for (size_t i = 0; i < parts->count; i++) {
        struct hcl_expression *part = parts->items[i];
        if (part->kind == HCL_TEXT && last != NULL && last->kind == HCL_TEXT) {
            if (buffer.len == 0) buffer_add(&buffer, last->text);
            buffer_add(&buffer, part->text);
            last->text = buffer_text(&buffer);
            continue;
        }
        buffer = buffer_in(arena);
        list_add(arena, &melded, part);
        last = part;
    }
    *parts = melded;
}

static const struct hcl_expression *finish(struct template *template) {
    struct hcl_reader *reader = template->reader;
    if (template->open != NULL) return hcl_expression(reader, HCL_OPEN, template->place, text_from(template->open));
    if (template->parts.count == 0) return hcl_expression(reader, HCL_TEXT, template->place, TEXT(""));
    struct hcl_expression *first = template->parts.items[0];
    if (template->parts.count == 1) return first;
    struct hcl_expression *whole = hcl_expression(reader, HCL_TEMPLATE, template->place, TEXT("a template"));
    whole->items = template->parts;
    return whole;
}

const struct hcl_expression *hcl_parse_template(struct hcl_reader *reader, struct place place,
                                                enum hcl_template_end end, struct text marker, bool is_flush) {
    struct template template = {.reader = reader, .end = end, .marker = marker, .is_flush = is_flush, .place = place};
    template.is_at_line = true;
    template.copy = buffer_in(reader->arena);
    while (!take_end(&template))
        if (reader->has_failed || !read_next(&template)) return NULL;
    end_literal(&template);
    if (template.nested > 0) {
        hcl_fail(reader, place, "a directive of this text is not ended");
        return NULL;
    }
    if (is_flush) flush(&template.parts);
    meld(reader->arena, &template.parts);
    return finish(&template);
}

const struct hcl_expression *hcl_template(struct arena *arena, const struct hcl_expression *expression,
                                          struct diagnostics *diagnostics) {
    if (expression->kind != HCL_UNREAD) return expression;
    struct hcl_reader reader = {.arena = arena, .source = expression->place.source, .diagnostics = diagnostics};
    reader.bytes = expression->text;
    reader.seen = expression->place;
    reader.is_fixed = true;
    return hcl_parse_template(&reader, expression->place, HCL_TEMPLATE_BARE, (struct text){0}, false);
}
