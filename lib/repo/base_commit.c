#include "repo/base_commit.h"

#include "repo/base_compare.h"
#include "repo/base_fetch.h"
#include "repo/git.h"
#include "repo/refs.h"

#define SHORT 12
#define REMOTE "refs/remotes/origin/"
#define LINE_LIMIT 4096

/* What HEAD is to be compared with, by one rung. */
struct candidate {
    enum base_rung rung;
    struct text revision; /* a full ref name or an id; absent: there is none, and `reason` says why */
    struct text branch;   /* of the remote, where revision is its ref; else absent */
    struct text sentence;
    struct text reason, remedy;
};

struct base_search {
    struct arena *arena;
    const struct base_request *request;
    struct candidate candidate;
    bool is_waiting; /* the candidate depends on the policy */
    struct process *process;
    struct text note;
    struct text refused; /* what git said when the remote did not give what was asked: it is not asked again */
};

const char *base_rung_name(enum base_rung rung) {
    static const char *const names[] = {
        [BASE_ALL] = "all",
        [BASE_GIVEN] = "given",
        [BASE_EXPLICIT] = "explicit",
        [BASE_TAG] = "tag",
        [BASE_MERGE_QUEUE] = "merge-queue",
        [BASE_PULL_REQUEST] = "pull-request",
        [BASE_BRANCH] = "branch",
        [BASE_PUSH] = "push",
        [BASE_PASSED] = "passed",
        [BASE_DEFAULT_BRANCH] = "default-branch",
        [BASE_EVERY] = "every",
        [BASE_FAILED] = "failed",
    };
    return names[rung];
}

static struct text short_id(struct text revision) {
    return refs_is_object_id(revision) ? text_first(revision, SHORT) : revision;
}

/* --- branches --- */

static struct text remote_ref(struct arena *arena, struct text branch) {
    return text_concat(arena, TEXT(REMOTE), branch);
}

static bool has_ref(struct arena *arena, const struct base_request *request, struct text ref) {
    return text_is_given(refs_find(arena, request->repository, ref));
}

struct text base_default_branch(struct arena *arena, const struct base_request *request) {
    static const char *const usual[] = {"main", "master"};
    if (text_is_given(request->event->default_branch)) return request->event->default_branch;
    struct text target = refs_symbolic(arena, request->repository, TEXT(REMOTE "HEAD"));
    if (text_starts(target, REMOTE)) return text_from_offset(target, sizeof(REMOTE) - 1);
    for (size_t i = 0; i < 2; i++)
        if (has_ref(arena, request, remote_ref(arena, text_from(usual[i])))) return text_from(usual[i]);
    for (size_t i = 0; i < 2 && !request->is_ci; i++)
        if (has_ref(arena, request, text_format(arena, "refs/heads/%s", usual[i]))) return text_from(usual[i]);
    return (struct text){0};
}

static bool fetches(const struct base_search *search) {
    const struct base_request *request = search->request;
    return request->may_fetch && text_is_given(request->repository->remote_url) && !text_is_given(search->refused);
}

static bool is_shallow(const struct base_search *search) {
    return base_is_shallow(search->arena, search->request->repository);
}

/* One step further back; false when there is none, or it failed. */
static bool deepen_once(struct base_search *search, struct text branch, int step) {
    if (!fetches(search) || !is_shallow(search) || step == BASE_DEEPEN_STEPS) return false;
    return base_deepen(search->arena, search->request->repository, branch, step, &search->refused);
}

/* The ref of a branch of the remote, as new as it can be had; on a laptop without one, the branch itself. */
static void use_branch(struct base_search *search, struct text branch, struct candidate *out) {
    struct arena *arena = search->arena;
    const struct base_request *request = search->request;
    struct text ref = remote_ref(arena, branch), complaint = {0};
    bool is_known = has_ref(arena, request, ref), is_fresh = false;
    out->branch = branch;
    bool asks = fetches(search);
    if (asks) is_fresh = base_fetch_branch(arena, request->repository, branch, is_known, &complaint);
    if (asks && !is_fresh) search->refused = complaint;
    if (is_known && asks && !is_fresh) {
        struct text words = text_printable(arena, complaint);
        search->note = text_format(arena, "%.*s could not be fetched and may be old, so that more may be built: %.*s",
                                   TEXT_ARG(ref), TEXT_ARG(words));
    }
    struct text local = text_concat(arena, TEXT("refs/heads/"), branch);
    if (is_known || is_fresh) {
        out->revision = ref;
    } else if (!request->is_ci && has_ref(arena, request, local)) {
        out->revision = local;
    } else {
        struct text words = text_printable(arena, complaint);
        out->reason = text_is_given(complaint)
                          ? text_format(arena, "%.*s cannot be fetched: %.*s", TEXT_ARG(branch), TEXT_ARG(words))
                          : text_format(arena, "%.*s is not here", TEXT_ARG(ref));
        out->remedy = text_is_given(complaint)
                          ? TEXT("give this step the credentials to fetch, or fetch the branch before it")
                          : TEXT("fetch the branch before this step, or let it fetch with --fetch");
    }
}

