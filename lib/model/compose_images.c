#include "model/compose_images.h"

#include "base/path.h"
#include "model/duplicates.h"
#include "model/exclude.h"
#include "model/names.h"

static struct text first_present(struct scanner *scanner, struct text directory, const char *const *names) {
    for (size_t i = 0; names[i] != NULL; i++) {
        struct text path = path_join(scanner->arena, directory, text_from(names[i]));
        if (map_has(&scanner->found.compose, path)) return path;
    }
    return (struct text){0};
}

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

/* What the service decides about a build: NULL stands for a value that is known only when the step runs. */
static struct build_choice choice_of(struct scanner *scanner, const struct image *image) {
    struct build_choice choice = {.target = image->target};
    for (size_t i = 0; i < image->build->arguments.count; i++) {
        const struct compose_argument *argument = image->build->arguments.items[i];
        struct text *value = NULL;
        if (!argument->from_environment && value_is_literal(&argument->value)) {
            value = arena_alloc(scanner->arena, sizeof(*value));
            *value = value_text(scanner->arena, &argument->value);
        }
        map_set(scanner->arena, &choice.arguments, argument->name, value);
    }
    for (size_t i = 0; i < image->build->contexts.count; i++) {
        struct compose_pair *pair = image->build->contexts.items[i];
        map_set(scanner->arena, &choice.contexts, pair->name, pair);
    }
    return choice;
}

static void read_dockerfile(struct scanner *scanner, struct image *image) {
    const struct compose_build *build = image->build;
    if (!text_is_given(build->dockerfile)) return;
    image->dockerfile = existing_dockerfile(scanner, build->dockerfile);
    map_set(scanner->arena, &scanner->declared, image->dockerfile, image);
    if (scanner_is_foreign(scanner, image->dockerfile)) return;
    struct build_choice choice = choice_of(scanner, image);
    struct dockerfile_reading reading;
    scanner_read_dockerfile(scanner, image, &choice, &reading);
    if (image_is_broken(image))
        diag_add(&image->problems, DIAG_NOTE, "declared-here", build->place, "the service '%.*s' builds it",
                 TEXT_ARG(build->service));
}

static void refuse_unsupported(struct image *image) {
    const struct compose_build *build = image->build;
    if (!build->is_understood)
        diag_add(&image->problems, DIAG_ERROR, "compose-not-understood", build->place,
                 "the service '%.*s' uses what is not understood yet, and nothing is guessed: leave the file out by "
                 "'discovery: exclude:' in the settings and build it in a step of your own",
                 TEXT_ARG(build->service));
    for (size_t i = 0; i < build->contexts.count; i++) {
        const struct compose_pair *pair = build->contexts.items[i];
        const struct value_piece *first = pair->value.pieces.count == 0 ? NULL : pair->value.pieces.items[0];
        if (first != NULL && !first->is_reference && text_starts(first->text, "service:"))
            diag_add(&image->problems, DIAG_ERROR, "compose-not-understood", pair->place,
                     "a context that is another service's image is not understood yet");
    }
}

static void add_build(struct scanner *scanner, const struct compose_model *model, const struct compose_build *build) {
    struct text path = text_is_given(build->dockerfile) ? build->dockerfile : model->source->path;
    struct text name = names_of_service(scanner->arena, model->directory, build->service);
    struct image *image = scanner_new_image(scanner, name, NAME_SERVICE, path, build);
    list_add(scanner->arena, &scanner->workspace->images, image);
    image->place = build->place;
    image->compose_directory = model->directory;
    image->variables = model->variables;
    bool is_set = image->settings->context.node != NULL;
    image->context = is_set ? path_clean(scanner->arena, image->settings->context.text) : build->context;
    image->context_origin = is_set ? CONTEXT_SETTINGS : CONTEXT_DECLARED;
    image->context_reason = is_set ? TEXT("the settings say so")
                                   : text_format(scanner->arena, "declared in %.*s", TEXT_ARG(model->source->path));
    image->target = image->settings->target.node != NULL ? image->settings->target.text : build->target;
    add_service(scanner, image, build);
    refuse_unsupported(image);
    if (!image_is_broken(image)) read_dockerfile(scanner, image);
}

