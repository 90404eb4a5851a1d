#include "model/watch.h"

#include "base/path.h"
#include "format/wildcard.h"
#include "model/follow.h"

/* A source whose existence is asked for. */
struct pending {
    struct watch *watch;
    const struct build_input *input;
    const struct path_question *question;
};

struct watcher {
    struct arena *arena;
    const struct watch_request *request;
    struct diagnostics *diagnostics;
    struct map touched;   /* changed files and the directories above them */
    struct map contexts;  /* directory and ignore file → struct watch_context */
    struct list ignores;  /* of struct ignore_wanted: read when all rules are known */
    struct map links;     /* directory → struct context_links */
    struct map questions; /* path → struct path_question */
    struct list asked;    /* of struct path_question: of one more pass */
    struct list seen;     /* the same: of what the scan has seen */
    struct list pending;  /* of struct pending */
};

/* Each directory once: where one is known, those above it are. */
static void find_touched(struct watcher *watcher) {
    const struct changes *changes = watcher->request->changes;
    for (size_t i = 0; changes != NULL && i < changes->count; i++) {
        struct text path = changes->items[i].path;
        while (!map_has(&watcher->touched, path)) {
            map_set(watcher->arena, &watcher->touched, path, watcher);
            if (text_is(path, ".")) break;
            path = path_parent(path);
        }
    }
}

/* Did it, or something in it, change? */
static bool is_touched(const struct watcher *watcher, struct text path) {
    return watcher->request->changes == NULL || map_has(&watcher->touched, path);
}

static bool has_changed(const struct watcher *watcher, struct text path) {
    return watcher->request->changes != NULL && changes_find(watcher->request->changes, path) != NULL;
}

/* Both are clean, and stay so. */
static struct text join(struct watcher *watcher, struct text directory, struct text path) {
    if (text_is(directory, ".")) return path;
    if (text_is(path, ".")) return directory;
    char *joined = arena_alloc(watcher->arena, directory.len + 1 + path.len);
    memcpy(joined, directory.ptr, directory.len);
    joined[directory.len] = '/';
    memcpy(joined + directory.len + 1, path.ptr, path.len);
    return text_of(joined, directory.len + 1 + path.len);
}

static struct watch_rule *add_rule(struct watcher *watcher, struct watch *watch, enum watch_kind kind,
                                   struct text key) {
    struct watch_rule *rule = arena_alloc(watcher->arena, sizeof(*rule));
    rule->kind = kind;
    rule->key = key;
    list_add(watcher->arena, &watch->rules, rule);
    return rule;
}

/* A rule for what is in a context. Its ignore file counts when a change is one that the rule may take. */
static struct watch_rule *add_rule_inside(struct watcher *watcher, struct watch *watch, enum watch_kind kind,
                                          struct text key, struct watch_context *context) {
    struct watch_rule *rule = add_rule(watcher, watch, kind, key);
    rule->context = context;
    if (context->is_asked || !is_touched(watcher, key)) return rule;
    context->is_asked = true;
    if (!text_is_given(context->ignore.path)) return rule;
    struct ignore_wanted *wanted = arena_alloc(watcher->arena, sizeof(*wanted));
    *wanted = (struct ignore_wanted){.path = context->ignore.path, .out = &context->ignore};
    list_add(watcher->arena, &watcher->ignores, wanted);
    return rule;
}

/* Where the path really is. */
static struct text real_path(struct watcher *watcher, struct text path, struct texts *met) {
    const struct texts *links = &watcher->request->workspace->links;
    if (links->count == 0) return path;
    return follow_path(watcher->arena, watcher->request->paths->repository, links, path, met);
}

/* The same, and the links on the way are watched. */
static struct text watch_way(struct watcher *watcher, struct watch *watch, struct text path) {
    struct texts met = {0};
    struct text real = real_path(watcher, path, &met);
    for (size_t i = 0; i < met.count; i++)
        add_rule(watcher, watch, WATCH_LINK, met.items[i]);
    return real;
}

static bool is_touched_there(struct watcher *watcher, struct text path) {
    struct texts met = {0};
    bool touched = is_touched(watcher, real_path(watcher, path, &met));
    for (size_t i = 0; i < met.count; i++)
        touched |= is_touched(watcher, met.items[i]);
    return touched;
}

/* --- contexts and their ignore files --- */

static bool is_listed(const struct watcher *watcher, struct text path) {
    return texts_has_sorted(&watcher->request->workspace->ignore_files, path);
}

static struct text beside_dockerfile(struct watcher *watcher, struct text dockerfile) {
    return text_concat(watcher->arena, dockerfile, TEXT(IGNORE_NAME));
}

static struct text in_context(struct watcher *watcher, struct text context) {
    return join(watcher, context, TEXT(IGNORE_NAME));
}

