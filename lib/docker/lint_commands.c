#include "docker/lint_commands.h"

#include "docker/lint_secret.h"
#include "docker/lint_step.h"
#include "docker/mounts.h"
#include "docker/platform.h"

/* --- ARG, ENV, LABEL --- */

static void check_secret(struct lint_step *step, struct text name, struct place place) {
    if (lint_secret_is_named(name))
        lint_report_add(&step->linter->report, LINT_SECRETS_USED_IN_ARG_OR_ENV, place,
                        "Do not use ARG or ENV instructions for sensitive data (%s \"%.*s\")",
                        instruction_name(step->instruction->kind), TEXT_ARG(linter_shown(name)));
}

/* Name and value are views into one line, so what parts them stands behind the name. */
static void check_form(struct lint_step *step, const struct pair *pair, struct place place) {
    struct text command = lint_step_command(step);
    if (pair->name.ptr[pair->name.len] == '=') return;
    lint_report_add(&step->linter->report, LINT_LEGACY_KEY_VALUE_FORMAT, place,
                    "\"%.*s key=value\" should be used instead of legacy \"%.*s key value\" format", TEXT_ARG(command),
                    TEXT_ARG(command));
}

/* All of one line is expanded before any of it is set. */
static bool lint_env(struct lint_step *step) {
    const struct list *pairs = &step->instruction->pairs;
    struct arena *arena = step->linter->arena;
    struct expand_result *names = arena_array(arena, pairs->count, sizeof(*names));
    struct expand_result *values = arena_array(arena, pairs->count, sizeof(*values));
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = pairs->items[i];
        names[i] = lint_step_expand(step, pair->name);
        values[i] = lint_step_expand(step, pair->value);
        if (names[i].failure == EXPAND_SYNTAX || values[i].failure == EXPAND_SYNTAX) return false;
    }
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = pairs->items[i];
        struct place place = lint_step_find(step, pair->name);
        check_form(step, pair, place);
        if (!lint_step_is_known(&names[i])) continue;
        check_secret(step, names[i].text, place);
        scope_set_variable(&step->state->scope.values, names[i].text, lint_step_known(&values[i]));
    }
    return true;
}

static bool lint_label(struct lint_step *step) {
    const struct list *pairs = &step->instruction->pairs;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = pairs->items[i];
        if (!lint_step_look(step, pair->name) || !lint_step_look(step, pair->value)) return false;
    }
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = pairs->items[i];
        check_form(step, pair, lint_step_find(step, pair->name));
    }
    return true;
}

/* The build argument, else its own default, else the global value; the name as it is written. */
static bool lint_arg_pair(struct lint_step *step, const struct pair *pair) {
    struct linter *linter = step->linter;
    struct text value = {0};
    check_secret(step, pair->name, lint_step_find(step, pair->name));
    enum expand_state state = scope_argument(&linter->choice, pair->name, &value);
    if (state == EXPAND_UNSET && text_is_given(pair->value)) {
        struct expand_result expanded = lint_step_expand(step, pair->value);
        if (expanded.failure == EXPAND_SYNTAX) return false;
        value = lint_step_known(&expanded);
        state = EXPAND_SET;
    } else if (state == EXPAND_UNSET) {
        struct expand_scope globals = scope_expand(&linter->globals.values);
        state = globals.find(globals.self, pair->name, &value);
    }
    if (state == EXPAND_UNKNOWN) value = (struct text){0};
    if (state != EXPAND_UNSET && !lint_step_is_scanner_argument(pair->name))
        scope_set_argument(&step->state->scope.values, pair->name, value);
    map_set(linter->arena, &step->state->scope.declared, pair->name, step->state);
    return true;
}

static bool lint_arg(struct lint_step *step) {
    const struct list *pairs = &step->instruction->pairs;
    for (size_t i = 0; i < pairs->count; i++)
        if (!lint_arg_pair(step, pairs->items[i])) return false;
    return true;
}

/* --- COPY, ADD, RUN --- */

