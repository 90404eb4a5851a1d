#include "comparison.h"

#include "base/path.h"
#include "files_loose.h"
#include "history.h"
#include "model/scan.h"
#include "model/watch.h"
#include "plan/compare.h"
#include "repo/files_before.h"
#include "repo/refs.h"

#include <stdlib.h>
#include <unistd.h>

#define TEXT_NUL text_of("\0", 1)
#define LIST_LIMIT ((size_t)1024 * 1024 * 1024)

/* --- the event --- */

static struct text or_else(struct text given, struct text otherwise) {
    return text_is_given(given) ? given : otherwise;
}

/* "main" of `--base main`, `origin/main` and `refs/heads/main`; the absent text when it is no branch that is known here. */
static struct text named_branch(struct session *session) {
    static const char *const before[] = {"refs/remotes/origin/", "refs/heads/", "origin/"};
    struct text name = session->options.base;
    if (!text_is_given(name)) return name;
    for (size_t i = 0; i < 3; i++)
        if (text_starts(name, before[i])) name = text_from_offset(name, strlen(before[i]));
    struct text remote = text_concat(session->arena, TEXT("refs/remotes/origin/"), name);
    struct text local = text_concat(session->arena, TEXT("refs/heads/"), name);
    bool is_branch = text_is_given(refs_find(session->arena, &session->repository, remote)) ||
                     text_is_given(refs_find(session->arena, &session->repository, local));
    return is_branch ? name : (struct text){0};
}

static void rehearse_pull_request(struct session *session, struct event *event) {
    event->pull_request = or_else(session->options.pull_request, TEXT("1"));
    event->base_branch = or_else(named_branch(session), event->default_branch);
    event->branch = session->options.branch;
    event->source = TEXT("webhook");
}

static void rehearse_queue(struct session *session, struct event *event) {
    event->queue_branch = or_else(named_branch(session), event->default_branch);
    struct text usual = text_format(session->arena, "gh-readonly-queue/%.*s/rehearsal", TEXT_ARG(event->queue_branch));
    event->branch = or_else(session->options.branch, usual);
    event->source = TEXT("webhook");
}

static struct text default_branch_of(struct session *session, const struct event *event) {
    struct base_request request = {
        .repository = &session->repository, .event = event, .is_ci = session->environment.is_ci};
    return base_default_branch(session->arena, &request);
}

struct text comparison_default_branch(struct session *session) {
    return default_branch_of(session, &session->event);
}

/* What the agent would say of such a build, as far as it is not known from git. */
static struct event rehearse(struct session *session) {
    const struct options *options = &session->options;
    struct event event = {.commit = session->environment.event.commit,
                          .default_branch = session->environment.event.default_branch,
                          .repository = session->environment.event.repository};
    event.default_branch = default_branch_of(session, &event);
    event.is_fork = text_is(options->event, "fork");
    if (text_is(options->event, "pr") || event.is_fork) rehearse_pull_request(session, &event);
    if (text_is(options->event, "merge-queue")) rehearse_queue(session, &event);
    if (text_is(options->event, "branch")) event.branch = options->branch;
    if (text_is(options->event, "default") || text_is(options->event, "schedule"))
        event.branch = or_else(options->branch, event.default_branch);
    if (text_is(options->event, "schedule")) event.source = TEXT("schedule");
    if (text_is(options->event, "tag")) {
        event.tag = options->tag;
        event.branch = or_else(options->branch, options->tag);
    }
    return event;
}

struct event comparison_event(struct session *session) {
    return text_is_given(session->options.event) ? rehearse(session) : session->environment.event;
}

/* --- changes that somebody names --- */

