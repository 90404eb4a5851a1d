#include "session.h"

#include "comparison.h"
#include "files_loose.h"
#include "model/scan.h"
#include "model/unused_globs.h"
#include "plan/retag.h"
#include "repo/commit.h"
#include "repo/files_base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *directory_of(struct session *session) {
    if (text_is_given(session->options.chdir)) return text_string(session->arena, session->options.chdir);
    return ".";
}

static bool wants_untracked(const struct session *session) {
    if (session->options.untracked || session->options.no_untracked) return session->options.untracked;
    if (session->options.worktree) return true; /* what lies there is what counts */
    return session->is_interactive && !session->options.no_worktree && !text_is_given(session->options.event);
}

/* The branch that a fork's pull request goes into; the default branch where the agent does not say. */
static struct text target_branch(const struct session *session) {
    const struct event *event = &session->event;
    if (text_is_given(event->base_branch)) return event->base_branch;
    return text_is_given(event->default_branch) ? event->default_branch : TEXT("main");
}

static void warn_of_missing_base(struct session *session) {
    struct text branch = target_branch(session);
    diag_add(&session->diagnostics, DIAG_WARNING, "fork-settings", (struct place){0},
             "this is a fork's build and the settings of its target branch '%.*s' cannot be read (is "
             "refs/remotes/origin/%.*s fetched?): no settings apply and nothing is pushed",
             TEXT_ARG(branch), TEXT_ARG(branch));
}

/* Where the settings are in the repository; absent when --config leads elsewhere. */
static void find_settings_path(struct session *session) {
    struct text path = TEXT(SETTINGS_PATH);
    bool is_named = text_is_given(session->options.config);
    if (is_named && !repository_path(session->arena, &session->repository, session->options.config, &path)) return;
    session->workspace.settings_path = path;
}

/*
 * Settings of a fork's build are read from the branch it wants to go into: what a stranger wrote
 * decides neither queues nor registries. Nothing is fetched; a branch that is not there gives no settings.
 */
static enum status scan_repository(struct session *session) {
    struct files loose;
    files_loose_init(&loose);
    bool is_fork = session->event.is_fork;
    struct text branch = target_branch(session);
    struct text ref = text_format(session->arena, "refs/remotes/origin/%.*s", TEXT_ARG(branch));
    if (is_fork && !files_base_init(&session->fork_base, session->arena, &session->repository, ref))
        warn_of_missing_base(session);
    struct scan_request request = {
        .paths = &session->paths,
        .files = &session->checkout.files,
        .checkout = &session->checkout,
        .events = session->event.kinds,
        .repository_name = session->repository.remote_name,
        .settings_path = session->options.config,
        .settings_above = session->options.settings,
        .settings_files = is_fork ? &session->fork_base.files : &session->checkout.files,
        .named_files = is_fork ? &session->fork_base.files : &loose,
        .settings_paths = is_fork ? &session->fork_base.paths : NULL,
        .regexes = &session->regexes,
        .wants_inputs = session->wants_inputs || !session->options.all,
    };
    switch (scan(session->arena, &request, &session->diagnostics, &session->workspace)) {
    case SCAN_OK:
        find_settings_path(session);
        return STATUS_OK;
    case SCAN_NO_PATHS:
        return STATUS_SYSTEM;
    case SCAN_SETTINGS:
        break;
    }
    return STATUS_FINDINGS;
}

static void warn_outside_git(struct session *session) {
    if (!session->repository.has_git)
        diag_add(&session->diagnostics, DIAG_WARNING, "no-git", (struct place){0},
                 "'%.*s' is in no git repository: its files are found by walking", TEXT_ARG(session->repository.root));
}

enum status session_open(struct session *session) {
    struct arena *arena = session->arena;
    if (!repository_locate(arena, directory_of(session), session->environment.all, &session->diagnostics,
                           &session->repository))
        return STATUS_SYSTEM;
    warn_outside_git(session);
    files_checkout_init(&session->checkout, &session->repository);
    bool untracked = wants_untracked(session);
    bool ok = paths_open(arena, &session->repository, untracked, &session->diagnostics, &session->paths);
    return ok ? STATUS_OK : STATUS_SYSTEM;
}

bool session_replan(struct session *session) {
    struct plan_request request = {
        .workspace = &session->workspace,
        .event = &session->event,
        .base = session->has_base ? &session->base : NULL,
        .watches = &session->watches,
        .before = session->before,
        .before_is_unknown = session->before_is_unknown,
        .regexes = &session->regexes,
        .only = session->options.only,
        .exclude = session->options.exclude,
    };
    return plan_make(session->arena, &request, &session->diagnostics, &session->plan);
}

/* The steps run where this job does, as far as is known; where the settings speak of pods, the plan has looked at it. */
static void warn_of_pod(struct session *session) {
    if (!session->environment.is_pod) return;
    for (size_t i = 0; i < session->plan.images.count; i++) {
        const struct plan_image *planned = session->plan.images.items[i];
        const struct build_settings *build = &planned->image->settings->build;
        bool is_elsewhere = node_find(build->step, "agents") != NULL || text_is_given(session->options.queue);
        if (!planned->is_built || !plan_image_needs_docker(planned) || is_elsewhere) continue;
        if (build->kubernetes.node != NULL || settings_kubernetes_find_plugin(build->step) != NULL) continue;
        diag_add(
            &session->diagnostics, DIAG_WARNING, "kubernetes-docker", (struct place){0},
            "steps of this queue run in pods, and a builder needs a Docker daemon: 'kubernetes: {docker: sidecar}' "
            "adds one, and 'builder: depot' and 'bake' need none");
        return;
    }
}

