#include "inspect_targets.h"

#include "base/path.h"
#include "docker/bake.h"
#include "files_loose.h"
#include "output.h"
#include "report/bake_json.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define BYTES_OF_TARGET ((size_t)1024) /* that are usual in print */

/* --- which files --- */

static bool is_compose(struct text path) {
    return text_ends(path, ".yml") || text_ends(path, ".yaml");
}

static bool is_bake(struct text path) {
    return text_ends(path, ".hcl") || text_ends(path, ".json");
}

bool inspect_targets_wanted(const struct texts *words) {
    for (size_t i = 0; i < words->count; i++)
        if (is_compose(words->items[i]) || is_bake(words->items[i])) return true;
    return false;
}

struct inspection_files {
    struct text directory; /* of the project, seen from the working directory */
    struct files_under under;
    struct texts compose, bake; /* seen from the project directory */
};

static struct text working_directory(struct arena *arena) {
    char *path = getcwd(NULL, 0);
    struct text text = path == NULL ? TEXT(".") : text_copy(arena, text_from(path));
    free(path);
    return text;
}

/* Seen from the project directory, where that is above it; else from the root of the disk. */
static struct text from_project(struct arena *arena, struct text directory, struct text path) {
    struct text clean = path_clean(arena, path);
    if (path_is_absolute(path) || text_is(directory, ".")) return clean;
    if (path_is_inside(directory, clean) && clean.len > directory.len)
        return text_from_offset(clean, directory.len + 1);
    return path_clean(arena, text_format(arena, "%.*s/%.*s", TEXT_ARG(working_directory(arena)), TEXT_ARG(path)));
}

static struct text project_directory(struct session *session) {
    const struct options *options = &session->options;
    struct arena *arena = session->arena;
    if (text_is_given(options->project_directory))
        return path_clean(arena, files_loose_path(arena, options->chdir, options->project_directory));
    size_t first = 0;
    for (size_t i = options->words.count; i > 0; i--)
        if (is_compose(options->words.items[i - 1])) first = i - 1;
    return path_parent(path_clean(arena, files_loose_path(arena, options->chdir, options->words.items[first])));
}

static bool sort_files(struct session *session, struct inspection_files *out) {
    const struct texts *words = &session->options.words;
    out->directory = project_directory(session);
    files_under_init(&out->under, session->arena, out->directory);
    for (size_t i = 0; i < words->count; i++) {
        struct text path = files_loose_path(session->arena, session->options.chdir, words->items[i]);
        struct texts *list = is_compose(path) ? &out->compose : is_bake(path) ? &out->bake : NULL;
        if (list == NULL) {
            diag_add(&session->diagnostics, DIAG_ERROR, "usage", (struct place){0},
                     "'%.*s' is no compose or bake file by its name: ask for Dockerfiles and for targets apart",
                     TEXT_ARG(words->items[i]));
            return false;
        }
        texts_add(session->arena, list, from_project(session->arena, out->directory, path));
    }
    return true;
}

/* --- variables --- */

/* Those of the environment that may be seen; names of the others are added to `secrets`. */
static void read_environment(struct session *session, struct variables *out, struct texts *secrets) {
    for (const char *const *entry = session->environment.all; *entry != NULL; entry++) {
        struct text pair = text_from(*entry), name = text_first(pair, text_find(pair, '='));
        if (!variables_is_name(name)) continue;
        if (variables_is_secret_name(name)) {
            texts_add(session->arena, secrets, name);
        } else {
            variables_set(session->arena, out, name, text_from_offset(pair, name.len + 1));
        }
    }
}

static const struct source *find_mention(const struct list *sources, struct text name) {
    for (size_t i = 0; i < sources->count; i++)
        if (text_contains(((const struct source *)sources->items[i])->bytes, name)) return sources->items[i];
    return NULL;
}

/* What is unset here only because it may not be seen. */
static void warn_of_secrets(struct session *session, const struct list *sources, const struct texts *secrets) {
    for (size_t i = 0; i < secrets->count; i++) {
        const struct source *source = find_mention(sources, secrets->items[i]);
        if (source != NULL)
            diag_add(&session->diagnostics, DIAG_WARNING, "secret-unset",
                     source_whole(source_create(session->arena, source->path, TEXT(""))),
                     "'%.*s' counts as unset, for its name tells of a secret: its value is never printed",
                     TEXT_ARG(secrets->items[i]));
    }
    for (size_t i = 0; i < session->diagnostics.list.count; i++) {
        struct diagnostic *diagnostic = session->diagnostics.list.items[i];
        if (strcmp(diagnostic->rule, "dotenv-secret") == 0) diagnostic->severity = DIAG_WARNING;
    }
}

/* --- targets --- */

static bool has_profile(const struct options *options, const struct compose_build *build) {
    for (size_t i = 0; i < build->profiles.count; i++)
        if (texts_has(&options->profiles, *(const struct text *)build->profiles.items[i])) return true;
    return build->profiles.count == 0 || texts_has(&options->profiles, TEXT("*"));
}

/* As bake, which knows no profiles, unless some are asked for. */
static void select_profiles(struct session *session, struct compose_model *model) {
    struct list builds = {0};
    if (session->options.profiles.count == 0) return;
    for (size_t i = 0; i < model->builds.count; i++)
        if (has_profile(&session->options, model->builds.items[i]))
            list_add(session->arena, &builds, model->builds.items[i]);
    model->builds = builds;
}