static bool read_given(struct session *session, struct text path, struct changes *out) {
    struct files loose;
    const struct source *source;
    files_loose_init(&loose);
    enum files_status status = files_read(&loose, session->arena, path, LIST_LIMIT, &source);
    if (status == FILES_OK) {
        changes_parse_names(session->arena, source->bytes, out);
        return true;
    }
    struct text reason = files_reason(session->arena, status, LIST_LIMIT);
    diag_add(&session->diagnostics, DIAG_ERROR, "changed-files",
             source_whole(source_create(session->arena, path, TEXT(""))), "the list of changed files %.*s",
             TEXT_ARG(reason));
    return false;
}

/* A name that is no file was deleted, where the changes have happened, and is added, where they are supposed. */
static bool tell_missing(struct session *session, enum change_status missing, struct changes *changes) {
    struct list questions = {0};
    struct path_question *all = arena_array(session->arena, changes->count, sizeof(*all));
    for (size_t i = 0; i < changes->count; i++) {
        all[i] = (struct path_question){.path = changes->items[i].path};
        list_add(session->arena, &questions, &all[i]);
    }
    if (!paths_answer(&session->paths, &questions, &session->diagnostics)) return false;
    for (size_t i = 0; i < changes->count; i++)
        if (!all[i].found) changes->items[i].status = missing;
    return true;
}

/* A path that a person types: seen from where they are when it is there, else from the root. */
static struct text typed_path(struct session *session, struct text typed) {
    struct text directory = session->options.chdir, seen = typed, path;
    if (directory.len > 0 && !path_is_absolute(typed))
        seen = text_format(session->arena, "%.*s/%.*s", TEXT_ARG(directory), TEXT_ARG(typed));
    bool is_there = access(text_string(session->arena, seen), F_OK) == 0;
    if (is_there && repository_path(session->arena, &session->repository, seen, &path)) return path;
    return path_clamp(session->arena, typed);
}

struct supposing {
    struct arena *arena;
    struct text path;
    struct changes *changes;
};

static void add_supposed(void *self, const struct path_entry *entry) {
    struct supposing *supposing = self;
    struct changes *changes = supposing->changes;
    if (!path_is_inside(supposing->path, entry->path)) return;
    if (changes->count == changes->capacity) {
        size_t capacity = changes->capacity == 0 ? 16 : 2 * changes->capacity;
        changes->items = arena_grow(supposing->arena, changes->items, changes->capacity * sizeof(*changes->items),
                                    capacity * sizeof(*changes->items));
        changes->capacity = capacity;
    }
    changes->items[changes->count++] = (struct change){.path = text_copy(supposing->arena, entry->path),
                                                       .status = CHANGE_GIVEN,
                                                       .old_kind = entry->kind,
                                                       .new_kind = entry->kind};
}

/* What would be if this file changed, or all files of this directory? One that is not there yet is added. */
static bool begin_supposed(struct session *session) {
    struct base *base = &session->base;
    struct text path = typed_path(session, session->options.path);
    struct text shown = text_printable(session->arena, path);
    *base =
        (struct base){.rung = BASE_GIVEN, .sentence = text_format(session->arena, "if %.*s changed", TEXT_ARG(shown))};
    struct supposing supposing = {.arena = session->arena, .path = path, .changes = &base->changes};
    if (!paths_visit(&session->paths, add_supposed, &supposing, &session->diagnostics)) return false;
    if (base->changes.count > 0) return true;
    changes_parse_names(session->arena, text_concat(session->arena, path, TEXT_NUL), &base->changes);
    return tell_missing(session, CHANGE_ADDED, &base->changes);
}

static bool begin_given(struct session *session, struct text path) {
    struct base *base = &session->base;
    *base = (struct base){.rung = BASE_GIVEN};
    if (!read_given(session, path, &base->changes) || !tell_missing(session, CHANGE_DELETED, &base->changes))
        return false;
    struct text shown = text_printable(session->arena, path);
    if (base->changes.count == 0)
        diag_add(&session->diagnostics, DIAG_WARNING, "changed-files",
                 source_whole(source_create(session->arena, path, TEXT(""))),
                 "the list of changed files is empty, so that nothing counts as changed");
    base->sentence = text_format(session->arena, "%zu changed file%s, as %.*s says", base->changes.count,
                                 base->changes.count == 1 ? "" : "s", TEXT_ARG(shown));
    return true;
}