static bool is_link(const struct watcher *watcher, struct text path) {
    return texts_has_sorted(&watcher->request->workspace->links, path);
}

/* One that cannot be read leaves nothing out here; that the build fails with it is `check`'s to say. */
static struct ignore_file read_ignore(struct watcher *watcher, struct files *files, struct text dockerfile,
                                      struct text context) {
    struct diagnostics unheard = diag_in(watcher->arena);
    struct ignore_file ignore = {0};
    if (!ignore_file_read(watcher->arena, watcher->request->paths->repository, files, dockerfile, context, &unheard,
                          &ignore))
        ignore.patterns = NULL;
    return ignore;
}

/* A link is followed at once; plain files are read together, when they are asked. */
static void find_ignore(struct watcher *watcher, struct text dockerfile, struct text file,
                        struct watch_context *context) {
    context->ignore.path = file;
    if (!is_link(watcher, file)) return;
    context->is_asked = true;
    context->ignore = read_ignore(watcher, watcher->request->files, dockerfile, context->directory);
}

/* `dockerfile` is absent for named contexts, which have none. */
static struct watch_context *find_context(struct watcher *watcher, struct text dockerfile, struct text directory) {
    struct text beside = text_is_given(dockerfile) ? beside_dockerfile(watcher, dockerfile) : (struct text){0};
    bool has_beside = text_is_given(beside) && is_listed(watcher, beside);
    struct text file = has_beside ? beside : in_context(watcher, directory);
    struct text key = text_format(watcher->arena, "%.*s\n%.*s", TEXT_ARG(directory), TEXT_ARG(file));
    struct watch_context *context = map_find(&watcher->contexts, key);
    if (context != NULL) return context;
    context = arena_alloc(watcher->arena, sizeof(*context));
    context->directory = directory;
    if (is_listed(watcher, file)) find_ignore(watcher, has_beside ? dockerfile : (struct text){0}, file, context);
    map_set(watcher->arena, &watcher->contexts, key, context);
    return context;
}

/* The next line that is a pattern; false at the end. */
static bool next_pattern(struct text *rest, struct text *out) {
    *out = TEXT("");
    while (rest->len > 0 && text_next(rest, '\n', out)) {
        bool is_comment = text_starts(*out, "#");
        *out = text_trim(*out);
        if (!is_comment && out->len > 0) return true;
    }
    return false;
}

static bool says_the_same(struct text a, struct text b) {
    for (;;) {
        struct text left, right;
        bool has_left = next_pattern(&a, &left), has_right = next_pattern(&b, &right);
        if (has_left != has_right || (has_left && !text_equal(left, right))) return false;
        if (!has_left) return true;
    }
}

/* An ignore file with another comment leaves out what it did before. */
static bool ignores_the_same(struct watcher *watcher, const struct image *image) {
    if (watcher->request->files_before == NULL) return false;
    struct ignore_file now = read_ignore(watcher, watcher->request->files, image->dockerfile, image->context);
    struct ignore_file before = read_ignore(watcher, watcher->request->files_before, image->dockerfile, image->context);
    return says_the_same(now.bytes, before.bytes);
}

static void watch_ignore_files(struct watcher *watcher, struct watch *watch) {
    const struct image *image = watch->image;
    struct text files[] = {in_context(watcher, watch->context->directory),
                           text_is_given(image->dockerfile) ? beside_dockerfile(watcher, image->dockerfile)
                                                            : (struct text){0},
                           watch->context->ignore.path}; /* where a link leads */
    bool has_changes = false;
    for (size_t i = 0; i < 3; i++)
        has_changes |= text_is_given(files[i]) && has_changed(watcher, files[i]);
    if (has_changes && ignores_the_same(watcher, image)) return;
    for (size_t i = 0; i < 3; i++) {
        bool is_new =
            text_is_given(files[i]) && !(i == 2 && (text_equal(files[2], files[0]) || text_equal(files[2], files[1])));
        bool matters = has_changes ? has_changed(watcher, files[i]) : is_listed(watcher, files[i]);
        if (is_new && matters) add_rule(watcher, watch, WATCH_IGNORE_FILE, files[i]);
    }
}

/* --- sources --- */

static void widen(struct watcher *watcher, struct watch *watch, struct place place, struct text reason) {
    if (watch->is_widened) return;
    watch->is_widened = true;
    watch->reason = reason;
    watch->reason_place = place;
    add_rule_inside(watcher, watch, WATCH_CONTEXT, watch->context->directory, watch->context);
}

static void widen_for(struct watcher *watcher, struct watch *watch, const struct build_input *input, const char *why) {
    struct text shown = text_printable(watcher->arena, text_first(input->path, 80));
    widen(watcher, watch, input->place,
          text_format(watcher->arena, "%s %.*s at line %u %s", instruction_name(input->kind), TEXT_ARG(shown),
                      input->place.line, why));
}

