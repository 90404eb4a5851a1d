#include "docker/lint_from.h"

#include "docker/platform.h"
#include "docker/reference.h"

/* --- the words of the line --- */

/* What is not there, or broken by a continuation, is the absent text. */
struct from_words {
    struct text command, platform, base, as, name;
};

/* Flags may stand between the first word and the base; from the end the words are certain. */
static struct from_words read_words(const struct linter *linter, const struct stage *stage) {
    struct texts words = lint_source_words(linter->arena, &linter->source, stage->place);
    struct from_words from = {.command = lint_source_word(&linter->source, stage->place, INSTRUCTION_FROM)};
    size_t count = words.count;
    for (size_t i = 1; i < count && !text_is_given(from.platform); i++)
        if (text_starts(words.items[i], "--platform")) from.platform = words.items[i];
    bool is_named = text_is_given(stage->name) && count > 3 &&
                    text_equal_ignoring_case(words.items[count - 1], stage->name) &&
                    text_equal_ignoring_case(words.items[count - 2], TEXT("as"));
    if (is_named) {
        from.name = words.items[--count];
        from.as = words.items[--count];
    }
    if (count > 1 && text_equal(words.items[count - 1], stage->base)) from.base = words.items[count - 1];
    return from;
}

static struct place place_of(struct linter *linter, const struct stage *stage, struct text word) {
    return text_is_given(word) ? lint_source_place(&linter->source, word) : stage->place;
}

/* --- names --- */

static void check_name_case(struct linter *linter, const struct stage *stage, const struct from_words *words) {
    if (text_is_given(words->name) && !text_equal(words->name, stage->name))
        lint_report_add(&linter->report, LINT_STAGE_NAME_CASING, place_of(linter, stage, words->name),
                        "Stage name '%.*s' should be lowercase", TEXT_ARG(linter_shown(words->name)));
}

/* A `From` of both cases is a matter of consistent-instruction-casing. */
static void check_as_case(struct linter *linter, const struct stage *stage, const struct from_words *words) {
    bool is_lower = text_is(words->command, "from"), is_upper = text_is(words->command, "FROM");
    if (!text_is_given(words->as) || (!is_lower && !is_upper)) return;
    if (!text_is(words->as, is_lower ? "as" : "AS"))
        lint_report_add(&linter->report, LINT_FROM_AS_CASING, place_of(linter, stage, words->as),
                        "'%.*s' and '%.*s' keywords' casing do not match", TEXT_ARG(words->as),
                        TEXT_ARG(words->command));
}

/* These two only the directive of the file can skip, as in BuildKit. */
static void check_name(struct linter *linter, const struct stage *stage, const struct from_words *words,
                       struct map *seen) {
    struct place place = place_of(linter, stage, words->name);
    struct text shown = linter_shown(stage->name);
    struct place *first = map_find(seen, stage->name);
    if (text_is(stage->name, "context") || text_is(stage->name, "scratch"))
        lint_report_add(&linter->report, LINT_RESERVED_STAGE_NAME, place,
                        "Stage name should not use the same name as reserved stage \"%.*s\"", TEXT_ARG(shown));
    if (first != NULL) {
        struct diagnostic *diagnostic =
            lint_report_add(&linter->report, LINT_DUPLICATE_STAGE_NAME, place,
                            "Duplicate stage name \"%.*s\", stage names should be unique", TEXT_ARG(shown));
        if (diagnostic != NULL) diag_second(linter->report.diagnostics, diagnostic, *first, "first used here");
        return;
    }
    first = arena_alloc(linter->arena, sizeof(*first));
    *first = place;
    map_set(linter->arena, seen, stage->name, first);
}

void lint_from_names(struct linter *linter) {
    const struct list *stages = &linter->request->dockerfile->stages;
    struct map seen = {0};
    for (size_t i = 0; i < stages->count; i++) {
        const struct stage *stage = stages->items[i];
        if (!text_is_given(stage->name)) continue;
        struct from_words words = read_words(linter, stage);
        linter_enter(linter, stage->place);
        check_name_case(linter, stage, &words);
        check_as_case(linter, stage, &words);
        linter_leave(linter);
        check_name(linter, stage, &words, &seen);
    }
}

