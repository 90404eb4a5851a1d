/* inspect: what the program reads in single files: Dockerfiles, ignore files, and what a build reads. */
#include "base/path.h"
#include "commands.h"
#include "docker/lint.h"
#include "files_loose.h"
#include "format/json_write.h"
#include "model/ignore_file.h"
#include "output.h"
#include "report/inspect.h"
#include "standard_input.h"

/* --- what is chosen --- */

static struct text variable(const struct session *session, struct text name) {
    for (const char *const *entry = session->environment.all; *entry != NULL; entry++) {
        struct text pair = text_from(*entry);
        if (pair.len > name.len && pair.ptr[name.len] == '=' && text_equal(text_first(pair, name.len), name))
            return text_from_offset(pair, name.len + 1);
    }
    return (struct text){0};
}

/* As docker build: a name alone takes its value from the environment, and is no argument when it is not set there. */
static void add_argument(struct session *session, struct text argument, struct map *out) {
    size_t equals = text_find(argument, '=');
    struct text name = equals == TEXT_NONE ? argument : text_first(argument, equals);
    struct text value = equals == TEXT_NONE ? variable(session, name) : text_from_offset(argument, equals + 1);
    if (!text_is_given(value)) return;
    struct text *kept = arena_alloc(session->arena, sizeof(*kept));
    *kept = value;
    map_set(session->arena, out, name, kept);
}

/* The value of --platform, which is also a setting; absent when it is not given. */
static struct text chosen_platform(struct session *session) {
    const struct node *settings = session->options.settings;
    const struct node *platforms = settings == NULL ? NULL : node_find(settings, "platforms");
    struct buffer joined = buffer_in(session->arena);
    for (size_t i = 0; platforms != NULL && i < platforms->count; i++) {
        if (i > 0) buffer_add_byte(&joined, ',');
        buffer_add(&joined, platforms->items[i]->text);
    }
    return joined.len == 0 ? (struct text){0} : buffer_text(&joined);
}

static struct build_choice choose(struct session *session, bool images_are_bare) {
    struct build_choice choice = {.target = session->options.target,
                                  .platform = chosen_platform(session),
                                  .images_are_bare = images_are_bare,
                                  .wants_commands = images_are_bare};
    choice.build_platform = choice.platform.len > 0 ? choice.platform : TEXT("linux/amd64");
    for (size_t i = 0; i < session->options.build_arguments.count; i++)
        add_argument(session, session->options.build_arguments.items[i], &choice.arguments);
    return choice;
}

/* A path that a person gives, seen from where -C leads. */
static struct text from_directory(struct session *session, struct text path) {
    struct text directory = session->options.chdir;
    if (!text_is_given(directory) || path_is_absolute(path)) return path;
    return text_format(session->arena, "%.*s/%.*s", TEXT_ARG(directory), TEXT_ARG(path));
}

static enum status finish(struct session *session, enum status status) {
    session_report(session);
    if (status == STATUS_OK && diag_has_errors(&session->diagnostics)) return STATUS_FINDINGS;
    return status;
}

static enum status print(struct session *session, struct buffer *buffer) {
    return output_write_text(session, buffer->len == 0 ? TEXT("") : buffer_text(buffer)) ? STATUS_OK : STATUS_SYSTEM;
}

/* --- files --- */

static enum status read_file(struct session *session, struct text path, size_t limit, const struct source **out) {
    struct files loose;
    files_loose_init(&loose);
    enum files_status status = files_read(&loose, session->arena, from_directory(session, path), limit, out);
    if (status == FILES_OK) return STATUS_OK;
    struct text reason = files_reason(session->arena, status, limit);
    diag_add(&session->diagnostics, DIAG_ERROR, "unreadable-file",
             source_whole(source_create(session->arena, path, TEXT(""))), "the file %.*s", TEXT_ARG(reason));
    return STATUS_SYSTEM;
}

