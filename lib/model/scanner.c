#include "model/scanner.h"

#include "base/path.h"
#include "docker/hints.h"
#include "docker/platform.h"
#include "model/exclude.h"

#define DEFAULT_PLATFORM "linux/amd64"

/* What is larger than this is kept only when messages point into it. */
#define KEPT_SIZE ((size_t)64 * 1024)

struct read_source {
    enum files_status status;
    struct source *source; /* without bytes when it could not be read, or they were let go */
    bool is_forgotten;     /* they were let go */
};

/* The bytes, for as long as the scratch lasts. */
static enum files_status read_bytes(struct scanner *scanner, struct text path, struct text *out) {
    const struct source *source;
    const struct text *ahead = read_ahead_bytes(&scanner->ahead, path);
    *out = TEXT("");
    if (ahead != NULL) {
        *out = *ahead;
        return FILES_OK;
    }
    enum files_status status =
        files_read(scanner->request->files, &scanner->scratch, path, DOCKERFILE_SIZE_LIMIT, &source);
    if (status == FILES_OK) *out = source->bytes;
    return status;
}

static struct read_source *read_source(struct scanner *scanner, struct text path) {
    struct read_source *read = map_find(&scanner->sources, path);
    if (read != NULL && !read->is_forgotten) return read;
    if (read == NULL) {
        read = arena_alloc(scanner->arena, sizeof(*read));
        read->source = source_create(scanner->arena, path, TEXT(""));
        map_set(scanner->arena, &scanner->sources, path, read);
    }
    read->is_forgotten = true; /* until keep_source says otherwise */
    read->status = read_bytes(scanner, path, &read->source->bytes);
    return read;
}

/* Before the scratch goes: does the source stay? */
static void keep_source(struct scanner *scanner, struct read_source *read, bool has_problems) {
    if (!read->is_forgotten) return;
    struct text bytes = read->source->bytes;
    read->is_forgotten = !has_problems && bytes.len > KEPT_SIZE;
    read->source->bytes = read->is_forgotten ? TEXT("") : text_copy(scanner->arena, bytes);
}

static bool names_a_file(const struct build_reading *reading) {
    for (size_t i = 0; i < reading->inputs.count; i++)
        if (!text_is(((const struct build_input *)reading->inputs.items[i])->path, ".")) return true;
    return false;
}

static void keep_hints(struct scanner *scanner, const struct dockerfile *dockerfile,
                       const struct build_reading *reading, struct list *out) {
    struct list hints = {0};
    hints_read(&scanner->scratch, dockerfile, reading, &hints);
    for (size_t i = 0; i < hints.count; i++) {
        struct hint *hint = arena_alloc(scanner->arena, sizeof(*hint));
        *hint = *(const struct hint *)hints.items[i];
        hint->path = text_copy(scanner->arena, hint->path);
        hint->parent = text_copy(scanner->arena, hint->parent);
        list_add(scanner->arena, out, hint);
    }
}

static void understand(struct scanner *scanner, struct image *image, const struct source *source,
                       const struct build_choice *choice, struct dockerfile_reading *out) {
    const struct dockerfile *dockerfile;
    if (!dockerfile_parse(&scanner->scratch, source, &image->problems, &dockerfile)) {
        out->is_template = exclude_is_template(source->bytes);
        return;
    }
    struct build_reading reading;
    if (dockerfile->stages.count > 0) out->first = ((const struct stage *)dockerfile->stages.items[0])->place;
    bool ok = stages_read(&scanner->scratch, dockerfile, choice, &image->problems, &reading);
    if (!ok) return;
    bool with_inputs = out->wants_hints || scanner->request->wants_inputs;
    image->facts = build_facts_keep(scanner->arena, source, &reading, with_inputs);
    if (out->wants_hints && !names_a_file(&reading)) keep_hints(scanner, dockerfile, &reading, &out->hints);
}

void scanner_read_dockerfile(struct scanner *scanner, struct image *image, const struct build_choice *choice,
                             struct dockerfile_reading *out) {
    if (!out->wants_hints) image->facts = read_ahead_find(&scanner->ahead, image->dockerfile, choice);
    if (image->facts != NULL) return;
    struct arena_mark mark = arena_mark(&scanner->scratch);
    size_t problems = image->problems.list.count;
    struct read_source *read = read_source(scanner, image->dockerfile);
    *out = (struct dockerfile_reading){.first = source_whole(read->source), .wants_hints = out->wants_hints};
    if (read->status == FILES_OK) {
        understand(scanner, image, read->source, choice, out);
    } else {
        struct text reason = files_reason(scanner->arena, read->status, DOCKERFILE_SIZE_LIMIT);
        const char *rule = read->status == FILES_MISSING ? "missing-dockerfile" : "unreadable-file";
        diag_add(&image->problems, DIAG_ERROR, rule, source_whole(read->source), "the Dockerfile %.*s",
                 TEXT_ARG(reason));
    }
    keep_source(scanner, read, image->problems.list.count > problems);
    arena_release(&scanner->scratch, mark);
}

