#include "docker/dockerfile_lines.h"

#include "base/rune.h"
#include "docker/directive.h"

void dockerfile_lines_init(struct dockerfile_lines *lines, struct arena *arena, const struct source *source) {
    *lines = (struct dockerfile_lines){.arena = arena, .source = source, .escape = '\\'};
}

/* The next physical line with its end; as bufio.Scanner does, a line that is too long ends the file. */
static bool next_physical(struct dockerfile_lines *lines, struct text *out) {
    struct text rest = text_from_offset(lines->source->bytes, lines->offset);
    if (rest.len == 0 || lines->too_long != 0) return false;
    size_t end = text_find(text_first(rest, DOCKERFILE_LINE_LIMIT + 1), '\n');
    size_t len = end == TEXT_NONE ? rest.len : end + 1;
    lines->number++;
    if (end == TEXT_NONE && rest.len > DOCKERFILE_LINE_LIMIT) {
        lines->too_long = lines->number;
        return false;
    }
    lines->offset += len;
    *out = text_first(rest, len);
    return true;
}

static bool is_comment(struct text line) {
    struct text rest = rune_trim_left(line);
    return rest.len > 0 && rest.ptr[0] == '#';
}

/* --- directives --- */

static bool refuse(struct dockerfile_lines *lines, struct text problem) {
    lines->problem = problem;
    return false;
}

static bool set_escape(struct dockerfile_lines *lines, struct text value) {
    if (!text_is(value, "`") && !text_is(value, "\\"))
        return refuse(lines, text_format(lines->arena, "invalid escape token '%.*s' does not match ` or \\",
                                         TEXT_ARG(text_printable(lines->arena, value))));
    lines->escape = value.ptr[0];
    return true;
}

/* The first line that is no directive ends them for good; false when BuildKit refuses one. */
static bool read_directive(struct dockerfile_lines *lines, struct text line) {
    if (lines->directives_done) return true;
    struct text value;
    enum directive_kind kind = directive_match(line, "#", &value);
    lines->directives_done = kind == DIRECTIVE_NONE;
    if (lines->directives_done) return true;
    if (lines->seen[kind])
        return refuse(lines,
                      text_format(lines->arena, "only one %s parser directive can be used", directive_name(kind)));
    lines->seen[kind] = true;
    return kind != DIRECTIVE_ESCAPE || set_escape(lines, value);
}

/* --- logical lines --- */

/*
 * Takes the escape and the blanks after it off the end of a line that goes on. Two escapes
 * at the end, or three, do not continue: BuildKit looks at one byte before, no further.
 */
static bool take_continuation(char escape, struct text *line) {
    struct text kept = text_trim_right(*line, " \t");
    if (kept.len == 0 || kept.ptr[kept.len - 1] != escape) return false;
    if (kept.len > 1 && kept.ptr[kept.len - 2] == escape) return false;
    *line = text_first(kept, kept.len - 1);
    return true;
}

static struct text join_continued(struct dockerfile_lines *lines, struct text first) {
    struct buffer joined = buffer_in(lines->arena);
    buffer_add(&joined, first);
    struct text line;
    bool goes_on = true;
    while (goes_on && next_physical(lines, &line)) {
        line = text_trim_right(line, "\r\n");
        if (is_comment(line) || rune_trim_left(line).len == 0) continue;
        goes_on = take_continuation(lines->escape, &line);
        buffer_add(&joined, line);
    }
    return buffer_text(&joined);
}

static struct place place_of(const struct dockerfile_lines *lines, size_t line_start, struct text first) {
    size_t column = first.len == 0 ? 0 : (size_t)(first.ptr - lines->source->bytes.ptr) - line_start;
    return (struct place){
        .source = lines->source, .line = lines->number, .column = (uint32_t)column + 1, .length = (uint32_t)first.len};
}

bool dockerfile_lines_next(struct dockerfile_lines *lines, struct logical_line *out) {
    struct text line;
    for (size_t start = lines->offset; next_physical(lines, &line); start = lines->offset) {
        if (lines->number == 1 && text_starts(line, "\xEF\xBB\xBF")) line = text_from_offset(line, 3);
        line = rune_trim_left(text_trim_right(line, "\r\n"));
        if (!read_directive(lines, line)) return false;
        if (is_comment(line) || line.len == 0) continue;
        struct text first = line;
        out->place = place_of(lines, start, line);
        bool goes_on = take_continuation(lines->escape, &first);
        out->text = goes_on ? join_continued(lines, first) : line;
        return true;
    }
    return false;
}

bool dockerfile_lines_heredoc(struct dockerfile_lines *lines, struct text name, bool chomp, struct text *content) {
    size_t start = lines->offset, end = start;
    struct text line;
    for (; next_physical(lines, &line); end = lines->offset) {
        line = text_trim_right(line, "\r\n");
        while (chomp && line.len > 0 && line.ptr[0] == '\t')
            line = text_from_offset(line, 1);
        if (!text_equal(line, name)) continue;
        *content = text_of(lines->source->bytes.ptr + start, end - start);
        return true;
    }
    return false;
}
