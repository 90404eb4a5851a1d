#include "docker/instruction_flags.h"

#include "base/typo.h"

enum flag_kind { FLAG_STRING, FLAG_STRINGS, FLAG_BOOL };

static const struct flag_row {
    const char *name;
    enum instruction_kind command;
    enum flag_kind kind;
} rows[] = {
    {"platform", INSTRUCTION_FROM, FLAG_STRING},
    {"from", INSTRUCTION_COPY, FLAG_STRING},
    {"chown", INSTRUCTION_COPY, FLAG_STRING},
    {"chmod", INSTRUCTION_COPY, FLAG_STRING},
    {"link", INSTRUCTION_COPY, FLAG_BOOL},
    {"parents", INSTRUCTION_COPY, FLAG_BOOL},
    {"exclude", INSTRUCTION_COPY, FLAG_STRINGS},
    {"chown", INSTRUCTION_ADD, FLAG_STRING},
    {"chmod", INSTRUCTION_ADD, FLAG_STRING},
    {"link", INSTRUCTION_ADD, FLAG_BOOL},
    {"keep-git-dir", INSTRUCTION_ADD, FLAG_BOOL},
    {"checksum", INSTRUCTION_ADD, FLAG_STRING},
    {"unpack", INSTRUCTION_ADD, FLAG_BOOL},
    {"exclude", INSTRUCTION_ADD, FLAG_STRINGS},
    {"mount", INSTRUCTION_RUN, FLAG_STRINGS},
    {"network", INSTRUCTION_RUN, FLAG_STRING},
    {"security", INSTRUCTION_RUN, FLAG_STRING},
    {"device", INSTRUCTION_RUN, FLAG_STRINGS},
    {"interval", INSTRUCTION_HEALTHCHECK, FLAG_STRING},
    {"timeout", INSTRUCTION_HEALTHCHECK, FLAG_STRING},
    {"start-period", INSTRUCTION_HEALTHCHECK, FLAG_STRING},
    {"start-interval", INSTRUCTION_HEALTHCHECK, FLAG_STRING},
    {"retries", INSTRUCTION_HEALTHCHECK, FLAG_STRING},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static bool refuse(struct arena *arena, struct text *problem, const char *what, struct text name, const char *end) {
    struct text shown = text_printable(arena, text_first(name, 80));
    *problem = text_format(arena, "%s --%.*s%s", what, TEXT_ARG(shown), end);
    return false;
}

static size_t find_row(enum instruction_kind command, struct text name) {
    size_t i = 0;
    while (i < ROW_COUNT && (rows[i].command != command || !text_is(name, rows[i].name)))
        i++;
    return i;
}

static bool refuse_unknown(struct arena *arena, enum instruction_kind command, struct text name, struct text *problem) {
    struct texts names = {0};
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].command == command) texts_add(arena, &names, text_from(rows[i].name));
    struct text nearest = typo_nearest(name, &names);
    struct text hint = TEXT("");
    if (text_is_given(nearest)) hint = text_format(arena, " (did you mean %.*s?)", TEXT_ARG(nearest));
    return refuse(arena, problem, "unknown flag:", name, text_string(arena, hint));
}

/* A bool without a value is true, and is kept as an absent value. */
static bool check_value(struct arena *arena, const struct flag_row *row, const struct flag *flag,
                        struct text *problem) {
    bool is_given = text_is_given(flag->value);
    if (row->kind != FLAG_BOOL) return is_given || refuse(arena, problem, "missing a value on flag:", flag->name, "");
    if (!is_given || text_equal_ignoring_case(flag->value, TEXT("true"))) return true;
    if (text_equal_ignoring_case(flag->value, TEXT("false"))) return true;
    if (flag->value.len == 0) return refuse(arena, problem, "missing a value on flag:", flag->name, "");
    struct text value = text_printable(arena, text_first(flag->value, 80));
    return refuse(arena, problem, "expecting boolean value for flag", flag->name,
                  text_string(arena, text_format(arena, ", not: %.*s", TEXT_ARG(value))));
}

static struct flag *split(struct arena *arena, struct text word) {
    struct flag *flag = arena_alloc(arena, sizeof(*flag));
    size_t equals = text_find(word, '=');
    flag->name = text_from_offset(text_first(word, equals == TEXT_NONE ? word.len : equals), 2);
    if (equals != TEXT_NONE) flag->value = text_from_offset(word, equals + 1);
    return flag;
}

bool instruction_flags_read(struct arena *arena, enum instruction_kind kind, const struct texts *words,
                            struct list *out, struct text *problem) {
    bool seen[ROW_COUNT] = {0};
    struct list flags = {0};
    for (size_t i = 0; i < words->count; i++) {
        struct flag *flag = split(arena, words->items[i]);
        size_t row = find_row(kind, flag->name);
        if (row == ROW_COUNT) return refuse_unknown(arena, kind, flag->name, problem);
        if (seen[row] && rows[row].kind != FLAG_STRINGS)
            return refuse(arena, problem, "duplicate flag specified:", flag->name, "");
        seen[row] = true;
        if (!check_value(arena, &rows[row], flag, problem)) return false;
        list_add(arena, &flags, flag);
    }
    *out = flags;
    return true;
}