/* --- values --- */

static void report_undefined(struct linter *linter, const struct stage *stage, const struct map *undefined) {
    struct lint_lines lines = lint_lines_of(&linter->source, stage->place);
    struct text line;
    while (lint_lines_next(&lines, &line))
        lint_source_place_names(&linter->source, line, undefined);
    for (size_t i = 0; i < undefined->count; i++) {
        struct text name = undefined->entries[i].key;
        const struct lint_undefined *one = undefined->entries[i].value;
        lint_report_add(&linter->report, LINT_UNDEFINED_ARG_IN_FROM, one->place.line == 0 ? stage->place : one->place,
                        "FROM argument '%.*s' is not declared%.*s", TEXT_ARG(linter_shown(name)), TEXT_ARG(one->hint));
    }
}

static struct lint_names names_of(struct linter *linter, const struct lint_scope *scope) {
    return (struct lint_names){.arena = linter->arena,
                               .escape = linter->request->dockerfile->escape,
                               .scope = scope,
                               .sigil = "",
                               .comparisons = &linter->comparisons};
}

/* `$TARGETPLATFORM` and nothing else, in whatever spelling. */
static void check_redundant(struct linter *linter, const struct stage *stage, struct place place,
                            const struct lint_names *names, struct text platform) {
    struct expand_scope globals = scope_expand(&linter->globals.values);
    struct text target = {0};
    if (names->used.count != 1 || !map_has(&names->used, TEXT("TARGETPLATFORM"))) return;
    if (globals.find(globals.self, TEXT("TARGETPLATFORM"), &target) != EXPAND_SET || !text_equal(platform, target))
        return;
    lint_report_add(&linter->report, LINT_REDUNDANT_TARGET_PLATFORM, place,
                    "Setting platform to predefined %.*s in FROM is redundant as this is the default behavior",
                    TEXT_ARG(linter_shown(stage->platform)));
}

/* A stage that says in its name which platform it is for may have a constant one. */
static void check_constant(struct linter *linter, const struct stage *stage, struct place place,
                           const struct lint_names *names, struct text text) {
    struct platform platform;
    if (names->used.count > 0 || !platform_parse(linter->arena, text, &platform)) return;
    if (text_contains(stage->name, platform.os) || text_contains(stage->name, platform.architecture)) return;
    lint_report_add(&linter->report, LINT_FROM_PLATFORM_FLAG_CONST_DISALLOWED, place,
                    "FROM --platform flag should not use constant value \"%.*s\"", TEXT_ARG(linter_shown(text)));
}

static void check_platform(struct linter *linter, const struct stage *stage, const struct from_words *words,
                           struct lint_names *of_base) {
    if (!text_is_given(stage->platform)) return;
    struct lint_names names = names_of(linter, &linter->globals);
    struct expand_result expanded = lint_names_expand(&names, stage->platform);
    struct place place = place_of(linter, stage, words->platform);
    for (size_t i = 0; i < names.undefined.count; i++)
        map_set(linter->arena, &of_base->undefined, names.undefined.entries[i].key, names.undefined.entries[i].value);
    if (expanded.failure != EXPAND_FINE || expanded.unknown) return;
    check_redundant(linter, stage, place, &names, expanded.text);
    check_constant(linter, stage, place, &names, expanded.text);
}

static void check_values(struct linter *linter, const struct stage *stage) {
    struct from_words words = read_words(linter, stage);
    struct lint_names names = names_of(linter, &linter->globals);
    linter_enter(linter, stage->place);
    (void)lint_names_expand(&names, stage->base);
    check_platform(linter, stage, &words, &names);
    if (names.undefined.count > 0) report_undefined(linter, stage, &names.undefined);
    linter_leave(linter);
}

