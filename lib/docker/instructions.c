#include "docker/instructions.h"

#include "base/rune.h"
#include "base/typo.h"
#include "docker/heredoc.h"
#include "docker/instruction_flags.h"
#include "docker/mounts.h"

#include <limits.h>

struct judge {
    struct arena *arena;
    const struct command_line *line;
    struct instruction *out;
    struct text *problem;
};

static bool refuse(const struct judge *judge, struct text problem) {
    *judge->problem = problem;
    return false;
}

static bool refuse_count(const struct judge *judge, const char *rule) {
    return refuse(judge, text_format(judge->arena, "%s %s", instruction_name(judge->line->kind), rule));
}

static struct text shown(const struct judge *judge, struct text text) {
    return text_printable(judge->arena, text_first(text, 80));
}

static bool read_flags(const struct judge *judge) {
    return instruction_flags_read(judge->arena, judge->line->kind, &judge->line->flags, &judge->out->flags,
                                  judge->problem);
}

struct text instruction_flag(const struct instruction *instruction, const char *name) {
    for (size_t i = 0; i < instruction->flags.count; i++) {
        const struct flag *flag = instruction->flags.items[i];
        if (text_is(flag->name, name)) return flag->value;
    }
    return (struct text){0};
}

/* --- commands --- */

static bool check_exactly_one(const struct judge *judge) {
    if (judge->line->words.count != 1) return refuse_count(judge, "requires exactly one argument");
    return read_flags(judge);
}

static bool check_pairs(const struct judge *judge) {
    if (!read_flags(judge)) return false;
    const struct list *pairs = &judge->line->pairs;
    if (pairs->count == 0) return refuse_count(judge, "requires at least one argument");
    for (size_t i = 0; i < pairs->count; i++)
        if (((const struct pair *)pairs->items[i])->name.len == 0) return refuse_count(judge, "names can not be blank");
    return true;
}

/* BuildKit never looks at the flags of ARG and STOPSIGNAL, and so takes any. */
static bool check_arg(const struct judge *judge) {
    const struct texts *words = &judge->line->words;
    if (words->count == 0) return refuse_count(judge, "requires at least one argument");
    for (size_t i = 0; i < words->count; i++) {
        struct text word = words->items[i];
        size_t equals = text_find(word, '=');
        if (equals == 0) return refuse_count(judge, "names can not be blank");
        struct pair *pair = arena_alloc(judge->arena, sizeof(*pair));
        pair->name = text_first(word, equals == TEXT_NONE ? word.len : equals);
        if (equals != TEXT_NONE) pair->value = text_from_offset(word, equals + 1);
        list_add(judge->arena, &judge->out->pairs, pair);
    }
    return true;
}

/* Heredocs among the sources are files of their own; they are left out of the arguments. */
static bool check_copy(const struct judge *judge) {
    const struct texts *words = &judge->line->words;
    struct heredoc_word heredoc;
    if (words->count < 2)
        return refuse_count(
            judge, "requires at least two arguments, but only one was provided. Destination could not be determined");
    if (!read_flags(judge)) return false;
    if (heredoc_match(judge->arena, words->items[words->count - 1], &heredoc))
        return refuse_count(judge, "cannot accept a heredoc as a destination");
    judge->out->arguments = (struct texts){0};
    for (size_t i = 0; i < words->count; i++)
        if (!heredoc_match(judge->arena, words->items[i], &heredoc))
            texts_add(judge->arena, &judge->out->arguments, words->items[i]);
    return true;
}

/* ^[a-z][a-z0-9-_.]*$ once lower-cased */
static bool is_stage_name(struct text name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] + 32 : name.ptr[i]);
        bool is_letter = c >= 'a' && c <= 'z';
        bool is_other = (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (!is_letter && (i == 0 || !is_other)) return false;
    }
    return name.len > 0;
}

