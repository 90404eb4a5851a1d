#include "docker/lint_source.h"

#include "base/rune.h"
#include "docker/directive.h"

#include <string.h>

/* --- lines --- */

static struct text line_at(const struct lint_source *source, size_t index) {
    struct text bytes = source->source->bytes;
    size_t start = source->starts[index], end = index + 1 < source->count ? source->starts[index + 1] : bytes.len;
    return text_trim_right(text_of(bytes.ptr + start, end - start), "\r\n");
}

static void read_lines(struct arena *arena, struct lint_source *source) {
    struct text rest = source->source->bytes;
    size_t count = 0, offset = 0;
    for (size_t i = 0; i < rest.len; i++)
        count += rest.ptr[i] == '\n';
    source->starts = arena_array(arena, count + 1, sizeof(*source->starts));
    while (offset < source->source->bytes.len) {
        source->starts[source->count++] = offset;
        size_t end = text_find(text_from_offset(rest, offset), '\n');
        offset = end == TEXT_NONE ? rest.len : offset + end + 1;
    }
}

static struct text without_mark(struct text text) {
    return text_starts(text, "\xEF\xBB\xBF") ? text_from_offset(text, 3) : text;
}

static size_t count_directives(const struct lint_source *source) {
    struct text value;
    size_t count = 0;
    for (; count < source->count; count++) {
        struct text line = line_at(source, count);
        if (count == 0) line = without_mark(line);
        if (directive_match(rune_trim_left(line), "#", &value) == DIRECTIVE_NONE) break;
    }
    return count;
}

void lint_source_read(struct arena *arena, const struct dockerfile *dockerfile, struct lint_source *out) {
    *out = (struct lint_source){.source = dockerfile->source, .escape = dockerfile->escape};
    read_lines(arena, out);
    out->directives = count_directives(out);
}

/* --- places --- */