/* --- rungs --- */

static struct candidate everything(enum base_rung rung, struct text sentence) {
    return (struct candidate){.rung = rung, .sentence = sentence};
}

static void say_left(struct base_search *search, struct candidate *candidate, struct text what) {
    candidate->sentence = text_format(search->arena, "%.*s: compared with where HEAD left %.*s", TEXT_ARG(what),
                                      TEXT_ARG(short_id(candidate->revision)));
}

/* The names that a person may mean by `origin/main`, `main` or `v1`, as git tries them but for the remote's branch, which comes first. */
static struct text find_named(struct base_search *search, struct text name, struct text *branch) {
    static const char *const folders[] = {REMOTE, "refs/remotes/", "refs/tags/", "refs/heads/"};
    if (text_starts(name, "refs/")) return has_ref(search->arena, search->request, name) ? name : (struct text){0};
    for (size_t i = 0; i < 4; i++) {
        struct text ref = text_concat(search->arena, text_from(folders[i]), name);
        if (!has_ref(search->arena, search->request, ref)) continue;
        if (text_starts(ref, REMOTE)) *branch = text_from_offset(ref, sizeof(REMOTE) - 1);
        return ref;
    }
    return (struct text){0};
}

static void choose_explicit(struct base_search *search) {
    struct candidate *candidate = &search->candidate;
    const struct base_request *request = search->request;
    struct text given = request->explicit, complaint = {0};
    *candidate = (struct candidate){.rung = BASE_EXPLICIT};
    if (refs_is_object_id(given)) {
        candidate->revision = given;
        if (fetches(search) && !base_has_commit(search->arena, request->repository, given))
            (void)base_fetch_commit(search->arena, request->repository, given, &complaint);
    } else {
        candidate->revision = find_named(search, given, &candidate->branch);
        struct text name = text_starts(given, "origin/") ? text_from_offset(given, 7) : given;
        bool is_branch = text_is_given(candidate->branch) || !text_is_given(candidate->revision);
        bool is_name = !text_has(name, '~') && !text_has(name, '^');
        if (fetches(search) && is_branch && is_name)
            use_branch(search, text_is_given(candidate->branch) ? candidate->branch : name, candidate);
        for (int step = 0; !text_is_given(candidate->revision); step++) {
            candidate->revision = refs_resolve(search->arena, request->repository, given);
            if (!text_is_given(candidate->revision) && !deepen_once(search, (struct text){0}, step)) break;
        }
    }
    struct text shown = text_printable(search->arena, given);
    if (!text_is_given(candidate->revision) && !text_is_given(candidate->reason)) {
        candidate->reason = text_format(search->arena, "the base '%.*s' is not here", TEXT_ARG(shown));
        candidate->remedy = request->may_fetch ? TEXT("fetch it before this step; is the name right?")
                                               : TEXT("fetch it before this step, or let it fetch with --fetch");
    }
    say_left(search, candidate, text_format(search->arena, "base %.*s", TEXT_ARG(shown)));
}

static void choose_queue(struct base_search *search, const struct base_policy *policy) {
    const struct event *event = search->request->event;
    struct candidate *candidate = &search->candidate;
    *candidate = (struct candidate){.rung = BASE_MERGE_QUEUE};
    bool has_commit = text_is_given(event->queue_commit), has_branch = text_is_given(event->queue_branch);
    if (has_commit && (policy->queue == BASE_QUEUE_ENTRY || !has_branch)) {
        candidate->revision = event->queue_commit;
        candidate->sentence =
            text_format(search->arena, "merge queue, this entry alone: compared with %.*s, the entry before it",
                        TEXT_ARG(text_first(event->queue_commit, SHORT)));
        return;
    }
    use_branch(search, event->queue_branch, candidate);
    say_left(search, candidate,
             text_format(search->arena, "merge queue into %.*s, the whole group", TEXT_ARG(event->queue_branch)));
}