void scanner_read_inline(struct scanner *scanner, struct image *image, struct text bytes) {
    struct arena_mark mark = arena_mark(&scanner->scratch);
    struct build_choice choice = image_choice(&scanner->scratch, image);
    struct diagnostics unheard = diag_in(&scanner->scratch);
    struct text path = image->place.source == NULL ? TEXT("") : image->place.source->path;
    const struct source *source = source_create(&scanner->scratch, path, bytes);
    const struct dockerfile *dockerfile;
    struct build_reading reading;
    if (dockerfile_parse(&scanner->scratch, source, &unheard, &dockerfile) &&
        stages_read(&scanner->scratch, dockerfile, &choice, &unheard, &reading))
        image->facts = build_facts_keep(scanner->arena, source_create(scanner->arena, path, TEXT("")), &reading, true);
    arena_release(&scanner->scratch, mark);
}

bool scanner_is_foreign(const struct scanner *scanner, struct text path) {
    for (size_t i = 0; i < scanner->found.submodules.count; i++)
        if (path_is_inside(scanner->found.submodules.items[i], path)) return true;
    return false;
}

/* The mapping of the settings file beside a Dockerfile; NULL when there is none. */
static const struct node *find_beside(struct scanner *scanner, struct text directory) {
    const struct map *paths = scanner->request->settings_paths;
    if (paths == NULL) paths = &scanner->found.beside;
    if (paths->count == 0) return NULL;
    struct text path = path_join(scanner->arena, directory, TEXT(SETTINGS_BESIDE_NAME));
    if (!map_has(paths, path)) return NULL;
    if (map_has(&scanner->beside, path)) return map_find(&scanner->beside, path);
    const struct node *node = NULL;
    const struct source *source;
    enum files_status status =
        files_read(scanner->request->settings_files, scanner->arena, path, SETTINGS_SIZE_LIMIT, &source);
    bool ok = status == FILES_OK || status == FILES_MISSING;
    if (status == FILES_OK) ok = settings_read_beside(scanner->arena, source, scanner->diagnostics, &node);
    if (status != FILES_OK && !ok) {
        struct text reason = files_reason(scanner->arena, status, SETTINGS_SIZE_LIMIT);
        diag_add(scanner->diagnostics, DIAG_ERROR, "settings-file",
                 source_whole(source_create(scanner->arena, path, TEXT(""))), "the settings file %.*s",
                 TEXT_ARG(reason));
    }
    scanner->settings_failed |= !ok;
    map_set(scanner->arena, &scanner->beside, path, (void *)node);
    return node;
}

static void add_platform(struct scanner *scanner, struct image *image, struct text platform) {
    struct text *item = arena_alloc(scanner->arena, sizeof(*item));
    *item = platform;
    list_add(scanner->arena, &image->platforms, item);
}

/* Depot builds on machines of two kinds; what is spelled in no known way is what the builder refuses, late. */
static void check_platform(struct scanner *scanner, const struct record_text_value *set) {
    struct platform platform;
    if (text_is(set->text, "linux/amd64") || text_is(set->text, "linux/arm64")) return; /* nearly all */
    struct text shown = text_printable(scanner->arena, set->text);
    bool is_spelled = platform_parse(scanner->arena, set->text, &platform);
    bool is_own = is_spelled && text_is(platform.os, "linux") &&
                  (text_is(platform.architecture, "amd64") || text_is(platform.architecture, "arm64"));
    if (!is_own)
        diag_add(scanner->diagnostics, DIAG_WARNING, "platform", node_place(set->node),
                 "Depot builds linux/amd64 and linux/arm64 on machines of their own; '%.*s' is %s", TEXT_ARG(shown),
                 is_spelled ? "emulated there, if it is known" : "no platform");
}

static void choose_platforms(struct scanner *scanner, struct image *image, const struct compose_build *build) {
    const struct list *set = &image->settings->build.platforms;
    for (size_t i = 0; i < set->count; i++)
        add_platform(scanner, image, ((const struct record_text_value *)set->items[i])->text);
    for (size_t i = 0; i < set->count; i++)
        check_platform(scanner, set->items[i]);
    if (set->count == 0 && build != NULL) image->platforms = build->platforms;
    if (image->platforms.count > 0) return;
    add_platform(scanner, image, TEXT(DEFAULT_PLATFORM));
    image->platforms_are_default = true;
}

struct image *scanner_new_image(struct scanner *scanner, struct text name, enum name_origin origin, struct text path,
                                const struct compose_build *build) {
    struct image *image = arena_alloc(scanner->arena, sizeof(*image));
    const struct node *beside = find_beside(scanner, path_parent(path));
    image->settings =
        settings_for_image(scanner->arena, &scanner->workspace->layers, name, path, beside, scanner->diagnostics);
    bool renamed = image->settings->name.node != NULL;
    image->name = renamed ? image->settings->name.text : name;
    image->name_origin = renamed ? NAME_SETTINGS : origin;
    image->build = build;
    image->problems = diag_in(scanner->arena);
    image->project = projects_find(&scanner->projects, path_parent(path), build, image->settings);
    choose_platforms(scanner, image, build);
    return image;
}

void scanner_leave_out(struct scanner *scanner, const struct left_out *left_out) {
    list_add(scanner->arena, &scanner->workspace->left_out, (void *)left_out);
}