/* --- the search --- */

/* A person who looks at the checkout sees it as it lies there. */
static bool wants_worktree(const struct session *session) {
    const struct options *options = &session->options;
    if (options->worktree || options->no_worktree) return options->worktree;
    return session->is_interactive && !text_is_given(options->event) && options->command != COMMAND_GENERATE;
}

static bool may_fetch(const struct session *session) {
    if (session->options.fetch || session->options.no_fetch) return session->options.fetch;
    return session->environment.is_ci && !text_is_given(session->options.event);
}

static void begin_search(struct session *session) {
    bool rehearses = text_is_given(session->options.event);
    struct text base = session->options.base;
    bool merges = text_is(session->options.event, "pr") || text_is(session->options.event, "fork") ||
                  text_is(session->options.event, "merge-queue");
    bool goes_into = merges && text_is_given(named_branch(session));
    if (!text_is_given(base) && !rehearses) base = session->environment.base;
    session->base_request = (struct base_request){
        .repository = &session->repository,
        .event = &session->event,
        .head = refs_head_commit(session->arena, &session->repository),
        .explicit = base,
        .explicit_is_branch = goes_into,
        .may_fetch = may_fetch(session),
        .is_ci = session->environment.is_ci,
        .with_worktree = wants_worktree(session),
        .has_untracked = wants_worktree(session) && session->paths.with_untracked && session->paths.untracked.len > 0,
    };
    session->search = base_begin(session->arena, &session->base_request);
}

bool comparison_begin(struct session *session) {
    bool rehearses = text_is_given(session->options.event) || text_is_given(session->options.base);
    struct text given = session->options.changed_files;
    if (!text_is_given(given) && !rehearses) given = session->environment.changed_files;
    if (session->options.all) {
        session->base =
            (struct base){.rung = BASE_ALL, .is_everything = true, .sentence = TEXT("every image, as asked for")};
    } else if (text_is_given(session->options.path)) {
        return begin_supposed(session);
    } else if (text_is_given(given)) {
        return begin_given(session, given);
    } else {
        begin_search(session);
    }
    return true;
}

void comparison_cancel(struct session *session) {
    base_cancel(session->search);
    session->search = NULL;
}

static void end_search(struct session *session) {
    struct history history;
    const struct base_settings *settings = &session->workspace.layers.settings.base;
    struct base_policy policy = {.default_branch = (enum base_default_branch)settings->default_branch,
                                 .queue = (enum base_queue)settings->merge_queue,
                                 .facts = &history.facts};
    bool tells_passed =
        settings->file.node != NULL || settings->command.node != NULL || settings->token_variable.node != NULL;
    if (policy.default_branch == BASE_DEFAULT_NOT_GIVEN && tells_passed) policy.default_branch = BASE_DEFAULT_PASSED;
    history_init(&history, session);
    base_end(session->search, &policy, &session->base);
    session->search = NULL;
}

/* Doubt about the base builds more, and says so. */
static void warn(struct session *session) {
    const struct base *base = &session->base;
    if (text_is_given(base->note))
        diag_add(&session->diagnostics, DIAG_WARNING, "base-stale", (struct place){0}, "%.*s", TEXT_ARG(base->note));
    if (base->rung != BASE_FAILED || !text_is_given(base->remedy) || !session->repository.has_git) return;
    diag_add(&session->diagnostics, DIAG_WARNING, "base", (struct place){0}, "%.*s; %.*s", TEXT_ARG(base->sentence),
             TEXT_ARG(base->remedy));
}

/* --- files that are not committed --- */

static int by_path(const void *a, const void *b) {
    return text_compare(((const struct change *)a)->path, ((const struct change *)b)->path);
}

