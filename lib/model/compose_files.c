#include "model/compose_files.h"

#include "base/path.h"
#include "docker/bake_builds.h"
#include "docker/dotenv.h"
#include "model/exclude.h"

/* ---- what compose files may read ---- */

/* The files of the repository, but for a `.env` that is not in the list of paths. What is read is remembered: it declares images. */
struct files_listed {
    struct files files;
    struct scanner *scanner;
};

static enum files_status read_listed(struct files *self, struct arena *arena, struct text path, size_t limit,
                                     const struct source **out) {
    struct scanner *scanner = ((struct files_listed *)self)->scanner; /* `files` is its first member */
    bool is_unlisted = (text_is(path_name(path), ".env") && !map_has(&scanner->found.dotenv, path)) ||
                       map_has(&scanner->unlisted, path);
    struct map *parts = &scanner->workspace->compose_parts;
    if (is_unlisted) return FILES_MISSING;
    enum files_status status = files_read(scanner->request->files, arena, path, limit, out);
    if (!map_has(parts, path))
        map_set(scanner->arena, parts, text_copy(scanner->arena, path), status == FILES_OK ? scanner : NULL);
    return status;
}

/* ---- one model ---- */

static void leave_out(struct scanner *scanner, struct text path, const char *rule, struct text reason) {
    scanner_leave_out(scanner, exclude_because(scanner->arena, path, rule, reason));
}

/* NULL when it is left out. */
static struct compose_file *create(struct scanner *scanner, struct text path) {
    const struct left_out *left_out = exclude_find(scanner->arena, &scanner->workspace->layers.settings, path);
    if (left_out != NULL) {
        scanner_leave_out(scanner, left_out);
        return NULL;
    }
    struct compose_file *file = arena_alloc(scanner->arena, sizeof(*file));
    file->path = path;
    file->problems = diag_in(scanner->arena);
    return file;
}

static void load(struct scanner *scanner, const struct compose_request *request, struct list *out) {
    struct files_listed files = {.files = {.read = read_listed}, .scanner = scanner};
    struct compose_file *file = create(scanner, request->paths.items[0]);
    struct compose_request named = *request;
    if (file == NULL) return;
    named.project = compose_project_name(scanner->arena, scanner->workspace->name);
    file->ok = compose_load(scanner->arena, &files.files, &named, &file->problems, &file->model);
    list_add(scanner->arena, out, file);
}

/* The parts of a list as COMPOSE_FILE has it, seen from a directory. False when one leads out of the repository. */
static bool split(struct arena *arena, struct text directory, struct text words, struct text separator,
                  struct texts *out) {
    while (words.len > 0) {
        size_t at = 0;
        while (at + separator.len <= words.len && !text_has_prefix(text_from_offset(words, at), separator))
            at++;
        bool is_last = at + separator.len > words.len;
        struct text part = text_trim(is_last ? words : text_first(words, at));
        struct text path = path_join(arena, directory, part);
        words = is_last ? TEXT("") : text_from_offset(words, at + separator.len);
        if (part.len == 0) continue;
        if (path_is_absolute(part) || path_escapes(path)) return false;
        texts_add(arena, out, path);
    }
    return out->count > 0;
}

/* ---- those of a directory ---- */

/* Is it one of several files that the settings make a model of? They know better how it is used than its name does. */
static bool is_joined(const struct scanner *scanner, struct text path) {
    const struct list *named = &scanner->workspace->layers.settings.discovery.compose;
    for (size_t i = 0; i < named->count; i++) {
        struct texts paths = {0};
        struct text words = ((const struct record_text_value *)named->items[i])->text;
        if (!split(scanner->arena, TEXT("."), words, TEXT(":"), &paths)) continue;
        if (paths.count > 1 && texts_has(&paths, path)) return true;
    }
    return false;
}

static struct text first_present(struct scanner *scanner, struct text directory, const char *const *names) {
    for (size_t i = 0; names[i] != NULL; i++) {
        struct text path = path_join(scanner->arena, directory, text_from(names[i]));
        if (map_has(&scanner->found.compose, path)) return path;
    }
    return (struct text){0};
}