/* What the base would be if no build argument were given. False when BuildKit gives up here. */
static bool check_default(struct linter *linter, const struct lint_scope *defaults, const struct stage *stage) {
    struct reference reference;
    const char *problem;
    struct lint_names names = names_of(linter, defaults);
    struct expand_result expanded = lint_names_expand(&names, stage->base);
    if (expanded.failure == EXPAND_SYNTAX || expanded.failure == EXPAND_REQUIRED) return false;
    if (expanded.failure != EXPAND_FINE || expanded.unknown) return true;
    if (reference_parse(linter->arena, expanded.text, &reference, &problem)) return true;
    lint_report_add(
        &linter->report, LINT_INVALID_DEFAULT_ARG_IN_FROM, place_of(linter, stage, read_words(linter, stage).base),
        "Default value for ARG %.*s results in empty or invalid base image name", TEXT_ARG(linter_shown(stage->base)));
    return true;
}

void lint_from_values(struct linter *linter) {
    const struct list *stages = &linter->request->dockerfile->stages;
    struct lint_scope defaults;
    for (size_t i = 0; i < stages->count; i++)
        check_values(linter, stages->items[i]);
    bool goes_on = lint_scope_read_globals(linter->arena, linter->request->dockerfile, &linter->choice, false,
                                           &linter->work, &defaults);
    for (size_t i = 0; goes_on && i < stages->count; i++)
        goes_on = check_default(linter, &defaults, stages->items[i]);
}

/* --- needs --- */

struct needs {
    bool *needed; /* by index of the stage */
    struct map names;
};

static void need(struct needs *needs, const struct stage *stage) {
    if (stage != NULL) needs->needed[stage->index] = true;
}

/* A trigger acts in some other stage, but what it copies from is needed then. */
static void note_trigger(struct linter *linter, struct needs *needs, const struct instruction *trigger) {
    struct text from = instruction_flag(trigger, "from");
    if (from.len > 0) need(needs, map_find(&needs->names, text_lower(linter->arena, from)));
}

static void note_command(struct linter *linter, struct needs *needs, const struct command_reading *command) {
    need(needs, command->from);
    for (size_t i = 0; i < command->mounts.count; i++)
        need(needs, ((const struct mount_reading *)command->mounts.items[i])->from_stage);
    if (command->instruction->onbuild != NULL) note_trigger(linter, needs, command->instruction->onbuild);
}

static void note_stage(struct linter *linter, struct needs *needs, const struct stage_reading *reading) {
    need(needs, reading->from);
    for (size_t i = 0; i < reading->commands.count; i++)
        note_command(linter, needs, reading->commands.items[i]);
    if (text_is_given(reading->stage->name))
        map_set(linter->arena, &needs->names, reading->stage->name, (void *)reading->stage);
}

static void report_unreachable(struct linter *linter, const struct stage *stage) {
    struct place place = place_of(linter, stage, read_words(linter, stage).name);
    linter_enter(linter, stage->place);
    if (text_is_given(stage->name)) {
        lint_report_add(&linter->report, LINT_UNREACHABLE_STAGE, place,
                        "stage '%.*s' is needed neither by the last stage nor by another one",
                        TEXT_ARG(linter_shown(stage->name)));
    } else {
        lint_report_add(&linter->report, LINT_UNREACHABLE_STAGE, place,
                        "stage %zu is needed neither by the last stage nor by another one", stage->index);
    }
    linter_leave(linter);
}

/* Of a chain of stages that lead nowhere only the end is reported. */
void lint_from_needs(struct linter *linter) {
    const struct list *readings = &linter->request->reading->stages;
    struct needs needs = {.needed = arena_array(linter->arena, readings->count, sizeof(bool))};
    if (linter->choice.target.len > 0) return;
    for (size_t i = 0; i < readings->count; i++)
        note_stage(linter, &needs, readings->items[i]);
    for (size_t i = 0; i < readings->count; i++) {
        const struct stage_reading *reading = readings->items[i];
        if (!reading->reachable && !needs.needed[i]) report_unreachable(linter, reading->stage);
    }
}
