#include "docker/stage_inputs.h"

#include "base/path.h"
#include "docker/build_values.h"
#include "docker/mounts.h"

#include <assert.h>

/* One instruction of one stage. */
struct step {
    struct stage_graph *graph;
    struct stage_state *state;
    const struct instruction *instruction;
    struct command_reading *command; /* NULL when nobody wants it */
};

static struct text shown(const struct step *step, struct text text) {
    return text_printable(step->graph->arena, text_first(text, 80));
}

static bool refuse(const struct step *step, const char *problem) {
    return stage_graph_refuse(step->graph, step->instruction->place, text_from(problem));
}

static void widen(const struct step *step, struct text source, const char *why) {
    const struct instruction *instruction = step->instruction;
    stage_graph_widen(step->graph, instruction->place,
                      text_format(step->graph->arena, "%s %.*s at line %u%s", instruction_name(instruction->kind),
                                  TEXT_ARG(shown(step, source)), instruction->place.line, why));
}

/* --- expansion --- */

static struct expand_result expand(const struct step *step, struct text text) {
    return expand_word(step->graph->arena, text, step->graph->dockerfile->escape, scope_expand(&step->state->scope));
}

/* A name that is not set here may be given when the build runs, unless nothing else is to be thought of. */
static bool is_known(const struct step *step, const struct expand_result *expanded) {
    bool unset_counts = !step->graph->choice->images_are_bare;
    return expanded->failure == EXPAND_FINE && !expanded->unknown && !(expanded->unset && unset_counts);
}

/* Refused whatever the values are, or by the values that are all there are. */
static bool is_refused(const struct step *step, const struct expand_result *expanded) {
    if (expanded->failure == EXPAND_REQUIRED) return step->graph->choice->images_are_bare && !expanded->unknown;
    return expanded->failure == EXPAND_SYNTAX;
}

/* The absent text when it is not known. */
static struct text known_text(const struct step *step, const struct expand_result *expanded) {
    return is_known(step, expanded) ? expanded->text : (struct text){0};
}

/* Expands for nothing but what BuildKit refuses. */
static bool check_text(const struct step *step, struct text text) {
    struct expand_result expanded = expand(step, text);
    return !is_refused(step, &expanded) || refuse(step, expanded.error);
}

static bool check_arguments(const struct step *step) {
    const struct texts *arguments = &step->instruction->arguments;
    for (size_t i = 0; i < arguments->count; i++)
        if (!check_text(step, arguments->items[i])) return false;
    return true;
}

/* Each argument expanded and, where it is known, looked at. */
static bool check_values(const struct step *step,
                         bool (*check)(struct arena *arena, struct text value, struct text *problem)) {
    const struct texts *arguments = &step->instruction->arguments;
    for (size_t i = 0; i < arguments->count; i++) {
        struct text problem;
        struct expand_result expanded = expand(step, arguments->items[i]);
        if (is_refused(step, &expanded)) return refuse(step, expanded.error);
        if (is_known(step, &expanded) && !check(step->graph->arena, expanded.text, &problem))
            return stage_graph_refuse(step->graph, step->instruction->place, problem);
    }
    return true;
}

/* Unquoted blanks of an expansion make several ports. */
static bool check_ports(struct arena *arena, struct text value, struct text *problem) {
    struct text rest = value, port;
    while (text_next(&rest, ' ', &port))
        if (port.len > 0 && !build_values_port(arena, port, problem)) return false;
    return true;
}

static bool check_volume(struct arena *arena, struct text value, struct text *problem) {
    (void)arena;
    if (value.len == 0) *problem = TEXT("VOLUME specified can not be an empty string");
    return value.len > 0;
}

static bool check_pairs(const struct step *step) {
    const struct list *pairs = &step->instruction->pairs;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = pairs->items[i];
        if (!check_text(step, pair->name) || !check_text(step, pair->value)) return false;
    }
    return true;
}