/* Files that git does not track have come, where the files as they lie there are compared. */
static void add_untracked(struct session *session) {
    struct changes *changes = &session->base.changes;
    struct texts untracked = {0};
    if (!session->base.with_worktree || !session->paths.with_untracked) return;
    paths_untracked(session->arena, &session->paths, &untracked);
    if (untracked.count == 0) return;
    struct change *all = arena_array(session->arena, changes->count + untracked.count, sizeof(*all));
    if (changes->count > 0) memcpy(all, changes->items, changes->count * sizeof(*all));
    for (size_t i = 0; i < untracked.count; i++)
        all[changes->count + i] = (struct change){.path = untracked.items[i], .status = CHANGE_ADDED};
    changes->items = all;
    changes->count = changes->capacity = changes->count + untracked.count;
    qsort(all, changes->count, sizeof(*all), by_path);
}

/* --- the other side --- */

static bool needs_before(const struct session *session) {
    const struct changes *changes = &session->base.changes;
    for (size_t i = 0; i < changes->count; i++)
        if (compare_is_needed(&session->workspace, &changes->items[i])) return true;
    return false;
}

/* NULL when it cannot be had. What is wrong there was somebody's before. */
static struct workspace *scan_before(struct session *session, struct files_before *files) {
    struct paths *paths = arena_alloc(session->arena, sizeof(*paths));
    struct workspace *before = arena_alloc(session->arena, sizeof(*before));
    struct diagnostics unheard = diag_in(session->arena);
    struct files loose;
    bool is_fork = session->event.is_fork;
    bool is_tracked =
        !is_fork && text_is_given(session->options.config) && text_is_given(session->workspace.settings_path);
    files_loose_init(&loose);
    paths_before(session->arena, &session->paths, &session->base.changes, paths);
    struct scan_request request = {
        .paths = paths,
        .files = &files->files,
        .events = session->event.kinds,
        .repository_name = session->repository.remote_name,
        .settings_path = is_tracked ? session->workspace.settings_path : session->options.config,
        .settings_above = session->options.settings,
        .settings_files = is_fork ? &session->fork_base.files : &files->files,
        .named_files = is_fork      ? &session->fork_base.files
                       : is_tracked ? &files->files
                                    : &loose,
        .settings_paths = is_fork ? &session->fork_base.paths : NULL,
        .regexes = &session->regexes,
        .one_thread = true,
    };
    enum scan_status status = scan(session->arena, &request, &unheard, before);
    return status == SCAN_OK && !files->is_incomplete ? before : NULL;
}

static bool read_watches(struct session *session, struct files *before) {
    struct watch_request request = {.paths = &session->paths,
                                    .files = &session->checkout.files,
                                    .except = &session->checkout.skipped,
                                    .files_before = before,
                                    .workspace = &session->workspace,
                                    .images = &session->workspace.images,
                                    .changes = &session->base.changes};
    return watch_read(session->arena, &request, &session->diagnostics, &session->watches);
}

bool comparison_end(struct session *session) {
    if (session->search != NULL) end_search(session);
    warn(session);
    session->has_base = true;
    if (session->base.is_everything) return true;
    add_untracked(session);
    struct files_before files;
    bool is_given = session->base.rung == BASE_GIVEN;
    files_before_init(&files, session->arena, &session->repository, &session->checkout.files, &session->base.changes,
                      session->base_request.may_fetch);
    if (needs_before(session)) {
        session->before = is_given ? NULL : scan_before(session, &files);
        session->before_is_unknown = session->before == NULL;
    }
    bool ok = read_watches(session, is_given ? NULL : &files.files);
    files_before_finish(&files);
    return ok;
}

bool comparison_suppose(struct session *session, struct text names) {
    session->base = (struct base){.rung = BASE_GIVEN, .sentence = TEXT("as the test says")};
    session->watches = (struct list){0};
    changes_parse_names(session->arena, names, &session->base.changes);
    if (!tell_missing(session, CHANGE_ADDED, &session->base.changes)) return false;
    session->before_is_unknown = needs_before(session);
    return read_watches(session, NULL) && session_replan(session);
}