/* The index of the line that holds an offset. */
static size_t find_line(const struct lint_source *source, size_t offset) {
    size_t low = 0, high = source->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (source->starts[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

struct place lint_source_place(struct lint_source *source, struct text part) {
    const char *bytes = source->source->bytes.ptr;
    size_t offset = (size_t)(part.ptr - bytes), line = find_line(source, offset), start = source->starts[line];
    bool is_further = source->last_column > 0 && source->last_start == start && source->last_offset <= offset;
    size_t from = is_further ? source->last_offset : start, column = is_further ? source->last_column : 1;
    column += text_width(text_of(bytes + from, offset - from));
    source->last_start = start;
    source->last_offset = offset;
    source->last_column = column;
    return (struct place){.source = source->source,
                          .line = (uint32_t)line + 1,
                          .column = (uint32_t)column,
                          .length = (uint32_t)text_width(part)};
}

struct text lint_source_word(const struct lint_source *source, struct place instruction, enum instruction_kind kind) {
    struct text name = text_from(instruction_name(kind));
    struct text word =
        text_first(text_from_offset(line_at(source, instruction.line - 1), instruction.column - 1), name.len);
    return text_equal_ignoring_case(word, name) ? word : (struct text){0};
}

/* --- options --- */

/* A comment in the first column may hold options; one that is indented may not, as BuildKit reads them. */
static bool read_comment(struct text line, struct text *value) {
    return directive_match(line, "#", value) == DIRECTIVE_CHECK;
}

struct text lint_source_options(const struct lint_source *source, struct place instruction) {
    struct text options = {0}, value;
    for (size_t i = instruction.line - 1; i > source->directives; i--) {
        struct text line = line_at(source, i - 1), trimmed = rune_trim(line);
        if (trimmed.len > 0 && trimmed.ptr[0] != '#') break;
        if (trimmed.len > 0 && rune_trim(text_from_offset(line, 1)).len == 0) break; /* '#' alone ends a comment */
        if (read_comment(line, &value)) options = value;
    }
    return options;
}

struct text lint_source_file_options(const struct source *source) {
    struct text rest = without_mark(source->bytes), line, value;
    bool seen[DIRECTIVE_CHECK + 1] = {0};
    if (text_starts(rest, "#!")) text_next(&rest, '\n', &line);
    while (text_next(&rest, '\n', &line)) {
        enum directive_kind kind = directive_match(text_trim_right(line, "\r"), "#", &value);
        if (kind == DIRECTIVE_NONE || seen[kind]) break;
        if (kind == DIRECTIVE_CHECK) return value;
        seen[kind] = true;
    }
    return (struct text){0};
}

/* --- the lines of an instruction --- */

struct lint_lines lint_lines_of(const struct lint_source *source, struct place instruction) {
    struct lint_lines lines = {.source = source, .next = instruction.line - 1, .goes_on = true};
    lines.rest = text_first(line_at(source, lines.next), 0);
    return lines;
}

/* As dockerfile_lines: an escape before the last one takes its meaning, whatever stands before that. */
static bool take_continuation(char escape, struct text *line) {
    struct text kept = text_trim_right(*line, " \t");
    if (kept.len == 0 || kept.ptr[kept.len - 1] != escape) return false;
    if (kept.len > 1 && kept.ptr[kept.len - 2] == escape) return false;
    *line = text_first(kept, kept.len - 1);
    return true;
}

bool lint_lines_next(struct lint_lines *lines, struct text *out) {
    while (lines->goes_on && lines->next < lines->source->count) {
        struct text line = line_at(lines->source, lines->next++), trimmed = rune_trim_left(line);
        if (trimmed.len > 0 && trimmed.ptr[0] == '#') continue;
        if (trimmed.len == 0) {
            if (!text_is_given(lines->blank)) lines->blank = line;
            continue;
        }
        lines->goes_on = take_continuation(lines->source->escape, &line);
        *out = line;
        return true;
    }
    return false;
}

static bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_edge(char c) {
    return is_blank(c) || c == '"' || c == '\'' || c == ',' || c == '[' || c == ']';
}

static bool is_word_at(struct text line, size_t at, struct text word) {
    if (at > 0 && !is_edge(line.ptr[at - 1])) return false;
    if (!text_equal(text_first(text_from_offset(line, at), word.len), word)) return false;
    size_t end = at + word.len;
    return end == line.len || is_edge(line.ptr[end]) || line.ptr[end] == '=';
}

struct text lint_lines_find(struct lint_lines *lines, struct text word) {
    do {
        for (size_t at = 0; word.len > 0 && at + word.len <= lines->rest.len; at++) {
            if (!is_word_at(lines->rest, at, word)) continue;
            struct text found = text_first(text_from_offset(lines->rest, at), word.len);
            lines->rest = text_from_offset(lines->rest, at + word.len);
            return found;
        }
    } while (lint_lines_next(lines, &lines->rest));
    lines->rest.len = 0;
    return (struct text){0};
}

struct texts lint_source_words(struct arena *arena, const struct lint_source *source, struct place instruction) {
    struct lint_lines lines = lint_lines_of(source, instruction);
    struct texts words = {0};
    struct text line;
    while (lint_lines_next(&lines, &line))
        for (size_t at = 0, end; at < line.len; at = end) {
            for (end = at; end < line.len && !is_blank(line.ptr[end]);)
                end++;
            if (end > at) texts_add(arena, &words, text_of(line.ptr + at, end - at));
            if (end == at) end++;
        }
    return words;
}

/* --- names --- */

static size_t name_length(struct text text) {
    size_t len = 0;
    for (; len < text.len; len++) {
        char c = text.ptr[len], lower = (char)(c | 0x20);
        bool is_plain = (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z') || c == '_';
        if (!is_plain && (unsigned char)c < 0x80) break;
    }
    return len;
}

void lint_source_place_names(struct lint_source *source, struct text text, const struct map *names) {
    struct text rest = text;
    for (size_t at = text_find(rest, '$'); at != TEXT_NONE; at = text_find(rest, '$')) {
        const char *dollar = rest.ptr + at;
        rest = text_from_offset(rest, at + 1);
        struct text name = text_from_offset(rest, text_starts(rest, "{"));
        name = text_first(name, name_length(name));
        struct place *place = map_find(names, name);
        if (place == NULL || place->line != 0) continue;
        *place = lint_source_place(source, text_of(dollar, (size_t)(name.ptr + name.len - dollar)));
    }
}