static bool check_from(const struct judge *judge) {
    const struct texts *words = &judge->line->words;
    bool is_named = words->count == 3 && text_equal_ignoring_case(words->items[1], TEXT("as"));
    if (!is_named && words->count != 1) return refuse(judge, TEXT("FROM requires either one or three arguments"));
    if (is_named && !is_stage_name(words->items[2]))
        return refuse(judge, text_format(judge->arena,
                                         "invalid name for build stage: \"%.*s\", name can't start with a number or "
                                         "contain symbols",
                                         TEXT_ARG(shown(judge, words->items[2]))));
    return read_flags(judge);
}

struct text instructions_stage_name(struct arena *arena, const struct instruction *from) {
    return from->arguments.count == 3 ? text_lower(arena, from->arguments.items[2]) : (struct text){0};
}

static bool check_device(const struct judge *judge, struct text value) {
    struct texts fields = {0};
    bool has_name = false;
    if (!mounts_split(judge->arena, value, &fields)) return refuse(judge, TEXT("failed to parse csv devices"));
    for (size_t i = 0; i < fields.count; i++) {
        struct text field = fields.items[i];
        if (text_equal_ignoring_case(text_first(field, 8), TEXT("required")) && (field.len == 8 || field.ptr[8] == '='))
            continue;
        if (has_name)
            return refuse(judge, text_format(judge->arena, "invalid field '%.*s'", TEXT_ARG(shown(judge, field))));
        has_name = true;
    }
    return true;
}

/* A flag that is absent or one of two or three words. */
static bool check_choice(const struct judge *judge, const char *flag, const char *const *choices, const char *problem) {
    struct text value = instruction_flag(judge->out, flag);
    if (!text_is_given(value)) return true;
    for (; *choices != NULL; choices++)
        if (text_is(value, *choices)) return true;
    return refuse(judge, text_format(judge->arena, "%s: \"%.*s\"", problem, TEXT_ARG(shown(judge, value))));
}

static bool check_run(const struct judge *judge) {
    static const char *const networks[] = {"default", "none", "host", NULL};
    static const char *const securities[] = {"sandbox", "insecure", NULL};
    if (!read_flags(judge)) return false;
    for (size_t i = 0; i < judge->out->flags.count; i++) {
        const struct flag *flag = judge->out->flags.items[i];
        struct text from;
        if (text_is(flag->name, "mount") && !mounts_check(judge->arena, flag->value, &from, judge->problem))
            return false;
        if (text_is(flag->name, "device") && !check_device(judge, flag->value)) return false;
    }
    return check_choice(judge, "network", networks, "invalid network mode") &&
           check_choice(judge, "security", securities, "security is not valid");
}

/* --- HEALTHCHECK --- */

/* The nanoseconds of the unit at the front of a text, and its bytes; 0 when there is none. */
static double read_unit(struct text *text) {
    static const struct {
        const char *name;
        double nanoseconds;
    } units[] = {{"ns", 1},   {"us", 1e3}, {"\xC2\xB5s", 1e3}, {"\xCE\xBCs", 1e3},
                 {"ms", 1e6}, {"s", 1e9},  {"m", 60e9},        {"h", 3600e9}};
    size_t len = 0;
    while (len < text->len && text->ptr[len] != '.' && (text->ptr[len] < '0' || text->ptr[len] > '9'))
        len++;
    struct text unit = text_first(*text, len);
    *text = text_from_offset(*text, len);
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (text_is(unit, units[i].name)) return units[i].nanoseconds;
    return 0;
}

/* Digits, with at most one dot among them; false when there is no digit. */
static bool read_number(struct text *text, double *out) {
    double value = 0, scale = 1;
    bool has_digit = false, has_dot = false;
    size_t at = 0;
    for (; at < text->len; at++) {
        char c = text->ptr[at];
        if (c == '.' && !has_dot) {
            has_dot = true;
        } else if (c >= '0' && c <= '9') {
            has_digit = true;
            value = value * 10 + (c - '0');
            if (has_dot) scale *= 10;
        } else {
            break;
        }
    }
    *text = text_from_offset(*text, at);
    *out = value / scale;
    return has_digit;
}

