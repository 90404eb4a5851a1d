/*
 * lint_report: the rules of lint, how grave each is, and which of them a file asks to leave out.
 *
 * Follows frontend/dockerfile/linter ParseLintOptions: `skip=A,B;error=true` in a check directive, or in a comment
 * above an instruction. Options that BuildKit would refuse count as none.
 */
#ifndef DEPOT_DOCKER_LINT_REPORT_H
#define DEPOT_DOCKER_LINT_REPORT_H

#include "base/diag.h"

enum lint_rule {
    LINT_CONSISTENT_INSTRUCTION_CASING,
    LINT_COPY_IGNORED_FILE,
    LINT_DUPLICATE_STAGE_NAME,
    LINT_EXPOSE_INVALID_FORMAT,
    LINT_EXPOSE_PROTO_CASING,
    LINT_FROM_AS_CASING,
    LINT_FROM_PLATFORM_FLAG_CONST_DISALLOWED,
    LINT_INVALID_DEFAULT_ARG_IN_FROM,
    LINT_JSON_ARGS_RECOMMENDED,
    LINT_LEGACY_KEY_VALUE_FORMAT,
    LINT_MAINTAINER_DEPRECATED,
    LINT_MULTIPLE_INSTRUCTIONS_DISALLOWED,
    LINT_NO_EMPTY_CONTINUATION,
    LINT_REDUNDANT_TARGET_PLATFORM,
    LINT_RESERVED_STAGE_NAME,
    LINT_SECRETS_USED_IN_ARG_OR_ENV,
    LINT_STAGE_NAME_CASING,
    LINT_UNDEFINED_ARG_IN_FROM,
    LINT_UNDEFINED_VAR,
    LINT_UNREACHABLE_STAGE,
    LINT_WORKDIR_RELATIVE_PATH,
};

struct lint_report {
    struct diagnostics *diagnostics;
    uint32_t skipped;      /* a bit for each rule: in the whole file */
    uint32_t skipped_here; /* at the instruction at hand */
    bool is_error;         /* error=true */
};

/* Takes the options of a check directive at the top of the file; absent when there is none. */
void lint_report_configure(struct lint_report *report, struct text options);

/* Takes those of a comment above the instruction that comes next, and forgets those above the last one. */
void lint_report_enter(struct lint_report *report, struct text options);

/* `message` as in diag_add, with what it shows of the file made printable. NULL when the rule is skipped. */
struct diagnostic *lint_report_add(struct lint_report *report, enum lint_rule rule, struct place place,
                                   const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
