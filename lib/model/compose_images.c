#include "model/compose_images.h"

#include "base/buffer.h"
#include "base/path.h"
#include "docker/bake.h"
#include "docker/dotenv.h"
#include "model/compose_files.h"
#include "model/duplicates.h"
#include "model/exclude.h"
#include "model/names.h"

#define OTHERS_SHOWN 5

static void add_service(struct scanner *scanner, struct image *image, const struct compose_build *build) {
    struct image_service *service = arena_alloc(scanner->arena, sizeof(*service));
    *service = (struct image_service){.name = build->service, .place = build->place};
    list_add(scanner->arena, &image->services, service);
    for (size_t i = 0; i < build->tags.count; i++)
        list_add(scanner->arena, &image->declared_tags, build->tags.items[i]);
}

/* The name that BuildKit would find: a missing "Dockerfile" is also looked for in small letters. */
static struct text existing_dockerfile(struct scanner *scanner, struct text path) {
    struct text directory = path_parent(path);
    struct text lower = path_join(scanner->arena, directory, TEXT("dockerfile"));
    bool looks_further = text_is(path_name(path), "Dockerfile") && map_has(&scanner->found.dockerfiles, lower) &&
                         !map_has(&scanner->found.dockerfiles, path);
    return looks_further ? lower : path;
}

static void read_dockerfile(struct scanner *scanner, struct image *image) {
    const struct compose_build *build = image->build;
    if (text_is_given(build->dockerfile_inline)) scanner_read_inline(scanner, image, build->dockerfile_inline);
    if (!text_is_given(image->dockerfile)) return;
    if (scanner_is_foreign(scanner, image->dockerfile)) return;
    struct arena_mark mark = arena_mark(&scanner->scratch);
    struct build_choice choice = image_choice(&scanner->scratch, image);
    struct dockerfile_reading reading = {0};
    scanner_read_dockerfile(scanner, image, &choice, &reading);
    arena_release(&scanner->scratch, mark);
    for (size_t i = 0; image_is_broken(image) && i < image->problems.list.count; i++) {
        struct diagnostic *problem = image->problems.list.items[i];
        if (problem->severity == DIAG_ERROR && !text_is_given(problem->second_message))
            diag_second(&image->problems, problem, build->place, "a service builds it here");
    }
}

static bool has_build(const struct compose_model *model, struct text service) {
    for (size_t i = 0; i < model->builds.count; i++)
        if (text_equal(((const struct compose_build *)model->builds.items[i])->service, service)) return true;
    return false;
}

static void refuse_unsupported(const struct compose_model *model, struct image *image) {
    const struct compose_build *build = image->build;
    struct text doubt = text_is_given(build->doubt) ? build->doubt : TEXT("");
    if (!build->is_understood)
        diag_add(&image->problems, DIAG_ERROR, "compose-not-understood", build->place,
                 "the service '%.*s' cannot be built from what is known here%s%.*s: leave the file out by 'discovery: "
                 "exclude:' in the settings and build it in a step of your own",
                 TEXT_ARG(build->service), doubt.len > 0 ? ", for " : "", TEXT_ARG(doubt));
    for (size_t i = 0; i < build->contexts.count; i++) {
        const struct compose_pair *pair = build->contexts.items[i];
        const struct value_piece *first = pair->value.pieces.count == 0 ? NULL : pair->value.pieces.items[0];
        if (first == NULL || first->is_reference || !text_starts(first->text, "service:")) continue;
        if (!has_build(model, text_from_offset(first->text, 8)))
            diag_add(&image->problems, DIAG_ERROR, "compose-not-understood", pair->place,
                     "this context is the image of a service without 'build', which is not understood yet");
    }
}

struct missing_env_file {
    const struct compose_build *build;
    struct text path;
};

/* The first of the model, which is looked for once. */
static void find_missing_env_file(struct scanner *scanner, const struct compose_model *model) {
    struct missing_env_file *missing = NULL;
    const struct compose_model **key = arena_alloc(scanner->arena, sizeof(struct compose_model *));
    *key = model;
    for (size_t i = 0; i < model->builds.count && missing == NULL; i++) {
        const struct compose_build *build = model->builds.items[i];
        for (size_t j = 0; build->extras != NULL && j < build->extras->env_files.count && missing == NULL; j++) {
            struct text path = build->extras->env_files.items[j];
            const struct source *source;
            struct arena_mark mark = arena_mark(&scanner->scratch);
            enum files_status status =
                files_read(scanner->request->files, &scanner->scratch, path, DOTENV_SIZE_LIMIT, &source);
            arena_release(&scanner->scratch, mark);
            if (status != FILES_MISSING) continue;
            missing = arena_alloc(scanner->arena, sizeof(*missing));
            *missing = (struct missing_env_file){.build = build, .path = path};
        }
    }
    map_set(scanner->arena, &scanner->env_files, text_of((const char *)key, sizeof(*key)), missing);
}

