#include "model/inputs.h"

#include "base/path.h"
#include "model/follow.h"
#include "repo/link.h"

#define LARGEST_COUNT 5

/* One source of the Dockerfile, with all that BuildKit asks for because of it. */
struct filter {
    const struct build_input *input;
    struct source_finding *finding;
    struct texts asked; /* the path, and where links on the way to it lead */
    struct pattern_walk *takes;
    struct pattern_walk *excludes; /* NULL: nothing below it is left out */
    bool is_lost;                  /* it cannot be followed */
};

struct finder {
    struct arena *arena;
    struct paths *paths;
    const struct inputs_request *request;
    struct inputs *out;
    struct context_links links;
    struct list filters; /* of struct filter */
    struct pattern_walk *ignored;
    struct directory_sizes sizes;
    bool takes_all;
};

/* The path seen from the context; the absent text when it is not inside. */
static struct text inside_context(const struct finder *finder, struct text path) {
    struct text context = finder->request->context;
    if (text_is(context, ".")) return path;
    bool is_inside =
        path.len > context.len && path.ptr[context.len] == '/' && memcmp(path.ptr, context.ptr, context.len) == 0;
    return is_inside ? text_from_offset(path, context.len + 1) : (struct text){0};
}

static void note_link(void *self, const struct path_entry *entry) {
    struct finder *finder = self;
    if (entry->kind == PATH_SYMLINK) context_links_add(&finder->links, entry->path);
}

/* --- filters --- */

/* NULL when one of them is no pattern: BuildKit then fails. */
static struct pattern_walk *walk_texts(struct finder *finder, const struct texts *texts) {
    struct list list = {0};
    const char *problem;
    for (size_t i = 0; i < texts->count; i++) {
        struct pattern *pattern = arena_alloc(finder->arena, sizeof(*pattern));
        if (!pattern_compile(finder->arena, texts->items[i], pattern, &problem)) return NULL;
        list_add(finder->arena, &list, pattern);
    }
    return patterns_walk(finder->arena, patterns_create(finder->arena, &list), finder->request->regexes, false);
}

static void add_filter(struct finder *finder, const struct build_input *input) {
    struct filter *filter = arena_alloc(finder->arena, sizeof(*filter));
    filter->input = input;
    filter->finding = arena_alloc(finder->arena, sizeof(*filter->finding));
    *filter->finding = (struct source_finding){.input = input, .state = SOURCE_MISSING};
    filter->is_lost = !follow(&finder->links, input->path, &filter->asked);
    bool takes_all = texts_has(&filter->asked, TEXT(".")); /* itself, or a link that leads there */
    if (!takes_all) filter->takes = walk_texts(finder, &filter->asked);
    if (!takes_all && filter->takes == NULL) filter->is_lost = true;
    if (input->excludes.count > 0 && !input->has_wildcard) filter->excludes = walk_texts(finder, &input->excludes);
    list_add(finder->arena, &finder->filters, filter);
    list_add(finder->arena, &finder->out->findings, filter->finding);
}

/* A submodule stands for all that is in it. */
static bool is_asked_within(const struct filter *filter, struct text path) {
    for (size_t i = 0; i < filter->asked.count; i++)
        if (path_is_inside(path, filter->asked.items[i])) return true;
    return false;
}

static bool asks_for(const struct filter *filter, struct text path, enum path_kind kind) {
    if (filter->takes == NULL || pattern_walk_takes(filter->takes, path)) return true;
    return kind == PATH_SUBMODULE && is_asked_within(filter, path);
}

static bool leaves_out(const struct filter *filter, struct text path) {
    struct text source = filter->input->path;
    if (filter->excludes == NULL) return false;
    if (text_is(source, ".")) return pattern_walk_takes(filter->excludes, path);
    bool is_below = path.len > source.len && path_is_inside(source, path);
    return is_below && pattern_walk_takes(filter->excludes, text_from_offset(path, source.len + 1));
}

/* --- sizes --- */

static uint64_t size_of(const struct finder *finder, const struct path_entry *entry) {
    uint64_t size = 0;
    if (entry->kind == PATH_SUBMODULE) return 0;
    if (entry->has_size) return entry->size;
    if (!entry->skip_worktree) (void)link_size(finder->arena, finder->paths->repository, entry->path, &size);
    return size;
}

/* --- the pass --- */

/* Is the path read because of one of the sources? Each of them learns whether there is something for it. */
static bool is_asked(struct finder *finder, struct text path, enum path_kind kind, const struct pattern *ignored) {
    bool result = false;
    for (size_t i = 0; i < finder->filters.count; i++) {
        struct filter *filter = finder->filters.items[i];
        struct source_finding *finding = filter->finding;
        if (!asks_for(filter, path, kind)) continue;
        if (ignored == NULL) {
            finding->state = SOURCE_FOUND;
            result = result || !leaves_out(filter, path);
        } else if (finding->state != SOURCE_FOUND) {
            finding->state = SOURCE_IGNORED;
            finding->pattern = ignored;
        }
    }
    return result;
}

