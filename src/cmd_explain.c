/* explain: why images are built, or are not; and which files make them change. */
#include "base/path.h"
#include "commands.h"
#include "format/json_write.h"
#include "model/scanner.h"
#include "output.h"
#include "report/explain.h"

/* --- which images --- */

static const struct plan_image *find_by_name(const struct session *session, struct text name) {
    for (size_t i = 0; i < session->plan.images.count; i++) {
        const struct plan_image *planned = session->plan.images.items[i];
        if (text_equal(planned->image->name, name)) return planned;
    }
    return NULL;
}

static void add(struct session *session, const struct plan_image *planned, struct list *out) {
    struct explained *explained = arena_alloc(session->arena, sizeof(*explained));
    explained->planned = planned;
    list_add(session->arena, out, explained);
}

/* All that are built from the Dockerfile; with --context only those that are built there. */
static size_t add_by_dockerfile(struct session *session, struct text path, struct text context, struct list *out) {
    size_t found = 0;
    for (size_t i = 0; i < session->plan.images.count; i++) {
        const struct plan_image *planned = session->plan.images.items[i];
        if (!text_equal(planned->image->dockerfile, path)) continue;
        if (text_is_given(context) && !text_equal(planned->image->context, context)) continue;
        add(session, planned, out);
        found++;
    }
    return found;
}

static bool from_root(struct session *session, struct text path, struct text *out) {
    struct text directory = session->options.chdir;
    if (directory.len > 0 && !path_is_absolute(path))
        path = text_format(session->arena, "%.*s/%.*s", TEXT_ARG(directory), TEXT_ARG(path));
    return repository_path(session->arena, &session->repository, path, out);
}

/* A Dockerfile that is no image of the plan, or is built in another context than there: as `docker build -f FILE CONTEXT` would. */
static bool add_made_up(struct session *session, struct text path, struct text context, struct list *out) {
    const struct source *source;
    if (files_read(&session->checkout.files, session->arena, path, DOCKERFILE_SIZE_LIMIT, &source) != FILES_OK)
        return false;
    struct image *image = arena_alloc(session->arena, sizeof(*image));
    struct plan_image *planned = arena_alloc(session->arena, sizeof(*planned));
    struct build_choice choice = {0};
    struct build_reading reading;
    const struct dockerfile *file;
    *image = (struct image){.name = path,
                            .dockerfile = path,
                            .context = text_is_given(context) ? context : path_parent(path),
                            .context_origin = CONTEXT_DECLARED,
                            .settings = session->workspace.layers.common,
                            .problems = diag_in(session->arena)};
    if (dockerfile_parse(session->arena, source, &image->problems, &file) &&
        stages_read(session->arena, file, &choice, &image->problems, &reading))
        image->facts = build_facts_keep(session->arena, source, &reading, true);
    *planned = (struct plan_image){.image = image, .problems = diag_in(session->arena)};
    add(session, planned, out);
    return true;
}

static enum status complain(struct session *session, struct text word) {
    diag_add(&session->diagnostics, DIAG_ERROR, "no-such-image", (struct place){0},
             "'%.*s' is neither the name of an image nor a Dockerfile of this repository; 'depot-pipeline preview' "
             "lists them",
             TEXT_ARG(word));
    return STATUS_USAGE;
}

static enum status choose(struct session *session, struct list *out) {
    struct text context = {0}, path;
    if (text_is_given(session->options.context) && !from_root(session, session->options.context, &context)) {
        diag_add(&session->diagnostics, DIAG_ERROR, "outside-repository", (struct place){0},
                 "'%.*s' is not in the repository '%.*s'", TEXT_ARG(session->options.context),
                 TEXT_ARG(session->repository.root));
        return STATUS_USAGE;
    }
    for (size_t i = 0; i < session->options.words.count; i++) {
        struct text word = session->options.words.items[i];
        const struct plan_image *named = text_is_given(context) ? NULL : find_by_name(session, word);
        if (named != NULL) {
            add(session, named, out);
            continue;
        }
        bool found = from_root(session, word, &path) &&
                     (add_by_dockerfile(session, path, context, out) > 0 || add_made_up(session, path, context, out));
        if (!found) return complain(session, word);
    }
    for (size_t i = 0; session->options.words.count == 0 && i < session->plan.images.count; i++) {
        const struct plan_image *planned = session->plan.images.items[i];
        bool is_asked = !text_is_given(session->options.path) || planned->is_built; /* what would a file build? */
        if (is_asked) add(session, planned, out);
    }
    return STATUS_OK;
}

/* --- what is asked of them --- */

/* The rules of all of them, whatever changed. */
static bool read_watches(struct session *session, const struct list *all, struct list *watches) {
    struct list *images = arena_alloc(session->arena, sizeof(*images));
    for (size_t i = 0; i < all->count; i++)
        list_add(session->arena, images, (void *)((const struct explained *)all->items[i])->planned->image);
    struct watch_request request = {.paths = &session->paths,
                                    .files = &session->checkout.files,
                                    .except = &session->checkout.skipped,
                                    .workspace = &session->workspace,
                                    .images = images};
    return watch_read(session->arena, &request, &session->diagnostics, watches);
}