static void choose_pull_request(struct base_search *search) {
    const struct event *event = search->request->event;
    struct candidate *candidate = &search->candidate;
    *candidate = (struct candidate){.rung = BASE_PULL_REQUEST};
    struct text base = event->base_branch;
    if (!text_is_given(base)) base = base_default_branch(search->arena, search->request);
    if (text_is_given(base)) {
        use_branch(search, base, candidate);
    } else {
        candidate->reason = TEXT("it is not known which branch the pull request goes into");
        candidate->remedy = TEXT("name the branch by --base");
    }
    say_left(search, candidate,
             text_format(search->arena, "pull request %.*s into %.*s", TEXT_ARG(event->pull_request), TEXT_ARG(base)));
}

static void choose_branch(struct base_search *search, struct text default_branch) {
    const struct event *event = search->request->event;
    struct candidate *candidate = &search->candidate;
    *candidate = (struct candidate){.rung = BASE_BRANCH};
    if (text_is_given(default_branch)) {
        use_branch(search, default_branch, candidate);
    } else {
        candidate->reason = TEXT("no default branch is known");
        candidate->remedy = TEXT("name the commit or branch to compare with by --base");
    }
    struct text what = text_is_given(event->branch) ? text_format(search->arena, "branch %.*s", TEXT_ARG(event->branch))
                                                    : TEXT("detached HEAD");
    say_left(search, candidate, what);
}

static bool is_zero(struct text id) {
    for (size_t i = 0; i < id.len; i++)
        if (id.ptr[i] != '0') return false;
    return true;
}

/* Where the default branch's rungs stand, in words. */
static struct text on_branch(struct base_search *search) {
    struct text branch = search->request->event->branch;
    return text_is_given(branch) ? text_format(search->arena, "branch %.*s", TEXT_ARG(branch)) : TEXT("detached HEAD");
}

static struct candidate because(struct base_search *search, const char *why) {
    struct text where = on_branch(search);
    return everything(BASE_DEFAULT_BRANCH,
                      text_format(search->arena, "%.*s: every image, for %s", TEXT_ARG(where), why));
}

/* A commit that somebody remembers is used when it is here and HEAD comes after it: a force push leaves neither sure. */
static bool is_usable(struct base_search *search, struct text commit) {
    const struct base_request *request = search->request;
    struct text complaint;
    if (!refs_is_object_id(commit) || is_zero(commit)) return false;
    bool is_here = base_has_commit(search->arena, request->repository, commit);
    if (!is_here && fetches(search))
        is_here = base_fetch_commit(search->arena, request->repository, commit, &complaint);
    for (int step = 0; is_here; step++) {
        if (base_is_ancestor(search->arena, request->repository, commit, request->head)) return true;
        if (!deepen_once(search, (struct text){0}, step)) return false;
    }
    return false;
}

static void choose_pushed(struct base_search *search, const struct base_policy *policy) {
    struct text before = policy->facts == NULL ? (struct text){0} : policy->facts->pushed(policy->facts, search->arena);
    if (!text_is_given(before)) {
        search->candidate = because(search, "it is not known what was pushed");
    } else if (is_zero(before)) {
        search->candidate = because(search, "the branch is new");
    } else if (!is_usable(search, before)) {
        search->candidate = because(search, "what the branch was at before the push is not behind it (a force push?)");
    } else {
        search->candidate = (struct candidate){.rung = BASE_PUSH, .revision = before};
        struct text where = on_branch(search);
        search->candidate.sentence =
            text_format(search->arena, "%.*s: compared with %.*s, where it was before the push", TEXT_ARG(where),
                        TEXT_ARG(text_first(before, SHORT)));
    }
}

static void fail(struct base_search *search, struct text reason, struct text remedy) {
    search->candidate = (struct candidate){.rung = BASE_FAILED, .reason = reason, .remedy = remedy};
}

static void choose_passed(struct base_search *search, const struct base_policy *policy) {
    struct text problem = TEXT("nothing says which build passed last");
    struct text commit =
        policy->facts == NULL ? (struct text){0} : policy->facts->passed(policy->facts, search->arena, &problem);
    struct text where = on_branch(search);
    if (!text_is_given(commit)) {
        fail(
            search, problem,
            TEXT(
                "see 'base' in the settings: a token variable, a command or a file tells the last commit that passed"));
    } else if (!is_usable(search, commit)) {
        struct text why =
            text_format(search->arena, "the last commit that passed, %.*s, is not behind HEAD (a force push?)",
                        TEXT_ARG(text_first(commit, SHORT)));
        search->candidate = everything(BASE_DEFAULT_BRANCH, text_format(search->arena, "%.*s: every image, for %.*s",
                                                                        TEXT_ARG(where), TEXT_ARG(why)));
    } else {
        search->candidate = (struct candidate){.rung = BASE_PASSED, .revision = commit};
        search->candidate.sentence = text_format(search->arena, "%.*s: compared with %.*s, the last commit that passed",
                                                 TEXT_ARG(where), TEXT_ARG(text_first(commit, SHORT)));
    }
}