static enum status inspect_file(struct session *session, struct text path, struct list *out) {
    const struct source *source;
    enum status status = read_file(session, path, DOCKERFILE_SIZE_LIMIT, &source);
    if (status != STATUS_OK) return status;
    struct inspection *inspection = arena_alloc(session->arena, sizeof(*inspection));
    struct build_reading *reading = arena_alloc(session->arena, sizeof(*reading));
    struct build_choice choice = choose(session, true);
    source = source_create(session->arena, path, source->bytes);
    *inspection = (struct inspection){.source = source, .reading = reading};
    if (!dockerfile_parse(session->arena, source, &session->diagnostics, &inspection->dockerfile))
        return STATUS_FINDINGS;
    if (!stages_read(session->arena, inspection->dockerfile, &choice, &session->diagnostics, reading))
        return STATUS_FINDINGS;
    struct lint_request linted = {
        .dockerfile = inspection->dockerfile, .reading = reading, .choice = &choice, .regexes = &session->regexes};
    lint(session->arena, &linted, &session->diagnostics);
    list_add(session->arena, out, inspection);
    return STATUS_OK;
}

/* One file gives an object, several give a list of them. */
static enum status print_inspections(struct session *session, const struct list *inspections) {
    struct buffer buffer = buffer_in(session->arena);
    struct node *list = node_sequence(session->arena);
    for (size_t i = 0; i < inspections->count; i++) {
        if (!session->options.is_json && i > 0) buffer_add_byte(&buffer, '\n');
        if (!session->options.is_json) inspect_write(&buffer, inspections->items[i], session->terminal.width);
        if (session->options.is_json)
            node_append(session->arena, list, inspect_json(session->arena, inspections->items[i]));
    }
    bool is_single = session->options.words.count == 1;
    if (session->options.is_json && inspections->count > 0 && !json_write(&buffer, is_single ? list->items[0] : list))
        return STATUS_BUG;
    return print(session, &buffer);
}

static enum status inspect_files(struct session *session) {
    struct list inspections = {0};
    enum status worst = STATUS_OK;
    for (size_t i = 0; i < session->options.words.count; i++) {
        enum status status = inspect_file(session, session->options.words.items[i], &inspections);
        if (status > worst) worst = status;
    }
    worst = finish(session, worst);
    enum status printed = print_inspections(session, &inspections);
    return printed > worst ? printed : worst;
}

/* --- --ignore --- */

/* In the context, and not the context itself? `out` is then the path as patterns see it. */
static bool is_in_context(struct session *session, struct text path, struct text *out) {
    while (path_is_absolute(path))
        path = text_from_offset(path, 1);
    *out = path_clean(session->arena, path);
    return !text_is(*out, ".") && !path_escapes(*out);
}

static enum status filter_paths(struct session *session) {
    const struct source *source;
    const struct patterns *patterns;
    struct text path, inside;
    enum status status = read_file(session, session->options.ignore_file, IGNORE_SIZE_LIMIT, &source);
    if (status != STATUS_OK) return finish(session, status);
    if (!ignore_parse(session->arena, source, &session->diagnostics, &patterns))
        return finish(session, STATUS_FINDINGS);
    char end = session->options.is_null_terminated ? '\0' : '\n';
    struct standard_input input = standard_input_open(end);
    struct pattern_walk *walk = patterns_walk(session->arena, patterns, &session->regexes, true);
    struct buffer buffer = buffer_in(session->arena);
    while (standard_input_next(session, &input, &path)) {
        if (!is_in_context(session, path, &inside) || !pattern_walk_takes(walk, inside)) continue;
        buffer_add(&buffer, path);
        buffer_add_byte(&buffer, end);
    }
    if (input.failed) return finish(session, STATUS_SYSTEM);
    const struct pattern *failure = pattern_walk_failure(walk);
    if (failure != NULL) {
        diag_add(&session->diagnostics, DIAG_ERROR, "ignore-syntax", failure->place, "syntax error in pattern");
        return finish(session, STATUS_FINDINGS);
    }
    return print(session, &buffer);
}

/* --- --inputs --- */

/* The path as the repository knows it; false when it lies outside. */
static bool from_root(struct session *session, struct text path, struct text *out) {
    if (repository_path(session->arena, &session->repository, from_directory(session, path), out)) return true;
    diag_add(&session->diagnostics, DIAG_ERROR, "outside-repository", (struct place){0},
             "'%.*s' is not in the repository '%.*s'", TEXT_ARG(path), TEXT_ARG(session->repository.root));
    return false;
}

/* The context that an image of the workspace with this Dockerfile has; else the Dockerfile's directory. */
static struct text planned_context(const struct session *session, struct text dockerfile) {
    for (size_t i = 0; i < session->workspace.images.count; i++) {
        const struct image *image = session->workspace.images.items[i];
        if (text_equal(image->dockerfile, dockerfile) && !text_contains(image->context, TEXT("://")))
            return image->context;
    }
    return path_parent(dockerfile);
}

