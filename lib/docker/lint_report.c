#include "docker/lint_report.h"

#include <stdarg.h>
#include <stdio.h>

#define MESSAGE_LIMIT 400 /* bytes; a name of the file may be longer than anyone reads */

static const struct {
    const char *name;
    const char *buildkit; /* its name there; NULL when it is ours alone */
    enum severity severity;
} rules[] = {
    [LINT_CONSISTENT_INSTRUCTION_CASING] = {"consistent-instruction-casing", "ConsistentInstructionCasing", DIAG_NOTE},
    [LINT_COPY_IGNORED_FILE] = {"copy-ignored-file", "CopyIgnoredFile", DIAG_WARNING},
    [LINT_DUPLICATE_STAGE_NAME] = {"duplicate-stage-name", "DuplicateStageName", DIAG_WARNING},
    [LINT_EXPOSE_INVALID_FORMAT] = {"expose-invalid-format", "ExposeInvalidFormat", DIAG_NOTE},
    [LINT_EXPOSE_PROTO_CASING] = {"expose-proto-casing", "ExposeProtoCasing", DIAG_NOTE},
    [LINT_FROM_AS_CASING] = {"from-as-casing", "FromAsCasing", DIAG_NOTE},
    [LINT_FROM_PLATFORM_FLAG_CONST_DISALLOWED] = {"from-platform-flag-const-disallowed",
                                                  "FromPlatformFlagConstDisallowed", DIAG_NOTE},
    [LINT_INVALID_DEFAULT_ARG_IN_FROM] = {"invalid-default-arg-in-from", "InvalidDefaultArgInFrom", DIAG_WARNING},
    [LINT_JSON_ARGS_RECOMMENDED] = {"json-args-recommended", "JSONArgsRecommended", DIAG_NOTE},
    [LINT_LEGACY_KEY_VALUE_FORMAT] = {"legacy-key-value-format", "LegacyKeyValueFormat", DIAG_NOTE},
    [LINT_MAINTAINER_DEPRECATED] = {"maintainer-deprecated", "MaintainerDeprecated", DIAG_NOTE},
    [LINT_MULTIPLE_INSTRUCTIONS_DISALLOWED] = {"multiple-instructions-disallowed", "MultipleInstructionsDisallowed",
                                               DIAG_WARNING},
    [LINT_NO_EMPTY_CONTINUATION] = {"no-empty-continuation", "NoEmptyContinuation", DIAG_NOTE},
    [LINT_REDUNDANT_TARGET_PLATFORM] = {"redundant-target-platform", "RedundantTargetPlatform", DIAG_NOTE},
    [LINT_RESERVED_STAGE_NAME] = {"reserved-stage-name", "ReservedStageName", DIAG_NOTE},
    [LINT_SECRETS_USED_IN_ARG_OR_ENV] = {"secrets-used-in-arg-or-env", "SecretsUsedInArgOrEnv", DIAG_WARNING},
    [LINT_STAGE_NAME_CASING] = {"stage-name-casing", "StageNameCasing", DIAG_NOTE},
    [LINT_UNDEFINED_ARG_IN_FROM] = {"undefined-arg-in-from", "UndefinedArgInFrom", DIAG_WARNING},
    [LINT_UNDEFINED_VAR] = {"undefined-var", "UndefinedVar", DIAG_NOTE},
    [LINT_UNREACHABLE_STAGE] = {"unreachable-stage", NULL, DIAG_NOTE},
    [LINT_WORKDIR_RELATIVE_PATH] = {"workdir-relative-path", "WorkdirRelativePath", DIAG_NOTE},
};
#define RULE_COUNT (sizeof(rules) / sizeof(rules[0]))

struct options {
    uint32_t skipped;
    bool is_error;
};

/* A name that is no rule skips nothing. */
static uint32_t rule_bit(struct text name) {
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (text_is(name, rules[i].name) || (rules[i].buildkit != NULL && text_is(name, rules[i].buildkit)))
            return UINT32_C(1) << i;
    return 0;
}

static uint32_t read_skip(struct text names) {
    struct text name;
    uint32_t skipped = 0;
    if (text_is(names, "all")) return UINT32_MAX;
    while (text_next(&names, ',', &name))
        skipped |= rule_bit(text_trim(name));
    return skipped;
}

/* strconv.ParseBool; false when it is neither. */
static bool read_bool(struct text word, bool *out) {
    static const char *const words[] = {"0", "f", "F", "false", "FALSE", "False",
                                        "1", "t", "T", "true",  "TRUE",  "True"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!text_is(word, words[i])) continue;
        *out = i >= 6;
        return true;
    }
    return false;
}

/* `key=value`; what is experimental is not done here. */
static bool read_option(struct text option, struct options *out) {
    size_t equals = text_find(option, '=');
    if (equals == TEXT_NONE) return false;
    struct text key = text_trim(text_first(option, equals)), value = text_trim(text_from_offset(option, equals + 1));
    if (text_is(key, "error")) return read_bool(value, &out->is_error);
    if (text_is(key, "skip")) out->skipped = read_skip(value);
    return text_is(key, "skip") || text_is(key, "experimental");
}

/* Up to the first blank; at most three options, the last of which is all that is left. */
static struct options read_options(struct text text) {
    struct options options = {0};
    size_t blank = text_find(text, ' ');
    struct text rest = text_trim(text_first(text, blank == TEXT_NONE ? text.len : blank));
    bool has_more = rest.len > 0;
    for (int i = 0; has_more; i++) {
        struct text option = rest;
        has_more = i < 2 && text_has(rest, ';') && text_next(&rest, ';', &option);
        if (!read_option(option, &options)) return (struct options){0};
    }
    return options;
}

void lint_report_configure(struct lint_report *report, struct text options) {
    struct options read = read_options(options);
    report->skipped = read.skipped;
    report->is_error = read.is_error;
}

void lint_report_enter(struct lint_report *report, struct text options) {
    report->skipped_here = text_is_given(options) ? read_options(options).skipped : 0;
}

struct diagnostic *lint_report_add(struct lint_report *report, enum lint_rule rule, struct place place,
                                   const char *format, ...) {
    char message[MESSAGE_LIMIT];
    if (((report->skipped | report->skipped_here) & UINT32_C(1) << rule) != 0) return NULL;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    bool is_error = report->is_error && rules[rule].buildkit != NULL;
    struct text printable = text_printable(report->diagnostics->arena, text_from(message));
    return diag_add(report->diagnostics, is_error ? DIAG_ERROR : rules[rule].severity, rules[rule].name, place, "%.*s",
                    TEXT_ARG(printable));
}