static bool lint_sources(struct lint_step *step) {
    const struct texts *arguments = &step->instruction->arguments;
    bool is_from_context = instruction_flag(step->instruction, "from").len == 0;
    for (size_t i = 0; i < arguments->count; i++) {
        struct expand_result expanded = lint_step_expand(step, arguments->items[i]);
        bool is_source = i + 1 < arguments->count && is_from_context && lint_step_is_known(&expanded);
        if (expanded.failure == EXPAND_SYNTAX) return false;
        struct place place = lint_step_find(step, arguments->items[i]);
        if (is_source) lint_copy_source(step->copy, step->instruction->kind, expanded.text, place);
    }
    return true;
}

static bool lint_copy_command(struct lint_step *step) {
    static const char *const flags[] = {"chown", "chmod", "checksum"};
    const struct list *heredocs = &step->instruction->heredocs;
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (!lint_step_look(step, instruction_flag(step->instruction, flags[i]))) return false;
    if (!lint_sources(step)) return false;
    for (size_t i = 0; i < heredocs->count; i++) {
        const struct heredoc *heredoc = heredocs->items[i];
        if (heredoc->expand && lint_names_expand_content(&step->names, heredoc->content).failure == EXPAND_SYNTAX)
            return false;
    }
    return true;
}

/* The values of a mount's options, each for itself. */
static bool lint_mount(struct lint_step *step, struct text mount) {
    struct texts fields = {0};
    if (!mounts_split(step->linter->arena, mount, &fields)) return false;
    for (size_t i = 0; i < fields.count; i++) {
        size_t equals = text_find(fields.items[i], '=');
        if (equals != TEXT_NONE && !lint_step_look(step, text_from_offset(fields.items[i], equals + 1))) return false;
    }
    return true;
}

static bool lint_run(struct lint_step *step) {
    const struct list *flags = &step->instruction->flags;
    for (size_t i = 0; i < flags->count; i++) {
        const struct flag *flag = flags->items[i];
        if (text_is(flag->name, "mount") && !lint_mount(step, flag->value)) return false;
    }
    return true;
}

/* --- WORKDIR, EXPOSE --- */

/* util/system IsAbs; of Windows' drives only C: will do. */
static bool is_absolute(const struct lint_step *step, struct text path) {
    if (!text_is(step->state->os, "windows")) return text_starts(path, "/");
    bool is_unc =
        path.len > 1 && (path.ptr[0] == '/' || path.ptr[0] == '\\') && (path.ptr[1] == '/' || path.ptr[1] == '\\');
    if (text_equal_ignoring_case(text_first(path, 2), TEXT("c:"))) path = text_from_offset(path, 2);
    return !is_unc && (text_starts(path, "/") || text_starts(path, "\\"));
}

/* Only the first one: when that is mended, all that follow are. */
static bool lint_workdir(struct lint_step *step) {
    struct text written = step->instruction->arguments.items[0];
    struct expand_result expanded = lint_step_expand(step, written);
    if (expanded.failure == EXPAND_SYNTAX) return false;
    bool is_first = !step->state->has_workdir;
    step->state->has_workdir = true;
    if (is_first && lint_step_is_known(&expanded) && !is_absolute(step, expanded.text))
        lint_report_add(&step->linter->report, LINT_WORKDIR_RELATIVE_PATH, lint_step_find(step, written),
                        "Relative workdir \"%.*s\" can have unexpected results if the base image changes",
                        TEXT_ARG(linter_shown(expanded.text)));
    return true;
}