static void warn_of_sources(struct session *session, const struct inputs *inputs, struct text context) {
    for (size_t i = 0; i < inputs->findings.count; i++) {
        const struct source_finding *finding = inputs->findings.items[i];
        struct text path = text_printable(session->arena, text_first(finding->input->path, 80));
        if (finding->state == SOURCE_MISSING && !text_is(path, "."))
            diag_add(&session->diagnostics, DIAG_WARNING, "missing-source", finding->input->place,
                     "'%.*s' matches no tracked file in the context '%.*s': all of it counts as read", TEXT_ARG(path),
                     TEXT_ARG(context));
        if (finding->state != SOURCE_IGNORED) continue;
        struct diagnostic *diagnostic =
            diag_add(&session->diagnostics, DIAG_WARNING, "copy-ignored-file", finding->input->place,
                     "'%.*s' is copied, and the ignore file leaves it out", TEXT_ARG(path));
        if (finding->pattern != NULL)
            diag_second(&session->diagnostics, diagnostic, finding->pattern->place, "by this pattern");
    }
}

static enum status print_inputs(struct session *session, struct text dockerfile, struct text context,
                                const struct ignore_file *ignore, const struct inputs *inputs) {
    struct buffer buffer = buffer_in(session->arena);
    if (session->options.is_json) {
        const struct node *node = inspect_inputs_json(session->arena, dockerfile, context, ignore->path, inputs);
        if (!json_write(&buffer, node)) return STATUS_BUG;
        return print(session, &buffer);
    }
    for (size_t i = 0; i < inputs->paths.count; i++) {
        buffer_add(&buffer, inputs->paths.items[i]);
        buffer_add_byte(&buffer, session->options.is_null_terminated ? '\0' : '\n');
    }
    return print(session, &buffer);
}

static enum status list_inputs(struct session *session) {
    struct arena *arena = session->arena;
    struct text dockerfile, context;
    bool has_context = text_is_given(session->options.context);
    session->is_interactive = false; /* tracked files are asked for, whoever asks */
    enum status status = has_context ? session_open(session) : session_plan(session);
    if (status != STATUS_OK) return finish(session, status);
    if (!from_root(session, session->options.inputs_file, &dockerfile)) return finish(session, STATUS_USAGE);
    context = has_context ? session->options.context : planned_context(session, dockerfile);
    if (has_context && !from_root(session, session->options.context, &context)) return finish(session, STATUS_USAGE);
    session->plan = (struct plan){0}; /* what is wrong with other images is not asked for */
    session->diagnostics.list.count = 0;

    const struct source *source;
    const struct dockerfile *file;
    struct build_reading reading;
    struct build_choice choice = choose(session, false);
    struct ignore_file ignore;
    struct inputs inputs;
    status = read_file(session, session->options.inputs_file, DOCKERFILE_SIZE_LIMIT, &source);
    if (status != STATUS_OK) return finish(session, status);
    source = source_create(arena, dockerfile, source->bytes);
    bool ok = dockerfile_parse(arena, source, &session->diagnostics, &file) &&
              stages_read(arena, file, &choice, &session->diagnostics, &reading) &&
              ignore_file_read(arena, &session->checkout.files, dockerfile, context, &session->diagnostics, &ignore);
    if (!ok) return finish(session, STATUS_FINDINGS);
    struct inputs_request request = {
        .reading = &reading, .context = context, .ignore = ignore.patterns, .regexes = &session->regexes};
    if (!inputs_find(arena, &session->paths, &request, &session->diagnostics, &inputs))
        return finish(session, STATUS_FINDINGS);
    warn_of_sources(session, &inputs, context);
    status = finish(session, STATUS_OK);
    enum status printed = print_inputs(session, dockerfile, context, &ignore, &inputs);
    return printed > status ? printed : status;
}

int cmd_inspect(struct session *session) {
    if (text_is_given(session->options.ignore_file)) return filter_paths(session);
    if (text_is_given(session->options.inputs_file)) return list_inputs(session);
    if (session->options.words.count > 0) return inspect_files(session);
    diag_add(&session->diagnostics, DIAG_ERROR, "usage", (struct place){0},
             "'inspect' needs the name of a Dockerfile; 'depot-pipeline help inspect' shows how");
    return finish(session, STATUS_USAGE);
}