/* git is asked when the commit was made only where some tag, label or argument says it. */
static void find_commit_time(struct session *session) {
    const struct image_settings *last = NULL;
    bool is_needed = false;
    for (size_t i = 0; i < session->workspace.images.count && !is_needed; i++) {
        const struct image_settings *own = ((const struct image *)session->workspace.images.items[i])->settings;
        if (own != NULL && own != last) is_needed = settings_need_date(own);
        last = own;
    }
    if (is_needed) session->event.committed = commit_time(session->arena, &session->repository, session->event.commit);
}

static enum status make_plan(struct session *session) {
    bool needs_commit = session->options.command != COMMAND_GENERATE || retag_is_wanted(&session->workspace);
    if (session->has_base && needs_commit) base_find_commit(session->arena, &session->base_request, &session->base);
    if (!session_replan(session)) return STATUS_USAGE;
    warn_of_pod(session);
    return STATUS_OK;
}

enum status session_plan(struct session *session) {
    enum status status = session_open(session);
    if (status != STATUS_OK) return status;
    session->event = comparison_event(session);
    event_complete(session->arena, &session->repository, &session->event);
    session->event.kinds = event_kinds(&session->event, comparison_default_branch(session));
    if (!comparison_begin(session)) return STATUS_SYSTEM;
    status = scan_repository(session);
    if (status != STATUS_OK) {
        comparison_cancel(session);
        return status;
    }
    if (!comparison_end(session)) return STATUS_SYSTEM;
    if (!unused_globs_report(session->arena, &session->paths, &session->workspace, &session->diagnostics))
        return STATUS_SYSTEM;
    find_commit_time(session);
    return make_plan(session);
}

struct text session_summary(struct session *session) {
    const struct plan *plan = &session->plan;
    struct text sentence = text_printable(session->arena, session->base.sentence);
    return text_format(session->arena, "%zu of %zu image%s: %.*s", plan->built, plan->images.count,
                       plan->images.count == 1 ? "" : "s", TEXT_ARG(sentence));
}

static struct text queue_of(const struct session *session) {
    return text_is_given(session->options.queue) ? session->options.queue : session->environment.queue;
}

/* Why the pipeline was not made: a secret in it comes from the settings or from chance, all else is our mistake. */
static enum status why_not(const struct diagnostics *diagnostics) {
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct diagnostic *diagnostic = diagnostics->list.items[i];
        if (strncmp(diagnostic->rule, "output-", 7) == 0 && strcmp(diagnostic->rule, "output-secret-value") != 0)
            return STATUS_BUG;
    }
    return STATUS_FINDINGS;
}

/* What images share cannot help where steps of other kinds are too many. */
static void warn_of_limit(struct session *session) {
    const struct pipeline *made = &session->pipeline;
    size_t images = session->plan.images.count;
    if (made->jobs > SPLIT_JOBS_OF_BUILD && made->bundled < 2)
        diag_add(&session->diagnostics, DIAG_WARNING, "bundled", (struct place){0},
                 "%zu images make %zu jobs, more than the %d of a build, and none can share a step: Buildkite will "
                 "refuse some",
                 images, made->jobs, SPLIT_JOBS_OF_BUILD);
    else if (made->jobs > SPLIT_JOBS_OF_BUILD)
        diag_add(&session->diagnostics, DIAG_WARNING, "bundled", (struct place){0},
                 "%zu images make %zu jobs, more than the %d of a build, although up to %zu share a step: Buildkite "
                 "will refuse some",
                 images, made->jobs, SPLIT_JOBS_OF_BUILD, made->bundled);
    else
        diag_add(&session->diagnostics, DIAG_WARNING, "bundled", (struct place){0},
                 "%zu images make more than the %d jobs of a build: up to %zu share a step", images,
                 SPLIT_JOBS_OF_BUILD, made->bundled);
}

enum status session_make_pipeline(struct session *session) {
    bool interpolates = !session->options.no_interpolation && !session->environment.no_interpolation;
    struct list secrets = {0};
    secrets_read(session->arena, session->environment.all, interpolates, &secrets);
    struct pipeline_request request = {
        .plan = &session->plan,
        .queue = queue_of(session),
        .key_prefix = session->workspace.layers.settings.key_prefix.text,
        .format = session->options.is_json ? EMIT_JSON : EMIT_YAML,
        .interpolates = interpolates,
        .secrets = &secrets,
    };
    session->keys = step_keys(session->arena, &session->plan, request.key_prefix);
    request.keys = &session->keys;
    if (!pipeline_make(session->arena, &request, &session->diagnostics, &session->pipeline))
        return why_not(&session->diagnostics);
    if (session->pipeline.is_overfull) warn_of_limit(session);
    return STATUS_OK;
}

void session_complain(struct session *session, const char *rule, const char *format, ...) {
    char words[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof(words), format, arguments);
    va_end(arguments);
    struct diagnostics late = diag_in(session->arena);
    diag_add(&late, DIAG_ERROR, rule, (struct place){0}, "%s", words);
    terminal_report(&late, DIAG_ERROR, session->terminal.error_has_colour);
}

void session_close(struct session *session) {
    comparison_cancel(session);
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
        if (!planned->is_built) continue; /* nobody is harmed by this build */
        take(session, &planned->image->problems);
        take(session, &planned->problems);
    }
    enum severity least = session->options.quiet ? DIAG_ERROR : session->options.verbose ? DIAG_NOTE : DIAG_WARNING;
    terminal_report(&session->diagnostics, least, session->terminal.error_has_colour);
}