/* NULL when there are none anywhere. */
static const struct context_links *links_of(struct watcher *watcher, struct text directory) {
    if (watcher->request->workspace->links.count == 0) return NULL;
    struct context_links *links = map_find(&watcher->links, directory);
    if (links != NULL) return links;
    links = arena_alloc(watcher->arena, sizeof(*links));
    *links = context_links_in(watcher->arena, watcher->request->paths->repository, directory);
    context_links_add_all(links, &watcher->request->workspace->links);
    map_set(watcher->arena, &watcher->links, directory, links);
    return links;
}

/* The submodule that the path is in, or is; the absent text when it is in none. */
static struct text submodule_of(const struct watcher *watcher, struct text path) {
    const struct texts *submodules = &watcher->request->workspace->submodules;
    for (size_t i = 0; i < submodules->count; i++)
        if (path_is_inside(submodules->items[i], path)) return submodules->items[i];
    return (struct text){0};
}

/* Characters that BuildKit's patterns take for something else than themselves. */
static bool is_literal(struct text path) {
    if (text_starts(path, "!")) return false;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        if (c == '*' || c == '?' || c == '[' || c == '\\') return false;
    }
    return true;
}

/* The directories before the first element that is a pattern; "." when there are none. */
static struct text literal_directory(struct text path) {
    size_t end = 0;
    for (size_t i = 0; i < path.len && strchr("*?[\\!", path.ptr[i]) == NULL; i++)
        if (path.ptr[i] == '/') end = i;
    return end == 0 ? TEXT(".") : text_first(path, end);
}

static void add_source(struct watcher *watcher, struct watch *watch, const struct build_input *input,
                       struct text asked) {
    bool literal = is_literal(asked);
    struct text head = literal ? asked : literal_directory(asked);
    struct text key = join(watcher, watch->context->directory, head), submodule = submodule_of(watcher, key);
    if (text_is_given(submodule)) key = submodule;
    bool is_all = text_is(asked, ".");
    struct watch_rule *rule =
        add_rule_inside(watcher, watch, is_all ? WATCH_CONTEXT : WATCH_SOURCE, key, watch->context);
    rule->input = input;
    if (!literal && !text_is_given(submodule)) rule->pattern = asked;
}

/* What the scan has seen answers plain paths; what is behind a link is asked of the disk, by those who answer the others. */
static bool was_seen(const struct watcher *watcher, struct text path, bool has_wildcard) {
    const struct workspace *workspace = watcher->request->workspace;
    if (workspace->seen == NULL || has_wildcard) return false;
    for (size_t i = 0; i < path.len && workspace->links.count > 0; i++)
        if (path.ptr[i] == '/' && texts_has_sorted(&workspace->links, text_first(path, i))) return false;
    return true;
}

static const struct path_question *question_for(struct watcher *watcher, struct text path, bool has_wildcard) {
    struct path_question *question = map_find(&watcher->questions, path);
    if (question != NULL) return question;
    question = arena_alloc(watcher->arena, sizeof(*question));
    *question = (struct path_question){.path = path, .has_wildcard = has_wildcard};
    map_set(watcher->arena, &watcher->questions, path, question);
    bool is_plain = was_seen(watcher, path, has_wildcard);
    list_add(watcher->arena, is_plain ? &watcher->seen : &watcher->asked, question);
    return question;
}

/* Is there anything? What is in a submodule is nobody's to say. */
static void ask(struct watcher *watcher, struct watch *watch, const struct build_input *input) {
    struct text path = join(watcher, watch->context->directory, input->path);
    if (text_is(input->path, ".") || text_is_given(submodule_of(watcher, path))) return;
    struct pending *pending = arena_alloc(watcher->arena, sizeof(*pending));
    *pending = (struct pending){watch, input, question_for(watcher, path, input->has_wildcard)};
    list_add(watcher->arena, &watcher->pending, pending);
}

static bool takes_all(const struct build_facts *facts) {
    for (size_t i = 0; i < facts->inputs.count; i++) {
        const struct build_input *input = facts->inputs.items[i];
        if (text_is(input->path, ".") && input->excludes.count == 0) return true;
    }
    return false;
}

static void watch_sources(struct watcher *watcher, struct watch *watch) {
    const struct build_facts *facts = watch->image->facts;
    const struct context_links *links = links_of(watcher, watch->context->directory);
    if (facts == NULL) {
        const struct compose_build *build = watch->image->build;
        bool is_open = build != NULL && build->is_context_open;
        widen(watcher, watch, watch->image->place, is_open ? build->needs_bake : TEXT("its Dockerfile cannot be read"));
        return;
    }
    if (facts->is_guess) widen(watcher, watch, facts->reason_place, facts->reason);
    bool has_all = takes_all(facts); /* then nothing is asked about the rest */
    for (size_t i = 0; i < facts->inputs.count; i++) {
        const struct build_input *input = facts->inputs.items[i];
        struct texts asked = {0};
        if (links == NULL) add_source(watcher, watch, input, input->path);
        if (links != NULL && !follow(links, input->path, &asked))
            widen_for(watcher, watch, input, "cannot be followed");
        for (size_t j = 0; j < asked.count; j++)
            add_source(watcher, watch, input, asked.items[j]);
        if (!has_all && !watch->is_widened) ask(watcher, watch, input);
    }
}

