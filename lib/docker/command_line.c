#include "docker/command_line.h"

#include "base/rune.h"
#include "docker/json_strings.h"

#include <string.h>

enum form {
    FORM_LIST,   /* a JSON array, or words between white space */
    FORM_SHELL,  /* a JSON array, or the whole rest */
    FORM_WORDS,  /* words between white space, quotes and escapes kept */
    FORM_PAIRS,  /* NAME=value …, or the old NAME rest-of-line */
    FORM_SPACED, /* split at white space, nothing else */
    FORM_STRING, /* the whole rest */
    FORM_HEALTH, /* a word, then as FORM_SHELL */
    FORM_TRIGGER,
};

static const struct {
    const char *name;
    enum form form;
} commands[] = {
    [INSTRUCTION_ADD] = {"ADD", FORM_LIST},
    [INSTRUCTION_ARG] = {"ARG", FORM_WORDS},
    [INSTRUCTION_CMD] = {"CMD", FORM_SHELL},
    [INSTRUCTION_COPY] = {"COPY", FORM_LIST},
    [INSTRUCTION_ENTRYPOINT] = {"ENTRYPOINT", FORM_SHELL},
    [INSTRUCTION_ENV] = {"ENV", FORM_PAIRS},
    [INSTRUCTION_EXPOSE] = {"EXPOSE", FORM_SPACED},
    [INSTRUCTION_FROM] = {"FROM", FORM_SPACED},
    [INSTRUCTION_HEALTHCHECK] = {"HEALTHCHECK", FORM_HEALTH},
    [INSTRUCTION_LABEL] = {"LABEL", FORM_PAIRS},
    [INSTRUCTION_MAINTAINER] = {"MAINTAINER", FORM_STRING},
    [INSTRUCTION_ONBUILD] = {"ONBUILD", FORM_TRIGGER},
    [INSTRUCTION_RUN] = {"RUN", FORM_SHELL},
    [INSTRUCTION_SHELL] = {"SHELL", FORM_SHELL},
    [INSTRUCTION_STOPSIGNAL] = {"STOPSIGNAL", FORM_STRING},
    [INSTRUCTION_USER] = {"USER", FORM_STRING},
    [INSTRUCTION_VOLUME] = {"VOLUME", FORM_LIST},
    [INSTRUCTION_WORKDIR] = {"WORKDIR", FORM_STRING},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

const char *instruction_name(enum instruction_kind kind) {
    return commands[kind].name;
}

struct parser {
    struct arena *arena;
    char escape;
    struct text *problem;
};

static bool is_separator(char c) {
    return c == '\t' || c == '\v' || c == '\f' || c == '\r' || c == ' ';
}

static size_t word_length(struct text text) {
    size_t len = 0;
    while (len < text.len && !is_separator(text.ptr[len]))
        len++;
    return len;
}

static struct text skip_separators(struct text text) {
    while (text.len > 0 && is_separator(text.ptr[0]))
        text = text_from_offset(text, 1);
    return text;
}

/* --- flags --- */

/* BuildKit reads flags byte by byte and takes each for a character, so 0x85 and 0xA0 are spaces and 0xC3 is Ã. */
static bool is_space_byte(char c) {
    return rune_is_space((unsigned char)c);
}

/* One flag up to white space, when nothing in it has a meaning of its own; else nothing is read. */
static bool read_plain_flag(const struct parser *parser, struct text text, size_t *at, struct text *out) {
    size_t end = *at;
    for (; end < text.len && !is_space_byte(text.ptr[end]); end++) {
        char c = text.ptr[end];
        if (c == '\'' || c == '"' || c == parser->escape || (unsigned char)c >= 0x80) return false;
    }
    *out = text_of(text.ptr + *at, end - *at);
    *at = end;
    return true;
}

/* One flag, whose quotes and escapes are removed, up to the white space after it; false at an empty one. */
static bool read_flag(const struct parser *parser, struct text text, size_t *at, struct text *out) {
    struct buffer word = buffer_in(parser->arena);
    char quote = '\0';
    bool was_quoted = false;
    if (read_plain_flag(parser, text, at, out)) return true;
    for (; *at < text.len; ++*at) {
        char c = text.ptr[*at];
        if (quote == '\0' && is_space_byte(c)) break;
        if (quote == '\0' ? c == '\'' || c == '"' : c == quote) {
            quote = (char)(quote == '\0' ? c : '\0');
            was_quoted = true;
            continue;
        }
        if (c == parser->escape) {
            if (*at + 1 == text.len) continue; /* dropped at the end of the line */
            c = text.ptr[++*at];
        }
        rune_add(&word, (unsigned char)c);
    }
    *out = buffer_text(&word);
    return was_quoted || word.len > 0;
}

/* Takes the words that begin with `--` off the front; the word `--` ends them. */
static struct text take_flags(const struct parser *parser, struct text text, struct texts *flags) {
    size_t at = 0;
    for (;;) {
        while (at < text.len && is_space_byte(text.ptr[at]))
            at++;
        struct text rest = text_from_offset(text, at), word;
        if (!text_starts(rest, "--")) return rest;
        bool is_word = read_flag(parser, text, &at, &word);
        if (text_is(word, "--")) return text_from_offset(text, at);
        if (is_word) texts_add(parser->arena, flags, word);
    }
}

/* --- forms --- */

/* Malformed UTF-8 is written back as U+FFFD, as Go does. */
static struct text repair(const struct parser *parser, struct text text) {
    if (text_is_utf8(text)) return text;
    struct buffer repaired = buffer_in(parser->arena);
    for (size_t i = 0, len; i < text.len; i += len)
        rune_add(&repaired, rune_at(text, i, &len));
    return buffer_text(&repaired);
}

/*
 * parseWords: one word with its quotes and escapes kept. An escape keeps the character
 * after it in the word, but not inside '…'; at the end of the line it is dropped.
 */
static struct text read_word(const struct parser *parser, struct text text, size_t *at) {
    size_t start = *at, len;
    char quote = '\0';
    while (*at < text.len && (quote != '\0' || !rune_is_space(rune_at(text, *at, &len)))) {
        char c = text.ptr[*at];
        bool escapes = c == parser->escape && quote != '\'';
        if (quote == '\0' && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == quote) {
            quote = '\0';
        }
        rune_at(text, *at, &len);
        *at += len;
        if (!escapes) continue;
        if (*at == text.len) return repair(parser, text_of(text.ptr + start, *at - start - 1));
        rune_at(text, *at, &len);
        *at += len;
    }
    return repair(parser, text_of(text.ptr + start, *at - start));
}

static void split_words(const struct parser *parser, struct text text, struct texts *out) {
    for (size_t at = 0, len; at < text.len;) {
        if (rune_is_space(rune_at(text, at, &len))) {
            at += len;
            continue;
        }
        struct text word = read_word(parser, text, &at);
        if (word.len > 0) texts_add(parser->arena, out, word);
    }
}

static void split_spaced(const struct parser *parser, struct text text, struct texts *out) {
    while (text.len > 0) {
        size_t len = word_length(text);
        texts_add(parser->arena, out, text_first(text, len));
        text = skip_separators(text_from_offset(text, len));
    }
}

static bool refuse(const struct parser *parser, struct text problem) {
    *parser->problem = problem;
    return false;
}

static void add_pair(const struct parser *parser, struct command_line *line, struct text name, struct text value) {
    struct pair *pair = arena_alloc(parser->arena, sizeof(*pair));
    *pair = (struct pair){name, value};
    list_add(parser->arena, &line->pairs, pair);
}

/* ENV and LABEL: what the first word is decides which of two grammars the line has. */
static bool split_pairs(const struct parser *parser, struct text rest, struct command_line *line) {
    struct texts words = {0};
    split_words(parser, rest, &words);
    if (words.count == 0) return true;
    if (!text_has(words.items[0], '=')) {
        struct text name = text_first(rest, word_length(rest));
        if (name.len == rest.len)
            return refuse(parser,
                          text_format(parser->arena, "%s must have two arguments", instruction_name(line->kind)));
        add_pair(parser, line, name, skip_separators(text_from_offset(rest, name.len)));
        return true;
    }
    for (size_t i = 0; i < words.count; i++) {
        struct text word = words.items[i];
        size_t equals = text_find(word, '=');
        if (equals == TEXT_NONE)
            return refuse(parser,
                          text_format(parser->arena,
                                      "Syntax error - can't find = in \"%.*s\". Must be of the form: name=value",
                                      TEXT_ARG(text_printable(parser->arena, text_first(word, 80)))));
        add_pair(parser, line, text_first(word, equals), text_from_offset(word, equals + 1));
    }
    return true;
}

/* True when the rest was a JSON array, and its strings are the words. */
static bool split_json(const struct parser *parser, struct text rest, struct command_line *line, bool *refused) {
    rest = rune_trim_left(rest);
    enum json_array found =
        text_starts(rest, "[") ? json_array_read(parser->arena, rest, &line->words) : JSON_ARRAY_NONE;
    *refused = found == JSON_ARRAY_MIXED;
    line->is_json = found == JSON_ARRAY_STRINGS;
    if (*refused) refuse(parser, TEXT("when using JSON array syntax, arrays must be comprised of strings only"));
    return line->is_json;
}

static bool split_list(const struct parser *parser, struct text rest, struct command_line *line) {
    bool refused;
    if (!split_json(parser, rest, line, &refused) && !refused) split_spaced(parser, rest, &line->words);
    return !refused;
}

static bool split_shell(const struct parser *parser, struct text rest, struct command_line *line) {
    bool refused;
    if (!split_json(parser, rest, line, &refused) && !refused && rest.len > 0)
        texts_add(parser->arena, &line->words, rest);
    return !refused;
}

static bool split_health(const struct parser *parser, struct text rest, struct command_line *line) {
    size_t len = 0;
    while (len < rest.len && !is_space_byte(rest.ptr[len]))
        len++;
    if (len == 0) return true;
    texts_add(parser->arena, &line->words, text_first(rest, len));
    while (len < rest.len && is_space_byte(rest.ptr[len]))
        len++;
    return split_shell(parser, text_from_offset(rest, len), line);
}

static bool parse(const struct parser *parser, struct text text, bool is_trigger, struct command_line *out);

/* A chain of ONBUILDs is refused later, by its second word: going deeper would be recursion for nothing. */
static bool split_trigger(const struct parser *parser, struct text rest, bool is_trigger, struct command_line *line) {
    if (rest.len == 0 || is_trigger) return true;
    struct command_line *trigger = arena_alloc(parser->arena, sizeof(*trigger));
    line->trigger = trigger;
    return parse(parser, rest, true, trigger);
}

static bool split(const struct parser *parser, struct text rest, bool is_trigger, struct command_line *line) {
    switch (commands[line->kind].form) {
    case FORM_LIST:
        return split_list(parser, rest, line);
    case FORM_SHELL:
        return split_shell(parser, rest, line);
    case FORM_WORDS:
        split_words(parser, rest, &line->words);
        return true;
    case FORM_PAIRS:
        return split_pairs(parser, rest, line);
    case FORM_SPACED:
        split_spaced(parser, rest, &line->words);
        return true;
    case FORM_STRING:
        if (rest.len > 0) texts_add(parser->arena, &line->words, rest);
        return true;
    case FORM_HEALTH:
        return split_health(parser, rest, line);
    case FORM_TRIGGER:
        return split_trigger(parser, rest, is_trigger, line);
    }
    return false;
}

static bool parse(const struct parser *parser, struct text text, bool is_trigger, struct command_line *out) {
    struct command_line line = {0};
    text = rune_trim(text);
    line.name = text_first(text, word_length(text));
    struct text rest = skip_separators(text_from_offset(text, line.name.len));
    rest = rune_trim(take_flags(parser, rest, &line.flags));
    for (size_t i = 0; i < COMMAND_COUNT && !line.is_known; i++) {
        line.is_known = text_equal_ignoring_case(line.name, text_from(commands[i].name));
        if (line.is_known) line.kind = (enum instruction_kind)i;
    }
    if (line.is_known && !split(parser, rest, is_trigger, &line)) return false;
    *out = line;
    return true;
}

bool command_line_parse(struct arena *arena, struct text line, char escape, struct command_line *out,
                        struct text *problem) {
    struct parser parser = {.arena = arena, .escape = escape, .problem = problem};
    return parse(&parser, line, false, out);
}

bool command_line_takes_heredocs(const struct command_line *line) {
    if (line->is_known && line->kind == INSTRUCTION_ONBUILD && line->trigger != NULL) line = line->trigger;
    bool takes = line->kind == INSTRUCTION_ADD || line->kind == INSTRUCTION_COPY || line->kind == INSTRUCTION_RUN;
    return line->is_known && takes && !line->is_json;
}