/* What `.env` of the directory says about files; it is loaded for good with the model. */
static void read_variables(struct scanner *scanner, struct text directory, struct variables *out) {
    struct text path = path_join(scanner->arena, directory, TEXT(".env"));
    struct diagnostics unheard = diag_in(scanner->arena);
    const struct source *source;
    struct variables variables = {0};
    if (!map_has(&scanner->found.dotenv, path)) return;
    if (files_read(scanner->request->files, scanner->arena, path, DOTENV_SIZE_LIMIT, &source) != FILES_OK) return;
    if (!text_contains(source->bytes, TEXT("COMPOSE_FILE"))) return;
    if (dotenv_parse(scanner->arena, source, &unheard, &variables)) *out = variables;
}

/* True when `.env` of the directory names the files of its model. */
static bool load_named_by_variables(struct scanner *scanner, struct text directory, struct list *out) {
    struct variables *variables = arena_alloc(scanner->arena, sizeof(*variables));
    struct compose_request request = {.variables = variables};
    read_variables(scanner, directory, variables);
    const struct text *files = variables_find(variables, TEXT("COMPOSE_FILE"));
    const struct text *separator = variables_find(variables, TEXT("COMPOSE_PATH_SEPARATOR"));
    if (files == NULL || files->len == 0) return false;
    struct text mark = separator == NULL || separator->len == 0 ? TEXT(":") : *separator;
    if (!split(scanner->arena, directory, *files, mark, &request.paths)) return false;
    load(scanner, &request, out);
    return true;
}

static void load_default(struct scanner *scanner, struct text base, struct text override, struct list *out) {
    struct compose_request request = {0};
    texts_add(scanner->arena, &request.paths, base);
    if (text_is_given(override)) texts_add(scanner->arena, &request.paths, override);
    load(scanner, &request, out);
}

static bool is_override(struct text path) {
    for (size_t i = 0; compose_override_names[i] != NULL; i++)
        if (text_is(path_name(path), compose_override_names[i])) return true;
    return false;
}

/* Files with a default name that docker compose passes over. */
static void explain_unused(struct scanner *scanner, struct text path, struct text base, struct text override) {
    struct text used = is_override(path) ? override : base;
    if (!text_is_given(base)) {
        leave_out(scanner, path, "overlay",
                  TEXT("it is an overlay, and no compose file with a default name stands beside it"));
    } else if (!text_equal(path, base) && !text_equal(path, override)) {
        leave_out(scanner, path, "second-compose-file",
                  text_format(scanner->arena, "docker compose takes %.*s, which stands beside it", TEXT_ARG(used)));
    }
}

static void load_directory(struct scanner *scanner, struct text directory, const struct texts *paths,
                           struct list *out) {
    struct text base = first_present(scanner, directory, compose_file_names);
    struct text override = first_present(scanner, directory, compose_override_names);
    size_t before = out->count;
    if (load_named_by_variables(scanner, directory, out)) {
        const struct compose_file *file = out->count > before ? out->items[before] : NULL;
        for (size_t i = 0; file != NULL && i < paths->count; i++)
            if (!texts_has(&file->model.paths, paths->items[i]))
                leave_out(scanner, paths->items[i], "second-compose-file", TEXT("COMPOSE_FILE in '.env' names others"));
        return;
    }
    if (text_is_given(base) && !is_joined(scanner, base)) load_default(scanner, base, override, out);
    for (size_t i = 0; i < paths->count; i++)
        explain_unused(scanner, paths->items[i], base, override);
}

/* ---- all ---- */

static bool is_used(const struct list *files, struct text path) {
    for (size_t i = 0; i < files->count; i++) {
        const struct compose_file *file = files->items[i];
        if (text_equal(file->path, path)) return true;
    }
    return false;
}

/* A file that is not there was asked for. */
static void say_who_names_it(struct compose_file *file, const struct node *node) {
    for (size_t i = 0; i < file->problems.list.count; i++) {
        struct diagnostic *problem = file->problems.list.items[i];
        if (strcmp(problem->rule, "compose-unreadable") == 0 && !text_is_given(problem->second_message))
            diag_second(&file->problems, problem, node_place(node), "the settings name it");
    }
}

/* Files that the settings name beside those with a default name; each, or each list of them, is a model of its own. */
static void load_named(struct scanner *scanner, struct list *out) {
    const struct list *named = &scanner->workspace->layers.settings.discovery.compose;
    for (size_t i = 0; i < named->count; i++) {
        const struct record_text_value *value = named->items[i];
        struct compose_request request = {0};
        if (!split(scanner->arena, TEXT("."), value->text, TEXT(":"), &request.paths)) {
            struct text shown = text_printable(scanner->arena, value->text);
            diag_add(scanner->diagnostics, DIAG_ERROR, "settings-compose", node_place(value->node),
                     "'%.*s' names no file of the repository", TEXT_ARG(shown));
            scanner->settings_failed = true;
        } else if (!is_used(out, request.paths.items[0])) {
            size_t before = out->count;
            load(scanner, &request, out);
            if (out->count > before) say_who_names_it(out->items[before], value->node);
        }
    }
}