/* Nobody pushed: what is wanted is the whole. */
static bool is_made_by_hand(const struct event *event) {
    return event->is_rebuild || (text_is_given(event->source) && !text_is(event->source, "webhook"));
}

static struct text describe_source(const struct event *event) {
    if (text_is(event->source, "schedule")) return TEXT("a scheduled build");
    if (text_is(event->source, "trigger_job")) return TEXT("a triggered build");
    if (text_is(event->source, "api") || text_is(event->source, "ui")) return TEXT("a build that somebody asked for");
    return event->is_rebuild ? TEXT("a rebuild") : TEXT("a build that nobody pushed");
}

static void choose_default_branch(struct base_search *search, const struct base_policy *policy) {
    const struct event *event = search->request->event;
    if (is_made_by_hand(event)) {
        struct text where = on_branch(search), source = describe_source(event);
        search->candidate = everything(
            BASE_EVERY, text_format(search->arena, "%.*s of %.*s: every image", TEXT_ARG(source), TEXT_ARG(where)));
        return;
    }
    switch (policy->default_branch) {
    case BASE_DEFAULT_ALL:
        search->candidate = because(search, "the settings say 'default_branch: all'");
        return;
    case BASE_DEFAULT_PASSED:
        choose_passed(search, policy);
        return;
    case BASE_DEFAULT_NOT_GIVEN:
    case BASE_DEFAULT_PUSH:
        choose_pushed(search, policy);
    }
}

/* On a laptop what a person has done there is what they want to see: since what is pushed, or at least committed. */
static bool choose_own_work(struct base_search *search) {
    const struct base_request *request = search->request;
    struct text ref = remote_ref(search->arena, request->event->branch);
    if (!request->with_worktree || request->is_ci || is_made_by_hand(request->event)) return false;
    bool is_known = has_ref(search->arena, request, ref);
    search->candidate = (struct candidate){.rung = BASE_BRANCH, .revision = is_known ? ref : request->head};
    struct text where = on_branch(search);
    search->candidate.sentence = text_format(search->arena, "%.*s: your work since %.*s", TEXT_ARG(where),
                                             TEXT_ARG(short_id(search->candidate.revision)));
    return true;
}

/* --- the search --- */

static void compare(struct base_search *search) {
    struct candidate *candidate = &search->candidate;
    if (text_is_given(candidate->revision))
        search->process = base_compare_begin(search->arena, search->request, candidate->revision);
}

/* What needs no policy is chosen at once. */
static bool choose_at_once(struct base_search *search) {
    const struct base_request *request = search->request;
    const struct event *event = request->event;
    struct text default_branch;
    if (!request->repository->has_git) {
        fail(search, TEXT("this is no git repository"), TEXT("run it in a checkout"));
    } else if (!text_is_given(request->head)) {
        fail(search, TEXT("the repository has no commit yet"), (struct text){0});
    } else if (text_is_given(request->explicit) && !request->explicit_is_branch) {
        choose_explicit(search);
    } else if (text_is_given(event->tag)) {
        search->candidate =
            everything(BASE_TAG, text_format(search->arena, "tag %.*s: every image", TEXT_ARG(event->tag)));
    } else if (text_is_given(event->queue_commit) || text_is_given(event->queue_branch)) {
        return false;
    } else if (text_is_given(event->pull_request)) {
        choose_pull_request(search);
    } else {
        default_branch = base_default_branch(search->arena, request);
        if (text_is_given(event->branch) && text_equal(event->branch, default_branch)) return false;
        choose_branch(search, default_branch);
    }
    return true;
}

struct base_search *base_begin(struct arena *arena, const struct base_request *request) {
    struct base_search *search = arena_alloc(arena, sizeof(*search));
    *search = (struct base_search){.arena = arena, .request = request};
    search->is_waiting = !choose_at_once(search);
    if (!search->is_waiting) compare(search);
    return search;
}

/* Deepens a shallow clone until HEAD and the revision meet in it. */
static enum base_outcome deepen(struct base_search *search, struct changes *changes, struct text *complaint) {
    enum base_outcome outcome = BASE_NO_MERGE_BASE;
    for (int step = 0; outcome != BASE_COMPARED && deepen_once(search, search->candidate.branch, step); step++) {
        compare(search);
        outcome = base_compare_end(search->arena, search->process, changes, complaint);
    }
    return outcome;
}