static void widen_where_missing(struct watcher *watcher) {
    if (watcher->pending.count == 0) return;
    for (size_t i = 0; i < watcher->pending.count; i++) {
        const struct pending *pending = watcher->pending.items[i];
        if (!pending->question->found) widen_for(watcher, pending->watch, pending->input, "matches no tracked file");
    }
}

/* --- images --- */

/* Named contexts that are directories; whether the Dockerfile uses one is not asked. */
static void watch_named(struct watcher *watcher, struct watch *watch) {
    const struct compose_build *build = watch->image->build;
    for (size_t i = 0; build != NULL && i < build->contexts.count; i++) {
        const struct compose_pair *pair = build->contexts.items[i];
        if (!pair->is_path) continue;
        struct text directory = watch_way(watcher, watch, value_text(watcher->arena, &pair->value));
        struct text submodule = submodule_of(watcher, directory);
        add_rule_inside(watcher, watch, WATCH_NAMED, text_is_given(submodule) ? submodule : directory,
                        find_context(watcher, (struct text){0}, directory));
        struct text ignore = in_context(watcher, directory);
        if (is_listed(watcher, ignore) || has_changed(watcher, ignore))
            add_rule(watcher, watch, WATCH_IGNORE_FILE, ignore);
    }
}

static bool names_touched(struct watcher *watcher, const struct image *image) {
    const struct compose_build *build = image->build;
    for (size_t i = 0; build != NULL && i < build->contexts.count; i++) {
        const struct compose_pair *pair = build->contexts.items[i];
        if (pair->is_path && is_touched_there(watcher, value_text(watcher->arena, &pair->value))) return true;
    }
    return false;
}

/* The file, or the ignore file beside it. */
static bool touches_dockerfile(struct watcher *watcher, struct text dockerfile) {
    if (is_touched_there(watcher, dockerfile)) return true;
    struct arena_mark mark = arena_mark(watcher->arena);
    bool touches = is_touched(watcher, beside_dockerfile(watcher, dockerfile));
    arena_release(watcher->arena, mark);
    return touches;
}

/* Can the changes concern what it reads? */
static bool is_concerned(struct watcher *watcher, const struct image *image) {
    if (text_is_given(image->dockerfile) && touches_dockerfile(watcher, image->dockerfile)) return true;
    if (image->place.source != NULL && image_is_broken(image) && is_touched(watcher, image->place.source->path))
        return true;
    if (names_touched(watcher, image)) return true;
    if (!image_has_local_context(image)) return false;
    return is_touched_there(watcher, image->context) || has_changed(watcher, submodule_of(watcher, image->context));
}

static void watch_image(struct watcher *watcher, struct watch *watch) {
    const struct image *image = watch->image;
    if (!is_concerned(watcher, image)) return;
    if (text_is_given(image->dockerfile)) {
        struct text real = watch_way(watcher, watch, image->dockerfile), submodule = submodule_of(watcher, real);
        add_rule(watcher, watch, WATCH_DOCKERFILE, text_is_given(submodule) ? submodule : real);
    }
    if (image_is_broken(image) && image->place.source != NULL)
        add_rule(watcher, watch, WATCH_DECLARATION, image->place.source->path);
    watch_named(watcher, watch);
    if (!image_has_local_context(image)) return;
    watch->context = find_context(watcher, image->dockerfile, watch_way(watcher, watch, image->context));
    watch_ignore_files(watcher, watch);
    watch_sources(watcher, watch);
}

bool watch_read(struct arena *arena, const struct watch_request *request, struct diagnostics *diagnostics,
                struct list *out) {
    struct watcher watcher = {.arena = arena, .request = request, .diagnostics = diagnostics};
    find_touched(&watcher);
    for (size_t i = 0; i < request->images->count; i++) {
        struct watch *watch = arena_alloc(arena, sizeof(*watch));
        watch->image = request->images->items[i];
        list_add(arena, out, watch);
        watch_image(&watcher, watch);
    }
    if (watcher.seen.count > 0) seen_answer(arena, request->workspace->seen, &watcher.seen);
    if (!paths_answer(request->paths, &watcher.asked, diagnostics)) return false;
    widen_where_missing(&watcher);
    ignore_files_read(arena, request->files, request->except, &watcher.ignores);
    return true;
}