/* time.ParseDuration: "1m30s", "1.5h", "0". */
static bool read_duration(struct text text, double *out) {
    bool is_negative = text_starts(text, "-");
    if (is_negative || text_starts(text, "+")) text = text_from_offset(text, 1);
    *out = 0;
    if (text_is(text, "0")) return true;
    if (text.len == 0) return false;
    while (text.len > 0) {
        double number;
        if (!read_number(&text, &number)) return false;
        double unit = read_unit(&text);
        if (unit == 0) return false;
        *out += number * unit;
    }
    if (*out > 9.2e18) return false;
    if (is_negative) *out = -*out;
    return true;
}

static bool check_interval(const struct judge *judge, const char *name) {
    struct text value = instruction_flag(judge->out, name);
    double nanoseconds;
    if (value.len == 0) return true;
    if (!read_duration(value, &nanoseconds))
        return refuse(judge,
                      text_format(judge->arena, "time: invalid duration \"%.*s\"", TEXT_ARG(shown(judge, value))));
    if (nanoseconds != 0 && nanoseconds < 1e6)
        return refuse(judge, text_format(judge->arena, "Interval \"%s\" cannot be less than 1ms", name));
    return true;
}

static bool check_retries(const struct judge *judge) {
    struct text value = instruction_flag(judge->out, "retries");
    if (value.len == 0) return true;
    bool is_negative = value.ptr[0] == '-';
    struct text digits = text_from_offset(value, is_negative || value.ptr[0] == '+');
    long long number = 0;
    bool is_number = digits.len > 0;
    for (size_t i = 0; i < digits.len && is_number; i++) {
        is_number = digits.ptr[i] >= '0' && digits.ptr[i] <= '9';
        number = number * 10 + (digits.ptr[i] - '0');
        if (number > INT_MAX) is_number = false;
    }
    if (!is_number)
        return refuse(judge,
                      text_format(judge->arena, "invalid number of retries \"%.*s\"", TEXT_ARG(shown(judge, value))));
    if (is_negative && number > 0)
        return refuse(judge, text_format(judge->arena, "--retries cannot be negative (-%lld)", number));
    return true;
}

static bool check_health(const struct judge *judge) {
    static const char *const intervals[] = {"interval", "timeout", "start-period", "start-interval"};
    const struct texts *words = &judge->line->words;
    if (words->count == 0) return refuse_count(judge, "requires at least one argument");
    if (text_equal_ignoring_case(words->items[0], TEXT("NONE")))
        return words->count == 1 || refuse(judge, TEXT("HEALTHCHECK NONE takes no arguments"));
    if (!read_flags(judge)) return false;
    if (!text_equal_ignoring_case(words->items[0], TEXT("CMD")))
        return refuse(judge, text_format(judge->arena, "Unknown type \"%.*s\" in HEALTHCHECK (try CMD)",
                                         TEXT_ARG(shown(judge, words->items[0]))));
    if (words->count == 1) return refuse(judge, TEXT("Missing command after HEALTHCHECK CMD"));
    for (size_t i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++)
        if (!check_interval(judge, intervals[i])) return false;
    return check_retries(judge);
}

/* --- the rest --- */

static bool check_volume(const struct judge *judge) {
    const struct texts *words = &judge->line->words;
    if (words->count == 0) return refuse_count(judge, "requires at least one argument");
    if (!read_flags(judge)) return false;
    for (size_t i = 0; i < words->count; i++)
        if (rune_trim(words->items[i]).len == 0)
            return refuse(judge, TEXT("VOLUME specified can not be an empty string"));
    return true;
}

static bool check_expose(const struct judge *judge) {
    if (judge->line->words.count == 0) return refuse_count(judge, "requires at least one argument");
    return read_flags(judge);
}

static bool check_shell(const struct judge *judge) {
    if (!read_flags(judge)) return false;
    if (judge->line->words.count == 0) return refuse_count(judge, "requires at least one argument");
    return judge->line->is_json || refuse_count(judge, "requires the arguments to be in JSON form");
}

