#include "base/diag.h"

/* A line is shown up to this many bytes around the place; a minified file has lines of megabytes. */
#define EXCERPT_LIMIT 160

/* A line that much is wrong with is shown this often; what comes after that only names it. */
#define SHOWN_LIMIT 8

/* What was shown last. */
struct shown {
    struct source_cursor cursor; /* sorted diagnostics ask for lines downward */
    struct place place;
    unsigned count; /* how often its line was shown in a row */
};

static const char *colour_of(enum severity severity) {
    static const char *const colours[] = {
        [DIAG_NOTE] = "\033[1;34m", [DIAG_WARNING] = "\033[1;33m", [DIAG_ERROR] = "\033[1;31m"};
    return colours[severity];
}

static void write_place(struct buffer *buffer, struct place place) {
    if (place.source == NULL) {
        buffer_add_string(buffer, "depot-pipeline");
        return;
    }
    buffer_add(buffer, text_printable(buffer->arena, place.source->path));
    if (place.line > 0) buffer_format(buffer, ":%u", place.line);
    if (place.line > 0 && place.column > 0) buffer_format(buffer, ":%u", place.column);
}

/* Bytes of the first `count` characters. */
static size_t bytes_of(struct text line, size_t count) {
    size_t at = 0;
    for (; at < line.len; at++) {
        bool begins = ((unsigned char)line.ptr[at] & 0xC0) != 0x80;
        if (begins && count-- == 0) break;
    }
    return at;
}

/* Moves a window over a long line so that the column stays in it. */
static struct text excerpt(struct text line, uint32_t *column) {
    if (*column > EXCERPT_LIMIT) {
        line = text_from_offset(line, bytes_of(line, *column - EXCERPT_LIMIT / 2));
        *column = EXCERPT_LIMIT / 2;
    }
    return text_first(line, bytes_of(line, EXCERPT_LIMIT));
}

/* Tabs stay, so that the caret stands under its column; everything else that moves a cursor goes. */
static void write_source_text(struct buffer *buffer, struct text line) {
    struct text rest = line, part;
    for (bool first = true; text_next(&rest, '\t', &part); first = false) {
        if (!first) buffer_add_byte(buffer, '\t');
        buffer_add(buffer, text_printable(buffer->arena, part));
    }
}

static void write_caret(struct buffer *buffer, struct text line, uint32_t column, uint32_t length) {
    struct text before = text_first(line, bytes_of(line, column - 1));
    buffer_add_string(buffer, "      | ");
    for (size_t i = 0; i < before.len; i++)
        if (((unsigned char)before.ptr[i] & 0xC0) != 0x80) buffer_add_byte(buffer, before.ptr[i] == '\t' ? '\t' : ' ');
    size_t width = text_width(line), left = column <= width ? width - column + 1 : 1;
    size_t underlined = length == 0 ? 1 : length < left ? length : left;
    buffer_add_byte(buffer, '^');
    buffer_add_repeated(buffer, '~', underlined - 1);
    buffer_add_byte(buffer, '\n');
}

static bool is_shown_enough(struct shown *shown, struct place place) {
    bool is_same = shown->place.source == place.source && shown->place.line == place.line;
    shown->count = is_same ? shown->count + 1 : 0;
    shown->place = place;
    return shown->count >= SHOWN_LIMIT;
}

static void write_excerpt(struct buffer *buffer, struct shown *shown, struct place place) {
    if (place.source == NULL || place.line == 0 || is_shown_enough(shown, place)) return;
    uint32_t column = place.column;
    struct text line = excerpt(source_next_line(&shown->cursor, place.source, place.line), &column);
    if (line.len == 0) return;
    buffer_format(buffer, "%5u | ", place.line);
    write_source_text(buffer, line);
    buffer_add_byte(buffer, '\n');
    if (column > 0) write_caret(buffer, line, column, place.length);
}

static void write_one(struct buffer *buffer, struct shown shown[2], const struct diagnostic *diagnostic, bool colour) {
    write_place(buffer, diagnostic->place);
    buffer_format(buffer, ": %s%s:%s ", colour ? colour_of(diagnostic->severity) : "",
                  diag_severity_name(diagnostic->severity), colour ? "\033[0m" : "");
    buffer_add(buffer, text_printable(buffer->arena, diagnostic->message));
    buffer_format(buffer, " [%s]\n", diagnostic->rule);
    write_excerpt(buffer, &shown[0], diagnostic->place);
    if (!text_is_given(diagnostic->second_message)) return;
    write_place(buffer, diagnostic->second);
    buffer_format(buffer, ": %.*s\n", TEXT_ARG(diagnostic->second_message));
    write_excerpt(buffer, &shown[1], diagnostic->second);
}

void diag_write(struct buffer *buffer, const struct diagnostics *diagnostics, enum severity least, bool colour) {
    struct shown shown[2] = {0}; /* of first places and of second ones */
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct diagnostic *diagnostic = diagnostics->list.items[i];
        if (diagnostic->severity >= least) write_one(buffer, shown, diagnostic, colour);
    }
}