/* Whoever builds the file itself has it read whole, with the files of variables of every service. */
static void check_env_files(struct scanner *scanner, const struct compose_model *model, struct image *image) {
    if (image->settings->build.builder != BUILDER_BAKE) return;
    const struct text key = text_of((const char *)&model, sizeof(model));
    if (!map_has(&scanner->env_files, key)) find_missing_env_file(scanner, model);
    const struct missing_env_file *missing = map_find(&scanner->env_files, key);
    if (missing == NULL) return;
    struct text shown = text_printable(scanner->arena, missing->path);
    diag_add(&image->problems, DIAG_WARNING, "builder-refuses", missing->build->place,
             "'depot bake' refuses the whole file, for '%.*s', an 'env_file' of the service '%.*s', is not in the "
             "repository",
             TEXT_ARG(shown), TEXT_ARG(missing->build->service));
}

static struct image *add_build(struct scanner *scanner, const struct compose_model *model,
                               const struct compose_build *build) {
    struct text path = text_is_given(build->dockerfile) ? build->dockerfile : model->source->path;
    struct text name = names_of_service(scanner->arena, model->directory, build->service);
    struct image *image = scanner_new_image(scanner, name, model->is_bake ? NAME_TARGET : NAME_SERVICE, path, build);
    list_add(scanner->arena, &scanner->workspace->images, image);
    image->place = build->place;
    image->compose = model;
    image->variables = build->variables;
    bool is_set = image->settings->context.node != NULL;
    image->context = is_set ? path_clean(scanner->arena, image->settings->context.text) : build->context;
    image->context_origin = is_set ? CONTEXT_SETTINGS : CONTEXT_DECLARED;
    image->context_reason = is_set ? TEXT("the settings say so")
                                   : text_concat(scanner->arena, TEXT("declared in "), build->place.source->path);
    image->target = image->settings->target.node != NULL ? image->settings->target.text : build->target;
    add_service(scanner, image, build);
    if (text_is_given(build->dockerfile)) {
        image->dockerfile = existing_dockerfile(scanner, build->dockerfile);
        map_set(scanner->arena, &scanner->declared, image->dockerfile, image);
    }
    if (build->is_linked) image->doubt = TEXT("it is there only for other targets to be built from");
    refuse_unsupported(model, image);
    check_env_files(scanner, model, image);
    if (!image_is_broken(image)) read_dockerfile(scanner, image);
    return image;
}

static struct text profile_reason(struct scanner *scanner, const struct compose_build *build) {
    const struct text *profile = build->profiles.items[0];
    return text_format(scanner->arena, "the service '%.*s' is in the profile '%.*s'", TEXT_ARG(build->service),
                       TEXT_ARG(*profile));
}

/*
 * `seen`: fingerprint → image of the builds before this one; it lives in `scratch`. Of builds that only bake knows nobody can tell here
 * that they are the same.
 */
static void add_or_join(struct scanner *scanner, const struct compose_model *model, const struct compose_build *build,
                        struct arena *scratch, struct map *seen) {
    if (text_is_given(build->needs_bake)) {
        add_build(scanner, model, build);
        return;
    }
    struct text fingerprint = duplicates_fingerprint(scratch, build);
    struct image *same = build->is_understood ? map_find(seen, fingerprint) : NULL;
    if (same != NULL) {
        add_service(scanner, same, build);
    } else {
        map_set(scratch, seen, fingerprint, add_build(scanner, model, build));
    }
}

/* Settings that leave out a Dockerfile mean it also where a service builds it. */
static const struct left_out *find_excluded(struct scanner *scanner, const struct compose_build *build) {
    if (!text_is_given(build->dockerfile)) return NULL;
    const struct left_out *left_out =
        exclude_by_settings(scanner->arena, &scanner->workspace->layers.settings, build->dockerfile);
    if (left_out != NULL) map_set(scanner->arena, &scanner->declared, build->dockerfile, NULL);
    return left_out;
}

static bool names_profile(const struct compose_build *build, struct text profile) {
    for (size_t i = 0; i < build->profiles.count; i++)
        if (text_equal(*(const struct text *)build->profiles.items[i], profile)) return true;
    return text_is(profile, "*");
}

