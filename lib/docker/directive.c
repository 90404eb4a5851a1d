#include "docker/directive.h"

#include "base/rune.h"
#include "docker/json_strings.h"
#include "docker/reference.h"

#include <string.h>

static const char *const names[] = {
    [DIRECTIVE_NONE] = "",
    [DIRECTIVE_SYNTAX] = "syntax",
    [DIRECTIVE_ESCAPE] = "escape",
    [DIRECTIVE_CHECK] = "check",
};

const char *directive_name(enum directive_kind kind) {
    return names[kind];
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct text skip_blanks(struct text text) {
    while (text.len > 0 && is_blank(text.ptr[0]))
        text = text_from_offset(text, 1);
    return text;
}

/* After the `=`: `\s*(.+?)\s*$`, where a value of blanks alone is its last blank. */
static struct text value_of(struct text text) {
    struct text value = skip_blanks(text);
    if (value.len == 0) return text_from_offset(text, text.len > 0 ? text.len - 1 : 0);
    return text_trim_right(value, " \t\r\n\f");
}

enum directive_kind directive_match(struct text line, const char *comment, struct text *value) {
    if (!text_starts(line, comment)) return DIRECTIVE_NONE;
    struct text rest = rune_trim_left(text_from_offset(line, strlen(comment)));
    size_t len = 0;
    while (len < rest.len && is_word(rest.ptr[len]))
        len++;
    struct text name = text_first(rest, len);
    rest = skip_blanks(text_from_offset(rest, len));
    if (rest.len < 2 || rest.ptr[0] != '=') return DIRECTIVE_NONE;
    for (size_t i = DIRECTIVE_SYNTAX; i <= DIRECTIVE_CHECK; i++)
        if (text_equal_ignoring_case(name, text_from(names[i]))) {
            *value = value_of(text_from_offset(rest, 1));
            return (enum directive_kind)i;
        }
    return DIRECTIVE_NONE;
}

/* The directives that begin a file, one a line, up to the first line that is none. */
static struct text find_syntax(struct text bytes, const char *comment) {
    struct text line, value;
    bool seen[DIRECTIVE_CHECK + 1] = {0};
    while (text_next(&bytes, '\n', &line)) {
        if (text_ends(line, "\r")) line.len--;
        enum directive_kind kind = directive_match(line, comment, &value);
        if (kind == DIRECTIVE_NONE || seen[kind]) break;
        if (kind == DIRECTIVE_SYNTAX) {
            size_t space = text_find(value, ' ');
            return space == TEXT_NONE ? value : text_first(value, space);
        }
        seen[kind] = true;
    }
    return (struct text){0};
}

struct text directive_syntax(struct arena *arena, struct text bytes) {
    struct text line;
    if (text_starts(bytes, "\xEF\xBB\xBF")) bytes = text_from_offset(bytes, 3);
    if (text_starts(bytes, "#!")) text_next(&bytes, '\n', &line);
    struct text syntax = find_syntax(bytes, "#");
    if (!text_is_given(syntax)) syntax = find_syntax(bytes, "//");
    if (!text_is_given(syntax)) syntax = json_object_string(arena, bytes, "syntax");
    return syntax;
}

static bool is_path_end(struct text repository, const char *name) {
    size_t len = strlen(name);
    if (!text_ends(repository, name)) return false;
    return repository.len == len || repository.ptr[repository.len - len - 1] == '/';
}

bool directive_is_docker(struct arena *arena, struct text syntax) {
    struct reference reference;
    const char *problem;
    if (!reference_parse(arena, syntax, &reference, &problem)) return false;
    return is_path_end(reference.repository, "docker/dockerfile") ||
           is_path_end(reference.repository, "docker/dockerfile-upstream");
}