/* What leaves the path out; a submodule stays while something in it may be taken back. */
static const struct pattern *ignoring(struct finder *finder, struct text path, enum path_kind kind) {
    if (finder->ignored == NULL || !pattern_walk_takes(finder->ignored, path)) return NULL;
    bool may_stay = kind == PATH_SUBMODULE && patterns_may_take_back(finder->request->ignore, path);
    return may_stay ? NULL : pattern_walk_decider(finder->ignored);
}

/* A context that is in a submodule: all that is known of its files is which submodule they are. */
static void take_submodule(struct finder *finder, struct text path) {
    finder->out->context_files++;
    finder->out->is_widened = true;
    finder->out->reason = text_format(finder->arena, "the context is in the submodule %.*s", TEXT_ARG(path));
    texts_add(finder->arena, &finder->out->paths, text_copy(finder->arena, path));
}

static void visit(void *self, const struct path_entry *entry) {
    struct finder *finder = self;
    struct text inside = inside_context(finder, entry->path);
    bool is_above = entry->kind == PATH_SUBMODULE && path_is_inside(entry->path, finder->request->context);
    if (is_above) take_submodule(finder, entry->path);
    if (!text_is_given(inside)) return;
    const struct pattern *ignored = ignoring(finder, inside, entry->kind);
    bool asked = is_asked(finder, inside, entry->kind, ignored);
    if (ignored != NULL) return;
    uint64_t size = size_of(finder, entry);
    finder->out->context_files++;
    finder->out->context_bytes += size;
    directory_sizes_add(finder->arena, &finder->sizes, entry->path, inside.len, size);
    if (!asked && !finder->takes_all) return;
    finder->out->bytes += size;
    texts_add(finder->arena, &finder->out->paths, text_copy(finder->arena, entry->path));
}

static bool pass(struct finder *finder, struct diagnostics *diagnostics) {
    const struct patterns *ignore = finder->request->ignore;
    finder->out->paths.count = finder->out->context_files = 0;
    finder->out->bytes = finder->out->context_bytes = 0;
    finder->sizes = (struct directory_sizes){0};
    if (ignore != NULL && patterns_count(ignore) > 0)
        finder->ignored = patterns_walk(finder->arena, ignore, finder->request->regexes, true);
    if (!paths_visit(finder->paths, visit, finder, diagnostics)) return false;
    const struct pattern *failure = finder->ignored == NULL ? NULL : pattern_walk_failure(finder->ignored);
    if (failure == NULL) return true;
    diag_add(diagnostics, DIAG_ERROR, "ignore-syntax", failure->place, "syntax error in pattern");
    return false;
}

/* --- widening --- */

static void widen(struct finder *finder, struct place place, struct text reason) {
    if (finder->out->is_widened) return;
    finder->out->is_widened = finder->takes_all = true;
    finder->out->reason = reason;
    finder->out->reason_place = place;
}

static void widen_for(struct finder *finder, const struct build_input *input, const char *why) {
    struct text shown = text_printable(finder->arena, text_first(input->path, 80));
    widen(finder, input->place,
          text_format(finder->arena, "%s %.*s at line %u %s", instruction_name(input->kind), TEXT_ARG(shown),
                      input->place.line, why));
}

static void widen_where_lost(struct finder *finder) {
    const struct build_reading *reading = finder->request->reading;
    if (reading->is_guess) widen(finder, reading->reason_place, reading->reason);
    for (size_t i = 0; i < finder->filters.count; i++) {
        const struct filter *filter = finder->filters.items[i];
        if (filter->is_lost) widen_for(finder, filter->input, "cannot be followed");
    }
}

static void widen_where_missing(struct finder *finder) {
    for (size_t i = 0; i < finder->filters.count; i++) {
        const struct filter *filter = finder->filters.items[i];
        if (filter->finding->state == SOURCE_MISSING && !text_is(filter->input->path, "."))
            widen_for(finder, filter->input, "matches no tracked file");
    }
}

bool inputs_find(struct arena *arena, struct paths *paths, const struct inputs_request *request,
                 struct diagnostics *diagnostics, struct inputs *out) {
    struct inputs inputs = {0};
    struct finder finder = {.arena = arena, .paths = paths, .request = request, .out = &inputs};
    const struct list *sources = &request->reading->inputs;
    finder.links = context_links_in(arena, paths->repository, request->context);
    if (sources->count > 0 && !paths_visit(paths, note_link, &finder, diagnostics)) return false;
    for (size_t i = 0; i < sources->count; i++)
        add_filter(&finder, sources->items[i]);
    widen_where_lost(&finder);
    if (!pass(&finder, diagnostics)) return false;
    widen_where_missing(&finder);
    bool is_again = inputs.is_widened && inputs.paths.count < inputs.context_files;
    if (is_again && !pass(&finder, diagnostics)) return false;
    directory_sizes_largest(arena, &finder.sizes, LARGEST_COUNT, &inputs.largest);
    *out = inputs;
    return true;
}