/* [ip:]host:container/protocol, of which EXPOSE wants the last two. */
static void check_port(struct lint_step *step, struct text port, struct place place) {
    size_t colon = text_find_last(port, ':');
    struct text before = text_first(port, colon == TEXT_NONE ? 0 : colon);
    struct text container = text_from_offset(port, colon == TEXT_NONE ? 0 : colon + 1);
    size_t slash = text_find(container, '/');
    struct text protocol = text_from_offset(container, slash == TEXT_NONE ? container.len : slash + 1);
    struct text lower = text_lower(step->linter->arena, protocol), shown = linter_shown(port);
    bool is_protocol = protocol.len == 0 || text_is(lower, "tcp") || text_is(lower, "udp") || text_is(lower, "sctp");
    if (!is_protocol || slash == 0 || container.len == 0) return; /* BuildKit refuses it */
    if (!text_equal(protocol, lower))
        lint_report_add(&step->linter->report, LINT_EXPOSE_PROTO_CASING, place,
                        "Defined protocol '%.*s' in EXPOSE instruction should be lowercase", TEXT_ARG(shown));
    if (before.len > 0 && !text_is(before, ":"))
        lint_report_add(&step->linter->report, LINT_EXPOSE_INVALID_FORMAT, place,
                        "EXPOSE instruction should not define an IP address or host-port mapping, found '%.*s'",
                        TEXT_ARG(shown));
}

/* What is undefined in a port is not reported by BuildKit. */
static bool lint_expose(struct lint_step *step) {
    const struct texts *arguments = &step->instruction->arguments;
    for (size_t i = 0; i < arguments->count; i++) {
        struct place place = lint_step_find(step, arguments->items[i]);
        struct texts ports = {0};
        if (!lint_names_split(&step->names, arguments->items[i], &ports)) continue;
        for (size_t j = 0; j < ports.count; j++)
            check_port(step, ports.items[j], place);
    }
    return true;
}

/* --- CMD, ENTRYPOINT, HEALTHCHECK --- */

static void check_once(struct lint_step *step, enum lint_once once) {
    struct place *last = &step->state->once[once];
    if (last->source != NULL) {
        struct diagnostic *diagnostic = lint_report_add(
            &step->linter->report, LINT_MULTIPLE_INSTRUCTIONS_DISALLOWED, *last,
            "Multiple %.*s instructions should not be used in the same stage because only the last one will be used",
            TEXT_ARG(lint_step_command(step)));
        if (diagnostic != NULL)
            diag_second(step->linter->report.diagnostics, diagnostic, lint_step_place(step), "this one comes after it");
    }
    *last = lint_step_place(step);
}

/* A SHELL says that a shell is meant. */
static void check_json(const struct lint_step *step) {
    if (!step->instruction->is_json && !step->state->has_shell)
        lint_report_add(&step->linter->report, LINT_JSON_ARGS_RECOMMENDED, lint_step_place(step),
                        "JSON arguments recommended for %.*s to prevent unintended behavior related to OS signals",
                        TEXT_ARG(lint_step_command(step)));
}

/* --- a stage --- */

/* False when BuildKit refuses the instruction. */
static bool lint_instruction(struct lint_step *step) {
    switch (step->instruction->kind) {
    case INSTRUCTION_ADD:
    case INSTRUCTION_COPY:
        return lint_copy_command(step);
    case INSTRUCTION_ARG:
        return lint_arg(step);
    case INSTRUCTION_CMD:
    case INSTRUCTION_ENTRYPOINT:
        check_once(step, step->instruction->kind == INSTRUCTION_CMD ? LINT_ONCE_CMD : LINT_ONCE_ENTRYPOINT);
        check_json(step);
        return true;
    case INSTRUCTION_ENV:
        return lint_env(step);
    case INSTRUCTION_EXPOSE:
        return lint_expose(step);
    case INSTRUCTION_HEALTHCHECK:
        check_once(step, LINT_ONCE_HEALTHCHECK);
        return true;
    case INSTRUCTION_LABEL:
        return lint_label(step);
    case INSTRUCTION_RUN:
        return lint_run(step);
    case INSTRUCTION_SHELL:
        step->state->has_shell = true;
        return true;
    case INSTRUCTION_STOPSIGNAL:
    case INSTRUCTION_USER:
    case INSTRUCTION_VOLUME:
        return lint_step_look_at_all(step, &step->instruction->arguments);
    case INSTRUCTION_WORKDIR:
        return lint_workdir(step);
    case INSTRUCTION_FROM:
    case INSTRUCTION_MAINTAINER:
    case INSTRUCTION_ONBUILD:
        return true;
    }
    return true;
}