static bool check_flags(const struct step *step) {
    static const char *const names[] = {"chown", "chmod", "checksum"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (!check_text(step, instruction_flag(step->instruction, names[i]))) return false;
    return true;
}

static bool is_http(struct text source) {
    return text_starts(source, "http://") || text_starts(source, "https://");
}

/* user@host:path, with the characters that BuildKit's sshutil takes. */
static bool is_scp(struct text source) {
    size_t at = text_find(source, '@');
    if (at == TEXT_NONE || at == 0) return false;
    size_t colon = text_find(text_from_offset(source, at), ':');
    if (colon == TEXT_NONE || colon == 1) return false;
    for (size_t i = 0; i < at + colon; i++) {
        char c = source.ptr[i];
        bool is_word = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-';
        bool is_other = i < at ? c == '_' : i == at || c == '.';
        if (!is_word && !is_other) return false;
    }
    return true;
}

/* The path of a URL ends in ".git", before any query or fragment. */
static bool is_git_url(struct text source) {
    size_t end = 0;
    while (end < source.len && source.ptr[end] != '?' && source.ptr[end] != '#')
        end++;
    return text_ends(text_first(source, end), ".git");
}

/* dfgitutil.ParseGitRef; "github.com/…" without a scheme is a path in ADD and COPY. */
static bool is_git(struct text source) {
    struct text scheme = text_first(source, 6);
    if (text_equal_ignoring_case(scheme, TEXT("git://")) || text_equal_ignoring_case(scheme, TEXT("ssh://")))
        return true;
    return is_http(source) ? is_git_url(source) : is_scp(source);
}

static bool check_mode(const struct step *step) {
    struct text flag = instruction_flag(step->instruction, "chmod"), problem;
    struct expand_result mode = expand(step, flag);
    bool is_good = flag.len == 0 || !is_known(step, &mode) || mode.text.len == 0 ||
                   build_values_mode(step->graph->arena, mode.text, &problem);
    return is_good || stage_graph_refuse(step->graph, step->instruction->place, problem);
}

/* A checksum is for one source, and that from elsewhere. */
static bool check_checksum(const struct step *step) {
    const struct texts *arguments = &step->instruction->arguments;
    if (instruction_flag(step->instruction, "checksum").len == 0) return true;
    if (arguments->count + step->instruction->heredocs.count != 2)
        return refuse(step, "checksum can't be specified for multiple sources");
    struct expand_result source = expand(step, arguments->items[0]);
    bool is_remote = arguments->count == 2 && (is_http(source.text) || is_git(source.text));
    return is_remote || !is_known(step, &source) || refuse(step, "checksum requires HTTP(S) or Git sources");
}

/* The content of a heredoc is expanded too, its quotes being ordinary characters. */
static bool check_heredocs(const struct step *step) {
    const struct list *heredocs = &step->instruction->heredocs;
    for (size_t i = 0; i < heredocs->count; i++) {
        const struct heredoc *heredoc = heredocs->items[i];
        if (!heredoc->expand) continue;
        struct expand_result expanded = expand_text(step->graph->arena, heredoc->content, '\\', EXPAND_NO_QUOTES,
                                                    scope_expand(&step->state->scope));
        if (is_refused(step, &expanded)) return refuse(step, expanded.error);
    }
    return true;
}

/* --- ARG and ENV --- */

/* All of one line is expanded before any of it is set: in `ENV A=1 B=$A`, B has the A from above. */
static bool read_env(const struct step *step) {
    const struct list *pairs = &step->instruction->pairs;
    struct expand_result *names = arena_array(step->graph->arena, pairs->count, sizeof(*names));
    struct expand_result *values = arena_array(step->graph->arena, pairs->count, sizeof(*values));
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = pairs->items[i];
        names[i] = expand(step, pair->name);
        values[i] = expand(step, pair->value);
        if (is_refused(step, &names[i])) return refuse(step, names[i].error);
        if (is_refused(step, &values[i])) return refuse(step, values[i].error);
    }
    for (size_t i = 0; i < pairs->count; i++) {
        if (is_known(step, &names[i])) {
            scope_set_variable(&step->state->scope, names[i].text, known_text(step, &values[i]));
        } else {
            scope_forget(&step->state->scope);
        }
    }
    return true;
}