static bool read_compose(struct session *session, struct inspection_files *files, const struct variables *environment,
                         struct bake_model *out) {
    struct compose_request request = {.paths = files->compose,
                                      .directory = TEXT("."),
                                      .variables = environment,
                                      .project = TEXT_INIT("bake"),
                                      .is_local = true};
    struct compose_model *model = arena_alloc(session->arena, sizeof(*model));
    for (size_t i = 0; i < session->options.env_files.count; i++)
        texts_add(session->arena, &request.env_files,
                  from_project(
                      session->arena, files->directory,
                      files_loose_path(session->arena, session->options.chdir, session->options.env_files.items[i])));
    if (!compose_load(session->arena, &files->under.files, &request, &session->diagnostics, model)) return false;
    select_profiles(session, model);
    bool ok = bake_of_compose(session->arena, model, &session->diagnostics, out);
    if (!ok || files->bake.count == 0) return ok; /* what comes over them would see their variables */
    return bake_evaluate(session->arena, out, environment, &session->diagnostics, out);
}

static void warn_of_open_groups(struct session *session, const struct bake_model *model) {
    for (size_t i = 0; i < model->groups.count; i++) {
        const struct bake_group *group = model->groups.items[i];
        for (size_t j = 0; j < group->open.count; j++) {
            const struct bake_open *open = group->open.items[j];
            struct text words = bake_open_message(session->arena, open);
            diag_add(&session->diagnostics, DIAG_WARNING, "bake-open", open->place,
                     "group '%.*s': %.*s, which is left to 'depot bake'", TEXT_ARG(group->name), TEXT_ARG(words));
        }
    }
}

static void warn_of_open(struct session *session, const struct bake_model *model) {
    warn_of_open_groups(session, model);
    for (size_t i = 0; i < model->targets.count; i++) {
        const struct bake_target *target = model->targets.items[i];
        for (size_t j = 0; j < target->open.count; j++) {
            const struct bake_open *open = target->open.items[j];
            struct text words = bake_open_message(session->arena, open);
            diag_add(&session->diagnostics, DIAG_WARNING, "bake-open", open->place,
                     "target '%.*s': %.*s, which is left to 'depot bake'", TEXT_ARG(target->name), TEXT_ARG(words));
        }
    }
}

static bool complain_of_nothing(struct session *session, const struct list *sources) {
    struct place place = {0};
    if (sources->count > 0) place = source_whole(sources->items[0]);
    diag_add(&session->diagnostics, DIAG_ERROR, "bake-invalid", place,
             "there is no target 'default': nothing here is built");
    return false;
}

/*
 * Compose files first, then bake files over them: so bake reads them. Targets of compose files have the variables of `.env`
 * with them; bake files know the environment alone.
 */
static bool read_targets(struct session *session, struct inspection_files *files, struct bake_model *out) {
    struct variables *environment = arena_alloc(session->arena, sizeof(*environment));
    struct bake_model targets = {0}, over = {0};
    struct texts secrets = {0};
    read_environment(session, environment, &secrets);
    bool ok = (files->compose.count == 0 || read_compose(session, files, environment, &targets)) &&
              (files->bake.count == 0 ||
               bake_read(session->arena, &files->under.files, &files->bake, &session->diagnostics, &over));
    warn_of_secrets(session, &files->under.sources, &secrets);
    if (!ok || diag_has_errors(&session->diagnostics)) return false;
    bake_merge(session->arena, &targets, &over, &targets);
    struct texts names = {0};
    if (targets.targets.count + targets.groups.count == 0) return complain_of_nothing(session, &files->under.sources);
    if (!bake_resolve(session->arena, &targets, &names, environment, &session->diagnostics, &targets)) return false;
    warn_of_open(session, &targets);
    return bake_evaluate(session->arena, &targets, environment, &session->diagnostics, out);
}

/* What was asked for could not be read, or it is not right. */
static enum status failure_of(const struct session *session) {
    for (size_t i = 0; i < session->diagnostics.list.count; i++) {
        const struct diagnostic *diagnostic = session->diagnostics.list.items[i];
        bool is_unreadable = text_ends(text_from(diagnostic->rule), "-unreadable");
        bool was_asked_for = diagnostic->place.line == 0; /* and not named by a file */
        if (is_unreadable && was_asked_for && diagnostic->severity == DIAG_ERROR) return STATUS_SYSTEM;
    }
    return STATUS_FINDINGS;
}

static bool is_directory(struct session *session, struct text path) {
    struct stat status;
    if (stat(text_string(session->arena, path), &status) == 0 && S_ISDIR(status.st_mode)) return true;
    diag_add(&session->diagnostics, DIAG_ERROR, "unreadable-file", (struct place){0},
             "the project directory '%.*s' is no directory", TEXT_ARG(path));
    return false;
}

/* The tree of a large compose file is forgotten before its targets are made: they may have its pages, already paid for. */
static void keep_pages(void) {
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, 64 * 1024 * 1024);
    (void)mallopt(M_TRIM_THRESHOLD, 256 * 1024 * 1024);
#endif
}

enum status inspect_targets(struct session *session) {
    struct inspection_files files = {0};
    struct bake_model targets;
    struct buffer buffer = buffer_in(session->arena);
    keep_pages();
    if (!sort_files(session, &files)) return STATUS_USAGE;
    if (!is_directory(session, files.directory)) return STATUS_SYSTEM;
    if (!read_targets(session, &files, &targets)) return failure_of(session);
    buffer_reserve(&buffer, targets.targets.count * BYTES_OF_TARGET);
    bake_json_write(&buffer, &targets);
    return output_write_text(session, buffer_text(&buffer)) ? STATUS_OK : STATUS_SYSTEM;
}
