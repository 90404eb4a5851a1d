/* inspect: what the program reads in single files: Dockerfiles, ignore files, targets, and what a build reads. */
#include "base/path.h"
#include "commands.h"
#include "docker/lint.h"
#include "files_loose.h"
#include "format/json_write.h"
#include "inspect_targets.h"
#include "model/ignore_file.h"
#include "output.h"
#include "report/inspect.h"
#include "standard_input.h"

#include <fcntl.h>
#include <sys/stat.h>

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

/* What the options say, over what is said already. */
static void choose(struct session *session, struct build_choice *choice) {
    struct text platform = chosen_platform(session);
    if (text_is_given(session->options.target)) choice->target = session->options.target;
    if (text_is_given(platform)) choice->platform = platform;
    for (size_t i = 0; i < session->options.build_arguments.count; i++)
        add_argument(session, session->options.build_arguments.items[i], &choice->arguments);
}

/* A file by itself: nothing but what the options say is thought of, and Depot builds each platform on its own kind. */
static struct build_choice choose_alone(struct session *session) {
    struct build_choice choice = {.images_are_bare = true, .wants_commands = true};
    choose(session, &choice);
    choice.build_platform = choice.platform.len > 0 ? choice.platform : TEXT("linux/amd64");
    return choice;
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
    enum files_status status =
        files_read(&loose, session->arena, files_loose_path(session->arena, session->options.chdir, path), limit, out);
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
    struct build_choice choice = choose_alone(session);
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
    if (inspect_targets_wanted(&session->options.words)) return finish(session, inspect_targets(session));
    struct list inspections = {0};
    enum status worst = STATUS_OK;
    for (size_t i = 0; i < session->options.words.count; i++) {
        enum status status = inspect_file(session, session->options.words.items[i], &inspections);
        if (status > worst) worst = status;
    }
    worst = finish(session, worst);
    enum status printed = inspections.count == 0 ? STATUS_OK : print_inspections(session, &inspections);
    return printed > worst ? printed : worst;
}

/* --- --ignore --- */

/* In the context, and not the context itself? `out` is then the path as patterns see it, for as long as the scratch lasts. */
static bool is_in_context(struct arena *scratch, struct text path, struct text *out) {
    while (path_is_absolute(path))
        path = text_from_offset(path, 1);
    *out = path_clean(scratch, path);
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
    struct arena scratch;
    arena_init(&scratch);
    struct arena_mark mark = arena_mark(&scratch);
    for (; standard_input_next(session, &input, &path); arena_release(&scratch, mark)) {
        if (!is_in_context(&scratch, path, &inside) || !pattern_walk_takes(walk, inside)) continue;
        buffer_add(&buffer, path);
        buffer_add_byte(&buffer, end);
    }
    arena_finish(&scratch);
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
    if (repository_path(session->arena, &session->repository,
                        files_loose_path(session->arena, session->options.chdir, path), out))
        return true;
    diag_add(&session->diagnostics, DIAG_ERROR, "outside-repository", (struct place){0},
             "'%.*s' is not in the repository '%.*s'", TEXT_ARG(path), TEXT_ARG(session->repository.root));
    return false;
}

static enum status complain_of_context(struct session *session, struct text context) {
    diag_add(&session->diagnostics, DIAG_ERROR, "unreadable-file", (struct place){0},
             "the context '%.*s' is no directory of the repository", TEXT_ARG(context));
    return finish(session, STATUS_SYSTEM);
}

/*
 * The image of the workspace that is built from this Dockerfile: it says how. NULL when there is none; where there are
 * several the first is taken, and said.
 */
static const struct image *find_image(struct session *session, struct text dockerfile) {
    const struct image *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < session->workspace.images.count; i++) {
        const struct image *image = session->workspace.images.items[i];
        bool is_it = text_equal(image->dockerfile, dockerfile) && image_has_local_context(image);
        if (is_it && count++ == 0) found = image;
    }
    if (count > 1)
        diag_add(&session->diagnostics, DIAG_WARNING, "several-images", (struct place){0},
                 "%zu images are built from '%.*s': this is '%.*s', in the context '%.*s'", count, TEXT_ARG(dockerfile),
                 TEXT_ARG(found->name), TEXT_ARG(found->context));
    return found;
}