/* `ARG X` takes the build argument, else the global value, else leaves X as it is; its own default comes between. */
static bool read_arg(const struct step *step) {
    const struct list *pairs = &step->instruction->pairs;
    struct scope *scope = &step->state->scope;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = pairs->items[i];
        struct text value;
        enum expand_state state = scope_argument(step->graph->choice, pair->name, &value);
        if (state == EXPAND_UNSET && text_is_given(pair->value)) {
            struct expand_result expanded = expand(step, pair->value);
            if (is_refused(step, &expanded)) return refuse(step, expanded.error);
            scope_set_argument(scope, pair->name, known_text(step, &expanded));
            continue;
        }
        struct expand_scope globals = scope_expand(&step->graph->globals);
        if (state == EXPAND_UNSET) state = globals.find(globals.self, pair->name, &value);
        if (state == EXPAND_UNKNOWN) value = (struct text){0};
        if (state != EXPAND_UNSET) scope_set_argument(scope, pair->name, value);
    }
    return true;
}

/* --- sources --- */

static bool has_wildcard(struct text path) {
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] == '*' || path.ptr[i] == '?' || path.ptr[i] == '[') return true;
        if (path.ptr[i] == '\\') i++;
    }
    return false;
}

/* The patterns of --exclude; none when one of them is not known, for then more is read than could be said. */
static struct texts read_excludes(const struct step *step) {
    const struct list *flags = &step->instruction->flags;
    struct texts excludes = {0};
    for (size_t i = 0; i < flags->count; i++) {
        const struct flag *flag = flags->items[i];
        if (text_is(flag->name, "parents")) return (struct texts){0}; /* they are then relative to something else */
        if (!text_is(flag->name, "exclude")) continue;
        struct expand_result expanded = expand(step, flag->value);
        if (!is_known(step, &expanded)) return (struct texts){0};
        texts_add(step->graph->arena, &excludes, expanded.text);
    }
    return excludes;
}

static void ask_for_all(const struct step *step, struct text source) {
    const struct instruction *instruction = step->instruction;
    struct text what = source.len == 0 ? TEXT("\"\"") : source;
    stage_graph_ask_for_all(step->graph, instruction->place,
                            text_format(step->graph->arena, "%s %.*s at line %u", instruction_name(instruction->kind),
                                        TEXT_ARG(shown(step, what)), instruction->place.line));
}

/* `source` is expanded; it is kept clean, and inside the context whatever `..` it holds. */
static void add_input(const struct step *step, struct text source, struct texts excludes) {
    struct stage_graph *graph = step->graph;
    struct text path = path_clamp(graph->arena, source);
    if (text_is(path, ".")) ask_for_all(step, source);
    if (graph->dockerfile->escape == '`' && text_has(path, '\\')) widen(step, source, " is a Windows path");
    struct build_input *input = map_find(&graph->inputs, path);
    if (input != NULL) {
        input->excludes = (struct texts){0}; /* one of the two may ask for what the other leaves out */
        return;
    }
    input = arena_alloc(graph->arena, sizeof(*input));
    *input = (struct build_input){.path = path,
                                  .has_wildcard = has_wildcard(path),
                                  .place = step->instruction->place,
                                  .kind = step->instruction->kind,
                                  .excludes = excludes};
    map_set(graph->arena, &graph->inputs, path, input);
    list_add(graph->arena, &graph->reading.inputs, input);
}

/* One source of COPY or ADD; `in_context` when it is read from the build context. */
static bool read_source(const struct step *step, struct text source, bool in_context) {
    bool is_copy = step->instruction->kind == INSTRUCTION_COPY;
    struct expand_result expanded = expand(step, source);
    if (is_refused(step, &expanded)) return refuse(step, expanded.error);
    if (step->command != NULL) texts_add(step->graph->arena, &step->command->sources, known_text(step, &expanded));
    if (!is_known(step, &expanded)) {
        bool is_remote = is_http(source); /* whatever comes behind that */
        if (in_context && !is_remote) widen(step, source, " depends on a value that is not known here");
        return true;
    }
    if (is_git(expanded.text)) return !is_copy || refuse(step, "source can't be a git ref for COPY");
    if (is_http(expanded.text)) return !is_copy || refuse(step, "source can't be a URL for COPY");
    if (in_context) add_input(step, expanded.text, read_excludes(step));
    return true;
}

/* A stage is there to copy from once it was built: all of it, above. */
static bool is_built(const struct step *step, const struct stage_state *source) {
    return source->reading.is_replaced || source->reading.stage->index < step->state->reading.stage->index;
}

static void add_source_image(const struct step *step, struct text name) {
    struct text platform = step->state->reading.platform_expanded;
    if (text_is(name, "scratch") || stage_graph_has_context(step->graph, name, platform)) return;
    stage_inputs_add_base(step->graph, name, step->instruction->place, false);
}