/* Directories with compose files, or with a `.env` that may name some, each with its files. */
static struct map group(struct scanner *scanner) {
    struct map directories = {0};
    const struct map *sources[] = {&scanner->found.compose, &scanner->found.dotenv};
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < sources[i]->count; j++) {
            struct text path = sources[i]->entries[j].key, directory = path_parent(path);
            struct texts *paths = map_find(&directories, directory);
            if (paths == NULL) {
                paths = arena_alloc(scanner->arena, sizeof(*paths));
                map_set(scanner->arena, &directories, directory, paths);
            }
            if (i == 0 && !is_joined(scanner, path)) texts_add(scanner->arena, paths, path);
        }
    return directories;
}

/* The bake files of a directory, in the order in which bake reads them. */
static void load_bake(struct scanner *scanner, struct text directory, struct list *out) {
    struct files_listed files = {.files = {.read = read_listed}, .scanner = scanner};
    struct bake_builds builds;
    struct texts paths = {0};
    for (size_t i = 0; bake_file_names[i] != NULL; i++) {
        struct text path = path_join(scanner->arena, directory, text_from(bake_file_names[i]));
        if (map_has(&scanner->found.bake, path)) texts_add(scanner->arena, &paths, path);
    }
    struct compose_file *file = create(scanner, paths.items[0]);
    if (file == NULL) return;
    file->is_bake = true;
    file->ok = bake_builds(scanner->arena, &files.files, &paths, &file->problems, &builds);
    if (file->ok) file->model = builds.model;
    if (file->ok) file->others = builds.others;
    list_add(scanner->arena, out, file);
}

static void load_all_bake(struct scanner *scanner, struct list *out) {
    struct map directories = {0};
    for (size_t i = 0; i < scanner->found.bake.count; i++) {
        struct text directory = path_parent(scanner->found.bake.entries[i].key);
        if (map_has(&directories, directory)) continue;
        map_set(scanner->arena, &directories, directory, out);
        load_bake(scanner, directory, out);
    }
}

static void load_all(struct scanner *scanner, const struct map *directories, struct list *out) {
    for (size_t i = 0; i < directories->count; i++)
        load_directory(scanner, directories->entries[i].key, directories->entries[i].value, out);
    load_named(scanner, out);
    load_all_bake(scanner, out);
}

/* ---- what is not in the list of paths ---- */

static bool is_listed(const struct scanner *scanner, struct text path) {
    return map_has(&scanner->found.compose, path) || map_has(&scanner->found.bake, path) ||
           map_has(&scanner->found.dotenv, path);
}

/* Files with other names were found on disk, where some may be that git does not know. True when there are such. */
static bool find_unlisted(struct scanner *scanner) {
    const struct map *parts = &scanner->workspace->compose_parts;
    struct list questions = {0};
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->entries[i].value == NULL || is_listed(scanner, parts->entries[i].key)) continue;
        struct path_question *question = arena_alloc(scanner->arena, sizeof(*question));
        *question = (struct path_question){.path = parts->entries[i].key};
        list_add(scanner->arena, &questions, question);
    }
    if (questions.count == 0 || !paths_answer(scanner->request->paths, &questions, scanner->diagnostics)) return false;
    for (size_t i = 0; i < questions.count; i++) {
        struct path_question *question = questions.items[i];
        if (!question->found) map_set(scanner->arena, &scanner->unlisted, question->path, question);
    }
    return scanner->unlisted.count > 0;
}

/* Where such a file was read all are loaded again without it, as in CI. */
void compose_files_load(struct scanner *scanner, struct list *out) {
    struct map directories = group(scanner);
    size_t left_out = scanner->workspace->left_out.count, problems = scanner->diagnostics->list.count;
    load_all(scanner, &directories, out);
    if (!find_unlisted(scanner)) return;
    scanner->workspace->left_out.count = left_out;
    scanner->diagnostics->list.count = problems;
    out->count = 0;
    load_all(scanner, &directories, out);
}