/* More is listed than the Dockerfile asks for; why, where no source that is missing says it. */
static void warn_of_widening(struct session *session, const struct inputs *inputs) {
    bool says_it = text_ends(inputs->reason, "matches no tracked file");
    if (!inputs->is_widened || says_it) return;
    struct text reason = text_printable(session->arena, inputs->reason);
    diag_add(&session->diagnostics, DIAG_WARNING, "widened", inputs->reason_place,
             "%.*s: all of the context counts as read", TEXT_ARG(reason));
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

static bool is_directory(const struct session *session, struct text path) {
    struct stat status;
    const char *name = text_string(session->arena, path);
    return fstatat(session->repository.root_fd, name, &status, 0) == 0 && S_ISDIR(status.st_mode);
}

/* Everything about one build but its Dockerfile's text. */
struct asked_build {
    struct text dockerfile, context; /* relative to the root */
    struct build_choice choice;
};

/* As `docker build -f DOCKERFILE CONTEXT` where a context is given, else as the repository says. Not STATUS_OK: the end. */
static enum status find_build(struct session *session, struct asked_build *out) {
    bool has_context = session->options.context.len > 0;
    enum status status = has_context ? session_open(session) : session_plan(session);
    session->plan = (struct plan){0}; /* what is wrong with other images is not asked for */
    if (status != STATUS_OK) return finish(session, status);
    if (!from_root(session, session->options.inputs_file, &out->dockerfile)) return finish(session, STATUS_SYSTEM);
    if (has_context && !from_root(session, session->options.context, &out->context))
        return finish(session, STATUS_SYSTEM);
    const struct image *image = has_context ? NULL : find_image(session, out->dockerfile);
    if (image != NULL) out->choice = image_choice(session->arena, image);
    if (!has_context) out->context = image == NULL ? path_parent(out->dockerfile) : image->context;
    choose(session, &out->choice);
    return is_directory(session, out->context) ? STATUS_OK : complain_of_context(session, out->context);
}

static enum status list_inputs(struct session *session) {
    struct arena *arena = session->arena;
    struct asked_build build = {0};
    session->is_interactive = false; /* tracked files are asked for, whoever asks */
    enum status status = find_build(session, &build);
    if (status != STATUS_OK) return status;

    const struct source *source;
    const struct dockerfile *file;
    struct build_reading reading;
    struct ignore_file ignore;
    struct inputs inputs;
    status = read_file(session, session->options.inputs_file, DOCKERFILE_SIZE_LIMIT, &source);
    if (status != STATUS_OK) return finish(session, status);
    source = source_create(arena, build.dockerfile, source->bytes);
    bool ok = dockerfile_parse(arena, source, &session->diagnostics, &file) &&
              stages_read(arena, file, &build.choice, &session->diagnostics, &reading) &&
              ignore_file_read(arena, &session->repository, &session->checkout.files, build.dockerfile, build.context,
                               &session->diagnostics, &ignore);
    if (!ok) return finish(session, STATUS_FINDINGS);
    struct inputs_request request = {
        .reading = &reading, .context = build.context, .ignore = ignore.patterns, .regexes = &session->regexes};
    if (!inputs_find(arena, &session->paths, &request, &session->diagnostics, &inputs))
        return finish(session, STATUS_FINDINGS);
    warn_of_sources(session, &inputs, build.context);
    warn_of_widening(session, &inputs);
    status = finish(session, STATUS_OK);
    enum status printed = print_inputs(session, build.dockerfile, build.context, &ignore, &inputs);
    return printed > status ? printed : status;
}

/* --- all --- */

static enum status refuse(struct session *session, const char *why) {
    diag_add(&session->diagnostics, DIAG_ERROR, "usage", (struct place){0}, "%s", why);
    return finish(session, STATUS_USAGE);
}

/* What does not go together would be passed over in silence. */
static const char *contradiction(const struct options *options) {
    bool filters = text_is_given(options->ignore_file), lists = text_is_given(options->inputs_file);
    if (filters && lists) return "'--ignore' and '--inputs' are two questions: ask one";
    if ((filters || lists) && options->words.count > 0)
        return "a file beside '--ignore' or '--inputs' is not looked at";
    if (filters && options->is_json) return "'--ignore' prints paths, not JSON";
    if (text_is_given(options->context) && !lists) return "'--context' goes with '--inputs'";
    if (options->is_null_terminated && !filters && !lists) return "'--null' goes with '--ignore' and '--inputs'";
    if (!filters && !lists && options->words.count == 0)
        return "'inspect' needs the name of a file; 'depot-pipeline help inspect' shows how";
    bool has_targets = inspect_targets_wanted(&options->words);
    if (!has_targets &&
        (options->profiles.count > 0 || options->env_files.count > 0 || text_is_given(options->project_directory)))
        return "'--profile', '--env-file' and '--project-directory' go with compose files";
    bool has_platforms = options->settings != NULL && node_find(options->settings, "platforms") != NULL;
    if (has_targets && (text_is_given(options->target) || options->build_arguments.count > 0 || has_platforms))
        return "'--target', '--build-arg' and '--platform' go with Dockerfiles";
    return NULL;
}

int cmd_inspect(struct session *session) {
    const char *why = contradiction(&session->options);
    if (why != NULL) return refuse(session, why);
    if (text_is_given(session->options.ignore_file)) return filter_paths(session);
    if (text_is_given(session->options.inputs_file)) return list_inputs(session);
    return inspect_files(session);
}