static bool read_from(const struct step *step, struct text from) {
    const struct stage_state *source = stage_graph_source(step->graph, from);
    if (step->command != NULL && source != NULL) step->command->from = source->reading.stage;
    if (source == NULL) {
        bool is_index = from.ptr[0] >= '0' && from.ptr[0] <= '9' && from.len < 10 && !text_has(from, '.');
        if (is_index)
            widen(step, from, " copies from a stage that is not known");
        else
            add_source_image(step, from);
        return true;
    }
    if (is_built(step, source)) return true;
    return stage_graph_refuse(
        step->graph, step->instruction->place,
        text_format(step->graph->arena, "cannot copy from stage \"%.*s\", it needs to be defined before current stage",
                    TEXT_ARG(shown(step, from))));
}

static bool read_destination(const struct step *step, struct text destination) {
    struct expand_result expanded = expand(step, destination);
    if (is_refused(step, &expanded)) return refuse(step, expanded.error);
    if (step->command != NULL) step->command->destination = known_text(step, &expanded);
    return true;
}

static bool read_copy(const struct step *step) {
    const struct texts *arguments = &step->instruction->arguments;
    struct text from = instruction_flag(step->instruction, "from");
    assert(arguments->count > 0 && "the destination is always there");
    if (!check_flags(step) || !check_mode(step) || !check_checksum(step)) return false;
    if (!read_destination(step, arguments->items[arguments->count - 1])) return false;
    for (size_t i = 0; i + 1 < arguments->count; i++)
        if (!read_source(step, arguments->items[i], from.len == 0)) return false;
    if (!check_heredocs(step)) return false;
    return from.len == 0 || read_from(step, from);
}

/* --- RUN --mount --- */

static bool read_mount_from(const struct step *step, struct text from) {
    const struct stage_state *source = stage_graph_find(step->graph, from);
    if (source == NULL) add_source_image(step, from);
    if (source == NULL || is_built(step, source)) return true;
    return stage_graph_refuse(
        step->graph, step->instruction->place,
        text_format(step->graph->arena,
                    "cannot mount from stage \"%.*s\", stage needs to be defined before current command",
                    TEXT_ARG(shown(step, from))));
}

/* A relative target is below the working directory, which must be known then; secrets and sockets are never there. */
static bool is_root(const struct step *step, const struct mount *mount) {
    struct text workdir = step->state->workdir;
    bool is_placed = mount->type != MOUNT_SECRET && mount->type != MOUNT_SSH;
    if (!is_placed || mount->unknown || !text_is_given(workdir) || path_is_absolute(mount->target)) return false;
    return text_is(path_clean(step->graph->arena,
                              text_format(step->graph->arena, "%.*s/%.*s", TEXT_ARG(workdir), TEXT_ARG(mount->target))),
                   "/");
}

/* Where relative paths begin; the absent text once that is not known. */
static bool read_workdir(const struct step *step) {
    struct stage_state *state = step->state;
    if (!check_arguments(step)) return false;
    struct expand_result expanded = expand(step, step->instruction->arguments.items[0]);
    struct text directory = known_text(step, &expanded);
    bool is_relative = text_is_given(directory) && !path_is_absolute(directory);
    if (is_relative && text_is_given(state->workdir))
        directory = text_format(step->graph->arena, "%.*s/%.*s", TEXT_ARG(state->workdir), TEXT_ARG(directory));
    bool is_lost = !text_is_given(directory) || !path_is_absolute(directory) || directory.len > STAGE_WORKDIR_LIMIT;
    state->workdir = is_lost ? (struct text){0} : path_clean(step->graph->arena, directory);
    return true;
}

static void note_mount(const struct step *step, const struct mount *mount) {
    if (step->command == NULL) return;
    struct mount_reading *reading = arena_alloc(step->graph->arena, sizeof(*reading));
    const struct stage_state *from = text_is_given(mount->from) ? stage_graph_find(step->graph, mount->from) : NULL;
    *reading = (struct mount_reading){.type = mounts_type_name(mount->type),
                                      .source = mount->source,
                                      .from = mount->from,
                                      .target = mount->target,
                                      .from_stage = from == NULL ? NULL : from->reading.stage};
    list_add(step->graph->arena, &step->command->mounts, reading);
}