static void finish_everything(const struct base_search *search, struct base *out) {
    const struct candidate *candidate = &search->candidate;
    *out = (struct base){.rung = candidate->rung, .is_everything = true, .sentence = candidate->sentence};
    if (!text_is_given(candidate->reason)) return;
    out->rung = BASE_FAILED;
    out->sentence = text_format(search->arena, "every image, for %.*s", TEXT_ARG(candidate->reason));
    out->remedy = candidate->remedy;
}

/* False when HEAD turned out to have left nothing, and the default branch's rungs are to be tried. */
static bool finish_comparison(struct base_search *search, struct base *out) {
    const struct base_request *request = search->request;
    struct candidate *candidate = &search->candidate;
    struct changes changes = {0};
    struct text complaint = {0};
    enum base_outcome outcome = base_compare_end(search->arena, search->process, &changes, &complaint);
    search->process = NULL;
    if (outcome != BASE_COMPARED) {
        enum base_outcome deeper = deepen(search, &changes, &complaint);
        if (deeper == BASE_COMPARED) outcome = deeper;
        search->process = NULL;
    }
    if (outcome != BASE_COMPARED) {
        struct text words = text_is_given(search->refused) ? search->refused : complaint;
        base_explain_failure(search->arena, request, outcome, candidate->revision, words, &candidate->reason,
                             &candidate->remedy);
        finish_everything(search, out);
        return true;
    }
    bool is_behind = changes.count == 0 && !request->has_untracked &&
                     base_is_ancestor(search->arena, request->repository, request->head, candidate->revision);
    bool is_remembered = candidate->rung == BASE_PUSH || candidate->rung == BASE_PASSED;
    if (is_behind && !is_remembered) return false;
    *out = (struct base){.rung = candidate->rung,
                         .with_worktree = request->with_worktree,
                         .ref = candidate->revision,
                         .sentence = candidate->sentence,
                         .note = search->note,
                         .changes = changes};
    if (is_behind && is_remembered) {
        struct text where = on_branch(search);
        *out = (struct base){.rung = BASE_DEFAULT_BRANCH, .is_everything = true, .note = search->note};
        out->sentence = text_format(
            search->arena, "%.*s: every image, for HEAD itself is what it would be compared with", TEXT_ARG(where));
    }
    return true;
}

/* HEAD has left nothing: as on the default branch, and it is said why. */
static void go_behind(struct base_search *search, const struct base_policy *policy) {
    struct text before = search->candidate.revision, branch = search->request->event->branch;
    struct text usual = base_default_branch(search->arena, search->request);
    /* what another branch was at before a push says nothing of what was built: a red commit may lie behind it */
    bool is_usual = text_is_given(branch) && text_equal(branch, usual);
    if (is_usual) choose_default_branch(search, policy);
    if (!is_usual) search->candidate = because(search, "nothing is left to compare with");
    struct candidate *candidate = &search->candidate;
    candidate->sentence = text_format(search->arena, "%.*s (HEAD is part of %.*s)", TEXT_ARG(candidate->sentence),
                                      TEXT_ARG(short_id(before)));
    candidate->branch = (struct text){0};
}

static void choose_late(struct base_search *search, const struct base_policy *policy) {
    const struct event *event = search->request->event;
    bool is_queued = text_is_given(event->queue_commit) || text_is_given(event->queue_branch);
    if (is_queued) {
        choose_queue(search, policy);
    } else if (!choose_own_work(search)) {
        choose_default_branch(search, policy);
    }
    compare(search);
}

void base_end(struct base_search *search, const struct base_policy *policy, struct base *out) {
    if (search->is_waiting) choose_late(search, policy);
    if (text_is_given(search->candidate.revision) && !finish_comparison(search, out)) {
        go_behind(search, policy);
        compare(search);
        if (text_is_given(search->candidate.revision)) (void)finish_comparison(search, out);
    }
    if (!text_is_given(search->candidate.revision)) finish_everything(search, out);
}

void base_cancel(struct base_search *search) {
    if (search == NULL) return;
    process_cancel(search->process);
    search->process = NULL;
}

void base_find_commit(struct arena *arena, const struct base_request *request, struct base *base) {
    const struct repository *repository = request->repository;
    if (!text_is_given(base->ref) || text_is_given(base->commit)) return;
    const char *const arguments[] = {"merge-base", text_string(arena, base->ref), text_string(arena, request->head),
                                     NULL};
    struct process_result result;
    if (!git_run(arena, repository, arguments, LINE_LIMIT, &result)) return;
    struct text id = text_trim(result.output);
    if (refs_is_object_id(id)) base->commit = id;
}