/* A service without profiles is, and one of a profile that the settings or the `.env` of its project name. */
static bool is_active(const struct scanner *scanner, const struct compose_model *model,
                      const struct compose_build *build) {
    const struct list *set = &scanner->workspace->layers.settings.discovery.profiles;
    const struct text *named = variables_find(model->variables, TEXT("COMPOSE_PROFILES"));
    struct text rest = named == NULL ? TEXT("") : *named, profile;
    if (build->profiles.count == 0) return true;
    for (size_t i = 0; i < set->count; i++)
        if (names_profile(build, ((const struct record_text_value *)set->items[i])->text)) return true;
    while (rest.len > 0 && text_next(&rest, ',', &profile))
        if (names_profile(build, text_trim(profile))) return true;
    return false;
}

static bool is_built_without_profile(struct scanner *scanner, const struct compose_build *build) {
    const struct image *by = text_is_given(build->dockerfile)
                                 ? map_find(&scanner->declared, existing_dockerfile(scanner, build->dockerfile))
                                 : NULL;
    return by != NULL && is_active(scanner, by->compose, by->build);
}

/* Another target is built from this one, so it is needed as it is. */
static bool is_needed(const struct compose_model *model, struct text service) {
    for (size_t i = 0; i < model->builds.count; i++) {
        const struct list *contexts = &((const struct compose_build *)model->builds.items[i])->contexts;
        for (size_t j = 0; j < contexts->count; j++) {
            const struct value *value = &((const struct compose_pair *)contexts->items[j])->value;
            const struct value_piece *first = value->pieces.count == 0 ? NULL : value->pieces.items[0];
            bool is_service = first != NULL && !first->is_reference && text_starts(first->text, "service:");
            if (is_service && text_equal(text_from_offset(first->text, 8), service)) return true;
        }
    }
    return false;
}

/* Who builds it already, of another model than this: the same stage of the same Dockerfile in the same context. */
static const struct image *find_builder(struct scanner *scanner, const struct compose_model *model,
                                        const struct compose_build *build) {
    if (!text_is_given(build->dockerfile)) return NULL;
    const struct image *by = map_find(&scanner->declared, existing_dockerfile(scanner, build->dockerfile));
    if (by == NULL || by->compose == model || by->build == NULL || is_needed(model, build->service)) return NULL;
    return text_equal(by->context, build->context) && text_equal(by->target, build->target) ? by : NULL;
}

/*
 * The order in which models have their say:
 *
 *   services    that are active are what `docker compose build` builds
 *   profiles    others stand back where a service builds their Dockerfile; else the Dockerfile would be nobody's, and its
 *               service says best how it is built
 *   targets     of bake files stand back where a service builds the same stage of their Dockerfile
 */
enum turn { TURN_SERVICES, TURN_PROFILES, TURN_TARGETS };

/* Why it is not built: another one builds its Dockerfile. NULL when none does. */
static const struct left_out *find_obstacle(struct scanner *scanner, const struct compose_file *file,
                                            const struct compose_build *build, enum turn turn) {
    const struct image *by = turn == TURN_TARGETS ? find_builder(scanner, &file->model, build) : NULL;
    if (by != NULL) {
        struct text reason =
            text_format(scanner->arena, "the service '%.*s' builds the Dockerfile of the target '%.*s'",
                        TEXT_ARG(by->build->service), TEXT_ARG(build->service));
        return exclude_because(scanner->arena, file->path, "bake-target", reason);
    }
    if (turn != TURN_PROFILES || !is_built_without_profile(scanner, build)) return NULL;
    struct text reason = profile_reason(scanner, build);
    return exclude_because(scanner->arena, file->path, "profile", reason);
}

static bool has_turn(const struct scanner *scanner, const struct compose_file *file, const struct compose_build *build,
                     enum turn turn) {
    if (file->is_bake) return turn == TURN_TARGETS;
    return turn == (is_active(scanner, &file->model, build) ? TURN_SERVICES : TURN_PROFILES);
}

static void add_model(struct scanner *scanner, const struct compose_file *file, enum turn turn) {
    const struct compose_model *model = &file->model;
    struct map seen = {0};
    struct arena scratch;
    arena_init(&scratch);
    for (size_t i = 0; i < model->builds.count; i++) {
        const struct compose_build *build = model->builds.items[i];
        if (!has_turn(scanner, file, build, turn)) continue;
        const struct left_out *left_out = find_excluded(scanner, build);
        if (left_out == NULL) left_out = find_obstacle(scanner, file, build, turn);
        if (left_out != NULL) {
            scanner_leave_out(scanner, left_out);
        } else {
            add_or_join(scanner, model, build, &scratch, &seen);
        }
    }
    arena_finish(&scratch);
}

