#include "docker/ignore.h"

#include "base/path.h"
#include "base/rune.h"

#define LINE_LIMIT ((size_t)64 * 1024)

/* A leading slash means the context, not the machine. */
static struct text clean(struct arena *arena, struct text pattern) {
    if (pattern.len == 0) return pattern;
    pattern = path_clean(arena, pattern);
    return pattern.len > 1 && pattern.ptr[0] == '/' ? text_from_offset(pattern, 1) : pattern;
}

/* The pattern of a line; empty when it has none. */
static struct text read_line(struct arena *arena, struct text line) {
    if (text_starts(line, "#")) return TEXT("");
    struct text pattern = rune_trim(line);
    if (!text_starts(pattern, "!")) return clean(arena, pattern);
    return text_concat(arena, TEXT("!"), clean(arena, rune_trim(text_from_offset(pattern, 1))));
}

static struct place line_place(const struct source *source, uint32_t number, struct text line) {
    struct text trimmed = rune_trim(line);
    uint32_t column = 1 + (uint32_t)text_width(text_of(line.ptr, (size_t)(trimmed.ptr - line.ptr)));
    return (struct place){.source = source, .line = number, .column = column, .length = (uint32_t)text_width(trimmed)};
}

static bool add_line(struct arena *arena, struct text line, size_t len, struct place place,
                     struct diagnostics *diagnostics, struct list *out) {
    const char *problem = NULL;
    struct pattern *pattern = arena_alloc(arena, sizeof(*pattern));
    if (len >= LINE_LIMIT) {
        problem = "the line is longer than 65,535 bytes (bufio.Scanner: token too long)";
    } else if (pattern_compile(arena, read_line(arena, line), pattern, &problem)) {
        pattern->place = place;
        list_add(arena, out, pattern);
        return true;
    }
    diag_add(diagnostics, DIAG_ERROR, "ignore-syntax", place, "%s", problem);
    return false;
}

bool ignore_parse(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                  const struct patterns **out) {
    struct list list = {0};
    struct text rest = source->bytes, line;
    for (uint32_t number = 1; text_next(&rest, '\n', &line); number++) {
        struct text content = line;
        if (text_ends(content, "\r")) content.len--;
        if (number == 1 && text_starts(content, "\xEF\xBB\xBF")) content = text_from_offset(content, 3);
        if (!add_line(arena, content, line.len, line_place(source, number, line), diagnostics, &list)) return false;
    }
    *out = patterns_create(arena, &list);
    return true;
}