static bool read_mount(const struct step *step, struct text value) {
    struct stage_graph *graph = step->graph;
    struct mount mount;
    struct text problem, shown_value = text_concat(graph->arena, TEXT("--mount="), value);
    if (!mounts_read(graph->arena, value, graph->dockerfile->escape, scope_expand(&step->state->scope),
                     !graph->choice->images_are_bare, &mount, &problem)) {
        if (text_is_given(problem)) return refuse(step, text_string(graph->arena, problem));
        widen(step, shown_value, " depends on a value that is not known here");
        return true;
    }
    if (is_root(step, &mount)) return refuse(step, "invalid mount target \"/\"");
    note_mount(step, &mount);
    if (text_is_given(mount.from)) return read_mount_from(step, mount.from);
    if (mount.unknown) {
        widen(step, shown_value, " depends on a value that is not known here");
    } else if (mount.type == MOUNT_BIND) {
        add_input(step, mount.source.len == 0 ? TEXT("/") : mount.source, (struct texts){0});
    }
    return true;
}

static bool read_run(const struct step *step) {
    const struct instruction *run = step->instruction;
    if (run->is_json && run->arguments.count == 0 && run->heredocs.count == 0)
        return refuse(step, "arguments are required");
    const struct list *flags = &step->instruction->flags;
    for (size_t i = 0; i < flags->count; i++) {
        const struct flag *flag = flags->items[i];
        if (text_is(flag->name, "mount") && !read_mount(step, flag->value)) return false;
    }
    return true;
}

/* --- all of a stage --- */

static bool read_instruction(const struct step *step) {
    switch (step->instruction->kind) {
    case INSTRUCTION_ADD:
    case INSTRUCTION_COPY:
        return read_copy(step);
    case INSTRUCTION_ARG:
        return read_arg(step);
    case INSTRUCTION_ENV:
        return read_env(step);
    case INSTRUCTION_LABEL:
        return check_pairs(step);
    case INSTRUCTION_RUN:
        return read_run(step);
    case INSTRUCTION_EXPOSE:
        return check_values(step, check_ports);
    case INSTRUCTION_STOPSIGNAL:
        return check_values(step, build_values_signal);
    case INSTRUCTION_VOLUME:
        return check_values(step, check_volume);
    case INSTRUCTION_USER:
        return check_arguments(step);
    case INSTRUCTION_WORKDIR:
        return read_workdir(step);
    case INSTRUCTION_CMD:
    case INSTRUCTION_ENTRYPOINT:
    case INSTRUCTION_FROM:
    case INSTRUCTION_HEALTHCHECK:
    case INSTRUCTION_MAINTAINER:
    case INSTRUCTION_ONBUILD:
    case INSTRUCTION_SHELL:
        return true;
    }
    return true;
}

static struct command_reading *add_command(struct stage_graph *graph, struct stage_state *state,
                                           const struct instruction *instruction) {
    struct command_reading *command = arena_alloc(graph->arena, sizeof(*command));
    command->instruction = instruction;
    list_add(graph->arena, &state->reading.commands, command);
    return command;
}

static bool read_triggers(struct stage_graph *graph, struct stage_state *state) {
    for (size_t i = 0; i < state->triggers.count; i++) {
        struct step step = {.graph = graph, .state = state, .instruction = state->triggers.items[i]};
        if (!read_instruction(&step)) return false;
    }
    return true;
}

bool stage_inputs_read(struct stage_graph *graph, struct stage_state *state) {
    const struct list *instructions = &state->reading.stage->instructions;
    if (!read_triggers(graph, state)) return false;
    for (size_t i = 0; i < instructions->count; i++) {
        struct step step = {.graph = graph, .state = state, .instruction = instructions->items[i]};
        if (graph->choice->wants_commands) step.command = add_command(graph, state, step.instruction);
        if (!read_instruction(&step)) return false;
    }
    return true;
}

void stage_inputs_add_base(struct stage_graph *graph, struct text reference, struct place place, bool is_blank) {
    if (map_has(&graph->bases, reference)) return;
    struct build_base *base = arena_alloc(graph->arena, sizeof(*base));
    *base = (struct build_base){.reference = reference, .place = place, .is_blank = is_blank};
    map_set(graph->arena, &graph->bases, reference, base);
    list_add(graph->arena, &graph->reading.bases, base);
}
