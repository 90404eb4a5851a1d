#include "session.h"

#include "files_loose.h"
#include "model/scan.h"
#include "repo/git.h"

/* A checkout in CI is where the agent says, when the program was started elsewhere. */
static const char *directory_of(struct session *session) {
    if (text_is_given(session->options.chdir)) return text_string(session->arena, session->options.chdir);
    return ".";
}

static bool wants_untracked(const struct session *session) {
    if (session->options.untracked || session->options.no_untracked) return session->options.untracked;
    return session->is_interactive;
}

/*
 * Settings of a fork's build are read from the branch it wants to go into: what a stranger wrote
 * decides neither queues nor registries. Nothing is fetched; a branch that is not there gives no settings.
 */
struct files_fork {
    struct files files;
    const struct repository *repository;
    struct text base_branch;
};

static enum files_status read_fork(struct files *self, struct arena *arena, struct text path, size_t limit,
                                   const struct source **out) {
    const struct files_fork *fork = (const struct files_fork *)self; /* `files` is its first member */
    struct text name = text_format(arena, "refs/remotes/origin/%.*s:%.*s", TEXT_ARG(fork->base_branch), TEXT_ARG(path));
    struct text bytes;
    if (!git_blob(arena, fork->repository, name, limit, &bytes)) return FILES_MISSING;
    *out = source_create(arena, text_copy(arena, path), bytes);
    return FILES_OK;
}

static enum status scan_repository(struct session *session) {
    struct files_fork fork = {
        .files = {.read = read_fork}, .repository = &session->repository, .base_branch = session->event.base_branch};
    bool is_fork = session->event.is_fork;
    struct files loose;
    files_loose_init(&loose);
    struct scan_request request = {
        .paths = &session->paths,
        .files = &session->checkout.files,
        .checkout = &session->checkout,
        .repository_name = session->repository.remote_name,
        .settings_path = session->options.config,
        .settings_above = session->options.settings,
        .settings_files = is_fork ? &fork.files : &session->checkout.files,
        .named_files = is_fork ? &fork.files : &loose,
        .regexes = &session->regexes,
    };
    switch (scan(session->arena, &request, &session->diagnostics, &session->workspace)) {
    case SCAN_OK:
        return STATUS_OK;
    case SCAN_NO_PATHS:
        return STATUS_SYSTEM;
    case SCAN_SETTINGS:
        break;
    }
    return STATUS_FINDINGS;
}

enum status session_plan(struct session *session) {
    struct arena *arena = session->arena;
    if (!repository_locate(arena, directory_of(session), session->environment.all, &session->diagnostics,
                           &session->repository))
        return STATUS_SYSTEM;
    files_checkout_init(&session->checkout, &session->repository);
    if (!paths_open(arena, &session->repository, wants_untracked(session), &session->diagnostics, &session->paths))
        return STATUS_SYSTEM;
    session->event = session->environment.event;
    event_complete(arena, &session->repository, &session->event);
    enum status status = scan_repository(session);
    if (status == STATUS_OK) plan_make(arena, &session->workspace, &session->event, &session->plan);
    return status;
}

static struct text queue_of(const struct session *session) {
    return text_is_given(session->options.queue) ? session->options.queue : session->environment.queue;
}

enum status session_make_pipeline(struct session *session) {
    bool interpolates = !session->options.no_interpolation && !session->environment.no_interpolation;
    struct pipeline_request request = {
        .plan = &session->plan,
        .queue = queue_of(session),
        .key_prefix = session->workspace.layers.settings.key_prefix.text,
        .format = session->options.is_json ? EMIT_JSON : EMIT_YAML,
        .interpolates = interpolates,
    };
    session->keys = step_keys(session->arena, &session->plan, request.key_prefix);
    if (!pipeline_make(session->arena, &request, &session->diagnostics, &session->pipeline)) return STATUS_BUG;
    if (session->pipeline.bundled > 1)
        diag_add(&session->diagnostics, DIAG_WARNING, "bundled", (struct place){0},
                 "%zu images are more than the %d jobs of a build: up to %zu share a step, and are built one after the "
                 "other",
                 session->plan.images.count, SPLIT_JOBS_OF_BUILD, session->pipeline.bundled);
    return STATUS_OK;
}

void session_close(struct session *session) {
    regex_finish(&session->regexes);
    repository_close(&session->repository);
}

static void take(struct session *session, const struct diagnostics *problems) {
    for (size_t i = 0; i < problems->list.count; i++)
        list_add(session->arena, &session->diagnostics.list, problems->list.items[i]);
}

void session_report(struct session *session) {
    for (size_t i = 0; i < session->plan.images.count; i++) {
        const struct plan_image *planned = session->plan.images.items[i];
        take(session, &planned->image->problems);
        take(session, &planned->problems);
    }
    enum severity least = session->options.quiet ? DIAG_ERROR : session->options.verbose ? DIAG_NOTE : DIAG_WARNING;
    terminal_report(&session->diagnostics, least, session->terminal.error_has_colour);
}