static void leave_out_profile(struct scanner *scanner, const struct compose_model *model,
                              const struct compose_build *build) {
    const struct text *profile = build->profiles.items[0];
    struct text reason = text_format(scanner->arena, "the service '%.*s' is in the profile '%.*s'",
                                     TEXT_ARG(build->service), TEXT_ARG(*profile));
    scanner_leave_out(scanner, exclude_because(scanner->arena, model->source->path, "profile", reason));
}

/* The image among `images` (fingerprint → image) that this very build is; else the build is remembered there. */
static struct image *find_same(struct scanner *scanner, struct map *images, const struct compose_build *build,
                               struct text *fingerprint) {
    *fingerprint = duplicates_fingerprint(scanner->arena, build);
    return map_find(images, *fingerprint);
}

static void add_model(struct scanner *scanner, const struct compose_model *model) {
    struct map images = {0};
    for (size_t i = 0; i < model->builds.count; i++) {
        const struct compose_build *build = model->builds.items[i];
        struct text dockerfile = text_is_given(build->dockerfile) ? build->dockerfile : TEXT("");
        map_set(scanner->arena, &scanner->declared, dockerfile, scanner);
        if (build->profiles.count > 0) {
            leave_out_profile(scanner, model, build);
            continue;
        }
        struct text fingerprint;
        struct image *same = find_same(scanner, &images, build, &fingerprint);
        if (same != NULL && build->is_understood) {
            add_service(scanner, same, build);
            continue;
        }
        add_build(scanner, model, build);
        map_set(scanner->arena, &images, fingerprint,
                scanner->workspace->images.items[scanner->workspace->images.count - 1]);
    }
}

static bool has_template_marks(const struct diagnostics *problems) {
    for (size_t i = 0; i < problems->list.count; i++) {
        const struct diagnostic *problem = problems->list.items[i];
        if (problem->place.source != NULL && exclude_looks_like_template(problem->place.source->bytes)) return true;
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
}

static void add_file(struct scanner *scanner, struct text path, struct text override) {
    const struct left_out *left_out = exclude_find(scanner->arena, &scanner->workspace->layers.settings, path);
    if (left_out != NULL) {
        scanner_leave_out(scanner, left_out);
        return;
    }
    struct compose_request request = {.path = path, .override_path = override};
    struct compose_model *model = arena_alloc(scanner->arena, sizeof(*model));
    struct diagnostics problems = diag_in(scanner->arena);
    if (!compose_load(scanner->arena, scanner->request->files, &request, &problems, model)) {
        add_broken_file(scanner, path, &problems);
        return;
    }
    for (size_t i = 0; i < problems.list.count; i++)
        list_add(scanner->arena, &scanner->diagnostics->list, problems.list.items[i]);
    struct text *read = arena_alloc(scanner->arena, sizeof(*read));
    *read = path;
    list_add(scanner->arena, &scanner->workspace->compose_files, read);
    add_model(scanner, model);
}

/* Files that the settings name beside those with a default name; each is a model of its own. */
static void add_named_files(struct scanner *scanner) {
    const struct list *named = &scanner->workspace->layers.settings.discovery.compose;
    for (size_t i = 0; i < named->count; i++) {
        const struct record_text_value *value = named->items[i];
        struct text path = path_clean(scanner->arena, value->text);
        if (!map_has(&scanner->found.compose, path)) add_file(scanner, path, (struct text){0});
    }
}

void compose_images_add(struct scanner *scanner) {
    for (size_t i = 0; i < scanner->found.compose.count; i++) {
        struct text path = scanner->found.compose.entries[i].key, directory = path_parent(path);
        struct text base = first_present(scanner, directory, compose_file_names);
        if (text_equal(base, path)) add_file(scanner, path, first_present(scanner, directory, compose_override_names));
    }
    add_named_files(scanner);
}