/* Targets that a call of bake without names does not build, in one word. */
static void leave_out_others(struct scanner *scanner, const struct compose_file *file) {
    struct buffer names = buffer_in(scanner->arena);
    size_t shown = file->others.count > OTHERS_SHOWN + 1 ? OTHERS_SHOWN : file->others.count;
    for (size_t i = 0; i < shown; i++) {
        const struct bake_target *target = file->others.items[i];
        struct text name = text_printable(scanner->arena, target->name);
        buffer_format(&names, "%s'%.*s'", i == 0 ? "" : ", ", TEXT_ARG(name));
    }
    if (shown < file->others.count) buffer_format(&names, " and %zu more", file->others.count - shown);
    if (shown == 0) return;
    struct text list = buffer_text(&names);
    struct text reason = text_format(scanner->arena, "%s %.*s: not in the group 'default'",
                                     shown == 1 ? "the target" : "the targets", TEXT_ARG(list));
    scanner_leave_out(scanner, exclude_because(scanner->arena, file->path, "bake-target", reason));
}

static bool has_template_marks(const struct diagnostics *problems) {
    for (size_t i = 0; i < problems->list.count; i++) {
        const struct diagnostic *problem = problems->list.items[i];
        if (problem->place.source != NULL && exclude_is_template(problem->place.source->bytes)) return true;
    }
    return false;
}

/* One broken file harms one image: here the image is the file. */
static void add_broken_file(struct scanner *scanner, struct text path, const struct diagnostics *problems) {
    if (has_template_marks(problems)) {
        scanner_leave_out(scanner, exclude_because(scanner->arena, path, "template",
                                                   TEXT("it is not a compose file yet: it has template marks")));
        return;
    }
    struct image *image = scanner_new_image(scanner, names_of_file(scanner->arena, path), NAME_FILE, path, NULL);
    list_add(scanner->arena, &scanner->workspace->images, image);
    image->place = source_whole(source_create(scanner->arena, path, TEXT("")));
    image->context = path_parent(path);
    image->problems = *problems;
    texts_add(scanner->arena, &scanner->unreadable, path);
}

/* A part of another model has that model's directory and variables; read alone it would mean something else. */
static struct map find_included(struct scanner *scanner, const struct list *files) {
    struct map included = {0};
    for (size_t i = 0; i < files->count; i++) {
        struct compose_file *loaded = files->items[i];
        for (size_t j = 0; j < loaded->model.includes.count; j++)
            map_set(scanner->arena, &included, loaded->model.includes.items[j], loaded);
    }
    return included;
}

/* False when the file's builds are not to be used: it is part of another, or broken. */
static bool use_file(struct scanner *scanner, const struct compose_file *loaded, const struct compose_file *includer) {
    if (includer != NULL && includer != loaded) {
        struct text reason = text_format(scanner->arena, "%.*s includes it", TEXT_ARG(includer->path));
        scanner_leave_out(scanner, exclude_because(scanner->arena, loaded->path, "included", reason));
        return false;
    }
    if (!loaded->ok) {
        add_broken_file(scanner, loaded->path, &loaded->problems);
        return false;
    }
    for (size_t i = 0; i < loaded->problems.list.count; i++)
        list_add(scanner->arena, &scanner->diagnostics->list, loaded->problems.list.items[i]);
    struct text *read = arena_alloc(scanner->arena, sizeof(*read));
    *read = loaded->path;
    list_add(scanner->arena, &scanner->workspace->compose_files, read);
    return true;
}

/* From the end, for the other thread comes from the beginning. */
static void help_reading(struct scanner *scanner, const struct list *files) {
    for (size_t i = files->count; i > 0; i--) {
        const struct compose_file *loaded = files->items[i - 1];
        for (size_t j = loaded->ok ? loaded->model.builds.count : 0; j > 0; j--) {
            const struct compose_build *build = loaded->model.builds.items[j - 1];
            if (text_is_given(build->dockerfile)) read_ahead_help(&scanner->ahead, build->dockerfile);
        }
    }
}

void compose_images_add(struct scanner *scanner) {
    struct list files = {0}, used = {0};
    compose_files_load(scanner, &files);
    help_reading(scanner, &files);
    read_ahead_join(&scanner->ahead);
    struct map included = find_included(scanner, &files);
    for (size_t i = 0; i < files.count; i++) {
        struct compose_file *loaded = files.items[i];
        if (use_file(scanner, loaded, map_find(&included, loaded->path))) list_add(scanner->arena, &used, loaded);
    }
    for (enum turn turn = TURN_SERVICES; turn <= TURN_TARGETS; turn++)
        for (size_t i = 0; i < used.count; i++)
            add_model(scanner, used.items[i], turn);
    for (size_t i = 0; i < used.count; i++)
        leave_out_others(scanner, used.items[i]);
}