/* What a made-up image would have been found to be. */
static void find_reason(struct session *session, struct explained *explained) {
    struct plan_image *planned = (struct plan_image *)explained->planned;
    struct list one = {0};
    bool is_of_plan = planned->image->facts == NULL || find_by_name(session, planned->image->name) == planned;
    if (is_of_plan || session->base.is_everything) return;
    list_add(session->arena, &one, (void *)explained->watch);
    match(session->arena, &one, &session->base.changes, &session->regexes, &planned->why);
    planned->is_built = planned->why.kind != REASON_NONE;
}

static void look(struct session *session, struct explained *explained) {
    find_reason(session, explained);
    bool is_asked = explained->planned->why.kind == REASON_NONE && !session->base.is_everything;
    if (is_asked)
        explained->near = near_find(session->arena, explained->watch, &session->base.changes, &session->regexes);
}

/* --- --files --- */

struct lister {
    struct session *session;
    struct list ones; /* of struct match_one */
    struct map also;  /* paths that declare the images */
    struct buffer out;
    char end;
};

static void list_path(void *self, const struct path_entry *entry) {
    struct lister *lister = self;
    struct change change = {.path = entry->path, .old_kind = entry->kind, .new_kind = entry->kind};
    bool is_one = map_has(&lister->also, entry->path);
    for (size_t i = 0; i < lister->ones.count && !is_one; i++)
        is_one = match_one_ask(lister->ones.items[i], &change).nearness == MATCH_TAKEN;
    if (!is_one) return;
    buffer_add(&lister->out, entry->path);
    buffer_add_byte(&lister->out, lister->end);
}

/* Any file of a model may say something of any service. */
static void add_model(struct lister *lister, const struct compose_model *model) {
    struct arena *arena = lister->session->arena;
    for (size_t i = 0; i < model->paths.count; i++)
        map_set(arena, &lister->also, model->paths.items[i], lister);
    for (size_t i = 0; i < model->parts.count; i++)
        map_set(arena, &lister->also, model->parts.items[i], lister);
    for (size_t i = 0; i < model->includes.count; i++)
        map_set(arena, &lister->also, path_join(arena, path_parent(model->includes.items[i]), TEXT(".env")), lister);
    map_set(arena, &lister->also, path_join(arena, model->directory, TEXT(".env")), lister);
}

static void add_declaring(struct lister *lister, const struct image *image) {
    struct arena *arena = lister->session->arena;
    for (size_t i = 0; i < image->services.count; i++)
        map_set(arena, &lister->also, ((const struct image_service *)image->services.items[i])->place.source->path,
                lister);
    if (text_is_given(image->project.origin) && !image->project.is_named)
        map_set(arena, &lister->also, image->project.origin, lister);
    if (image->compose != NULL) add_model(lister, image->compose);
    if (text_is_given(image->dockerfile))
        map_set(arena, &lister->also, path_join(arena, path_parent(image->dockerfile), TEXT(SETTINGS_BESIDE_NAME)),
                lister);
    map_set(arena, &lister->also, TEXT(SETTINGS_PATH), lister);
}

static enum status list_files(struct session *session, const struct list *all) {
    struct lister lister = {
        .session = session, .out = buffer_in(session->arena), .end = session->options.is_null_terminated ? '\0' : '\n'};
    for (size_t i = 0; i < all->count; i++) {
        const struct explained *explained = all->items[i];
        list_add(session->arena, &lister.ones, match_one_create(session->arena, explained->watch, &session->regexes));
        add_declaring(&lister, explained->planned->image);
    }
    if (!paths_visit(&session->paths, list_path, &lister, &session->diagnostics)) return STATUS_SYSTEM;
    session_report(session);
    struct text text = lister.out.len == 0 ? TEXT("") : buffer_text(&lister.out);
    return output_write_text(session, text) ? STATUS_OK : STATUS_SYSTEM;
}

/* --- all --- */

static enum status print(struct session *session, const struct list *all) {
    struct buffer buffer = buffer_in(session->arena);
    struct explanation explanation = {.plan = &session->plan,
                                      .images = all,
                                      .width = session->terminal.width,
                                      .has_colour = session->terminal.out_has_colour};
    if (session->options.is_json) {
        if (!json_write(&buffer, explain_json(session->arena, &explanation))) return STATUS_BUG;
    } else {
        explain_write(&buffer, &explanation);
    }
    return output_write_text(session, buffer_text(&buffer)) ? STATUS_OK : STATUS_SYSTEM;
}

int cmd_explain(struct session *session) {
    struct list all = {0}, watches = {0};
    session->wants_inputs = true;
    if (session->options.files) session->is_interactive = false; /* tracked files are asked for, whoever asks */
    enum status status = session_plan(session);
    if (status == STATUS_OK) status = choose(session, &all);
    if (status == STATUS_OK && !read_watches(session, &all, &watches)) status = STATUS_SYSTEM;
    if (status != STATUS_OK) {
        session_report(session);
        return status;
    }
    for (size_t i = 0; i < all.count; i++)
        ((struct explained *)all.items[i])->watch = watches.items[i];
    if (session->options.files) return list_files(session, &all);
    for (size_t i = 0; i < all.count; i++)
        look(session, all.items[i]);
    session_report(session);
    return print(session, &all);
}
