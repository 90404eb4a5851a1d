#include "docker/lint_words.h"

/* --- one case for all --- */

struct casing {
    size_t lower, upper;
};

static bool has_lower(struct text word) {
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] >= 'a' && word.ptr[i] <= 'z') return true;
    return false;
}

static bool has_upper(struct text word) {
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] >= 'A' && word.ptr[i] <= 'Z') return true;
    return false;
}

/* A word of both cases counts for neither. */
static void count_word(const struct linter *linter, struct place place, enum instruction_kind kind,
                       struct casing *casing) {
    struct text word = lint_source_word(&linter->source, place, kind);
    if (!has_upper(word)) {
        casing->lower += word.len > 0;
    } else if (!has_lower(word)) {
        casing->upper++;
    }
}

/* The ARGs before the first FROM do not count, and are not judged. */
static bool is_mostly_lower(const struct linter *linter) {
    const struct list *stages = &linter->request->dockerfile->stages;
    struct casing casing = {0};
    for (size_t i = 0; i < stages->count; i++) {
        const struct stage *stage = stages->items[i];
        count_word(linter, stage->place, INSTRUCTION_FROM, &casing);
        for (size_t j = 0; j < stage->instructions.count; j++) {
            const struct instruction *instruction = stage->instructions.items[j];
            count_word(linter, instruction->place, instruction->kind, &casing);
        }
    }
    return casing.lower > casing.upper;
}

static void check_case(struct linter *linter, struct place place, enum instruction_kind kind, bool is_lower) {
    struct text word = lint_source_word(&linter->source, place, kind);
    if (is_lower ? has_upper(word) : has_lower(word))
        lint_report_add(&linter->report, LINT_CONSISTENT_INSTRUCTION_CASING, place,
                        "Command '%.*s' should match the case of the command majority (%s)", TEXT_ARG(word),
                        is_lower ? "lowercase" : "uppercase");
}

static void check_cases(struct linter *linter) {
    const struct list *stages = &linter->request->dockerfile->stages;
    bool is_lower = is_mostly_lower(linter);
    for (size_t i = 0; i < stages->count; i++) {
        const struct stage *stage = stages->items[i];
        check_case(linter, stage->place, INSTRUCTION_FROM, is_lower);
        for (size_t j = 0; j < stage->instructions.count; j++) {
            const struct instruction *instruction = stage->instructions.items[j];
            check_case(linter, instruction->place, instruction->kind, is_lower);
        }
    }
}

/* --- each for itself --- */

static void check_blank_lines(struct linter *linter, struct place place) {
    struct lint_lines lines = lint_lines_of(&linter->source, place);
    struct text line;
    while (lint_lines_next(&lines, &line))
        continue;
    if (text_is_given(lines.blank))
        lint_report_add(&linter->report, LINT_NO_EMPTY_CONTINUATION, lint_source_place(&linter->source, lines.blank),
                        "Empty continuation line");
}

static void check_instructions(struct linter *linter, const struct list *instructions) {
    for (size_t i = 0; i < instructions->count; i++) {
        const struct instruction *instruction = instructions->items[i];
        check_blank_lines(linter, instruction->place);
        if (instruction->kind != INSTRUCTION_MAINTAINER) continue;
        linter_enter(linter, instruction->place);
        lint_report_add(&linter->report, LINT_MAINTAINER_DEPRECATED, instruction->place,
                        "Maintainer instruction is deprecated in favor of using label");
        linter_leave(linter);
    }
}

void lint_words(struct linter *linter) {
    const struct dockerfile *dockerfile = linter->request->dockerfile;
    check_cases(linter);
    check_instructions(linter, &dockerfile->arguments);
    for (size_t i = 0; i < dockerfile->stages.count; i++) {
        const struct stage *stage = dockerfile->stages.items[i];
        check_blank_lines(linter, stage->place);
        check_instructions(linter, &stage->instructions);
    }
}