static bool check_onbuild(const struct judge *judge) {
    const struct command_line *trigger = judge->line->trigger;
    if (trigger == NULL) return refuse_count(judge, "requires at least one argument");
    if (!read_flags(judge)) return false;
    if (trigger->is_known && trigger->kind == INSTRUCTION_ONBUILD)
        return refuse(judge, TEXT("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"));
    if (trigger->is_known && (trigger->kind == INSTRUCTION_FROM || trigger->kind == INSTRUCTION_MAINTAINER))
        return refuse(judge, text_format(judge->arena, "%s isn't allowed as an ONBUILD trigger",
                                         instruction_name(trigger->kind)));
    struct command_line with_heredocs = *trigger;
    with_heredocs.heredocs = judge->line->heredocs;
    with_heredocs.place = judge->line->place;
    struct instruction *instruction = arena_alloc(judge->arena, sizeof(*instruction));
    /* One level only: the trigger is no ONBUILD. */
    if (instructions_check(judge->arena, &with_heredocs, instruction, &judge->out->problem))
        judge->out->onbuild = instruction;
    return true;
}

static bool refuse_unknown(const struct judge *judge) {
    struct texts names = {0};
    struct text word = judge->line->name, hint = TEXT("");
    bool is_lower = text_equal(word, text_lower(judge->arena, word));
    struct buffer upper = buffer_in(judge->arena);
    for (size_t i = 0; i < word.len; i++)
        buffer_add_byte(&upper, (char)(word.ptr[i] >= 'a' && word.ptr[i] <= 'z' ? word.ptr[i] - 32 : word.ptr[i]));
    for (size_t i = 0; i <= INSTRUCTION_WORKDIR; i++)
        texts_add(judge->arena, &names, text_from(instruction_name((enum instruction_kind)i)));
    struct text nearest = typo_nearest(buffer_text(&upper), &names);
    if (is_lower && text_is_given(nearest)) nearest = text_lower(judge->arena, nearest);
    if (text_is_given(nearest)) hint = text_format(judge->arena, " (did you mean %.*s?)", TEXT_ARG(nearest));
    return refuse(judge, text_format(judge->arena, "unknown instruction: %.*s%.*s", TEXT_ARG(shown(judge, word)),
                                     TEXT_ARG(hint)));
}

static bool check(const struct judge *judge) {
    switch (judge->line->kind) {
    case INSTRUCTION_ADD:
    case INSTRUCTION_COPY:
        return check_copy(judge);
    case INSTRUCTION_ARG:
        return check_arg(judge);
    case INSTRUCTION_CMD:
    case INSTRUCTION_ENTRYPOINT:
        return read_flags(judge);
    case INSTRUCTION_ENV:
    case INSTRUCTION_LABEL:
        return check_pairs(judge);
    case INSTRUCTION_EXPOSE:
        return check_expose(judge);
    case INSTRUCTION_FROM:
        return check_from(judge);
    case INSTRUCTION_HEALTHCHECK:
        return check_health(judge);
    case INSTRUCTION_MAINTAINER:
    case INSTRUCTION_USER:
    case INSTRUCTION_WORKDIR:
        return check_exactly_one(judge);
    case INSTRUCTION_ONBUILD:
        return check_onbuild(judge);
    case INSTRUCTION_RUN:
        return check_run(judge);
    case INSTRUCTION_SHELL:
        return check_shell(judge);
    case INSTRUCTION_STOPSIGNAL:
        return judge->line->words.count == 1 || refuse_count(judge, "requires exactly one argument");
    case INSTRUCTION_VOLUME:
        return check_volume(judge);
    }
    return false;
}

bool instructions_check(struct arena *arena, const struct command_line *line, struct instruction *out,
                        struct text *problem) {
    struct instruction instruction = {.kind = line->kind,
                                      .place = line->place,
                                      .is_json = line->is_json,
                                      .arguments = line->words,
                                      .pairs = line->pairs,
                                      .heredocs = line->heredocs};
    struct judge judge = {.arena = arena, .line = line, .out = &instruction, .problem = problem};
    if (!(line->is_known ? check(&judge) : refuse_unknown(&judge))) return false;
    *out = instruction;
    return true;
}