static bool lint_step(struct lint_step *step) {
    struct linter *linter = step->linter;
    step->names = (struct lint_names){.arena = linter->arena,
                                      .escape = linter->request->dockerfile->escape,
                                      .scope = &step->state->scope,
                                      .sigil = "$",
                                      .comparisons = &linter->comparisons};
    step->lines = lint_lines_of(&linter->source, step->instruction->place);
    if (!step->is_trigger) linter_enter(linter, step->instruction->place);
    bool goes_on = lint_instruction(step);
    lint_step_report_undefined(step);
    linter_leave(linter);
    return goes_on;
}

/* The ONBUILDs of the stage it is FROM come first, where the stage is built at all. */
static bool lint_triggers(struct lint_step step, const struct stage_reading *reading) {
    if (reading->from == NULL || !reading->reachable) return true;
    const struct list *instructions = &reading->from->instructions;
    step.is_trigger = true;
    for (size_t i = 0; i < instructions->count && step.linter->triggers > 0; i++) {
        step.instruction = ((const struct instruction *)instructions->items[i])->onbuild;
        if (step.instruction == NULL) continue;
        step.linter->triggers--;
        if (!lint_step(&step)) return false;
    }
    return true;
}

static void lint_stage(struct lint_step step, const struct stage_reading *reading) {
    const struct list *instructions = &reading->stage->instructions;
    step.stage = reading->stage;
    if (!lint_triggers(step, reading)) return;
    for (size_t i = 0; i < instructions->count; i++) {
        step.instruction = instructions->items[i];
        if (!lint_step(&step)) return;
    }
}

/* --- how a stage begins --- */

static struct text os_of(const struct linter *linter, struct text specifier) {
    struct platform platform;
    bool is_read = specifier.len > 0 && platform_parse(linter->arena, specifier, &platform);
    return is_read ? platform.os : TEXT("linux");
}

/* BuildKit sets PATH where the image does not, but for Windows. */
static void begin_from_image(struct linter *linter, const struct stage_reading *reading, struct lint_stage *state) {
    bool is_scratch = text_is(reading->base_expanded, "scratch") && !reading->is_replaced;
    bool is_bare = is_scratch || (linter->choice.images_are_bare && !reading->is_replaced);
    struct text path = {0};
    bool has_platform = !is_scratch && text_is_given(reading->platform_expanded);
    state->os = os_of(linter, has_platform ? reading->platform_expanded : linter->choice.platform);
    state->scope.values.has_image = !is_bare;
    if (is_bare) path = TEXT("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    if (!text_is(state->os, "windows")) scope_set_variable(&state->scope.values, TEXT("PATH"), path);
    if (!is_scratch) state->image = reading->stage->place;
}

static void begin(struct linter *linter, const struct stage_reading *reading, struct lint_stage *states) {
    struct lint_stage *state = &states[reading->stage->index];
    state->scope.values = (struct scope){.arena = linter->arena, .work = &linter->work};
    if (reading->from == NULL) {
        begin_from_image(linter, reading, state);
        return;
    }
    const struct lint_stage *from = &states[reading->from->index];
    state->scope.values.parent = &from->scope.values;
    state->scope.parent = &from->scope;
    state->image = from->image;
    state->os = from->os;
    state->has_shell = from->has_shell;
    state->has_workdir = from->has_workdir;
}

void lint_commands(struct linter *linter) {
    const struct list *readings = &linter->request->reading->stages;
    struct lint_stage *states = arena_array(linter->arena, readings->count, sizeof(*states));
    struct lint_copy copy = lint_copy_begin(linter);
    bool has_target = linter->choice.target.len > 0;
    for (size_t i = 0; i < readings->count; i++) {
        const struct stage_reading *reading = readings->items[i];
        begin(linter, reading, states);
        if ((has_target && !reading->reachable) || reading->is_replaced) continue;
        lint_stage((struct lint_step){.linter = linter, .state = &states[i], .copy = &copy}, reading);
    }
}
