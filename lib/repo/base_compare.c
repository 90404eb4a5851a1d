#include "repo/base_compare.h"

#include "repo/git.h"
#include "repo/locate.h"
#include "repo/refs.h"

#include <sys/stat.h>

#define DIFF_LIMIT ((size_t)1024 * 1024 * 1024)
#define LINE_LIMIT 4096
#define ALTERNATES_LIMIT ((size_t)64 * 1024)

/* Git's own settings must not change what comes out, and nothing of the repository is run. */
#define DIFF_OPTIONS                                                                                                   \
    "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-relative", "-O/dev/null",    \
        "--ignore-submodules=none"

/* The first of them; the empty text when there is none. (`git diff --merge-base` refuses where there are several.) */
static struct text merge_base(struct arena *arena, const struct base_request *request, struct text revision) {
    const char *const arguments[] = {"merge-base", text_string(arena, revision), text_string(arena, request->head),
                                     NULL};
    struct process_result result;
    if (!git_run(arena, request->repository, arguments, LINE_LIMIT, &result)) return TEXT("");
    struct text id = text_trim(result.output);
    return refs_is_object_id(id) ? id : TEXT("");
}

struct process *base_compare_begin(struct arena *arena, const struct base_request *request, struct text revision) {
    struct text range = text_format(arena, "%.*s...%.*s", TEXT_ARG(revision), TEXT_ARG(request->head));
    struct text base = request->with_worktree ? merge_base(arena, request, revision) : TEXT("");
    const char *const trees[] = {"diff", DIFF_OPTIONS, text_string(arena, range), "--", NULL};
    const char *const files[] = {"diff", DIFF_OPTIONS, text_string(arena, base), "--", NULL};
    struct git_call call = {
        .arguments = base.len > 0 ? files : trees, /* where there is none, git says why */
        .limit = DIFF_LIMIT,
        .is_remote = request->may_fetch, /* a partial clone may lack trees */
        .seconds = request->may_fetch ? 3 * BASE_FETCH_SECONDS : 0,
    };
    struct process *process = NULL;
    return git_begin(arena, request->repository, &call, &process) ? process : NULL;
}

enum base_outcome base_compare_end(struct arena *arena, struct process *process, struct changes *out,
                                   struct text *complaint) {
    struct process_result result = {.status = 127};
    bool ended = process != NULL && process_end(arena, process, &result);
    if (ended && git_is_fine(&result) && changes_parse(arena, result.output, out)) return BASE_COMPARED;
    *complaint = git_complaint(&result);
    bool is_apart = text_contains(*complaint, TEXT("no merge base"));
    return is_apart ? BASE_NO_MERGE_BASE : BASE_BROKEN;
}

static bool succeeds(struct arena *arena, const struct repository *repository, const char *const *arguments) {
    struct process_result result;
    return git_run(arena, repository, arguments, LINE_LIMIT, &result);
}

bool base_is_ancestor(struct arena *arena, const struct repository *repository, struct text ancestor,
                      struct text descendant) {
    const char *const arguments[] = {"merge-base", "--is-ancestor", text_string(arena, ancestor),
                                     text_string(arena, descendant), NULL};
    return succeeds(arena, repository, arguments);
}

bool base_has_commit(struct arena *arena, const struct repository *repository, struct text id) {
    struct text commit = text_concat(arena, id, TEXT("^{commit}"));
    const char *const arguments[] = {"cat-file", "-e", text_string(arena, commit), NULL};
    return succeeds(arena, repository, arguments);
}

static bool exists(struct arena *arena, struct text path) {
    struct stat status;
    return stat(text_string(arena, path), &status) == 0;
}

bool base_is_shallow(struct arena *arena, const struct repository *repository) {
    return exists(arena, text_concat(arena, repository->common_dir, TEXT("/shallow")));
}

/* The directory that objects are borrowed from and that is not there; the absent text when there is none. */
static struct text missing_alternate(struct arena *arena, const struct repository *repository) {
    struct text path = text_concat(arena, repository->common_dir, TEXT("/objects/info/alternates"));
    struct text rest = locate_read(arena, path, ALTERNATES_LIMIT), line;
    while (rest.len > 0 && text_next(&rest, '\n', &line))
        if (text_starts(line, "/") && !exists(arena, line)) return text_copy(arena, line);
    return (struct text){0};
}

static bool is_partial(const struct text complaint) {
    return text_contains(complaint, TEXT("promisor")) || text_contains(complaint, TEXT("not allowed"));
}

static void set(struct text *reason, struct text *remedy, struct text why, const char *what) {
    *reason = why;
    *remedy = text_from(what);
}

void base_explain_failure(struct arena *arena, const struct base_request *request, enum base_outcome outcome,
                          struct text revision, struct text complaint, struct text *reason, struct text *remedy) {
    const struct repository *repository = request->repository;
    struct text alternate = missing_alternate(arena, repository);
    struct text words = text_printable(arena, text_first(complaint, 200));
    bool is_shallow = base_is_shallow(arena, repository);
    if (text_is_given(alternate)) {
        set(reason, remedy,
            text_format(arena, "the checkout borrows objects from %.*s, which is not here", TEXT_ARG(alternate)),
            "mount the git mirror into the container that runs this step, at the same path");
    } else if (text_is(complaint, "git could not be run")) {
        set(reason, remedy, TEXT("git is not installed here"), "run this step in an image that has git");
    } else if (is_partial(complaint)) {
        set(reason, remedy,
            text_format(arena, "the clone is partial and lacks what is compared (%.*s)", TEXT_ARG(words)),
            "clone without --filter=tree:0, or let this step fetch (--fetch, and credentials)");
    } else if (is_shallow) {
        set(reason, remedy,
            text_format(arena, "the clone is shallow and does not reach back to %.*s (git: %.*s)", TEXT_ARG(revision),
                        TEXT_ARG(words)),
            request->may_fetch ? "clone with more history, or give this step the credentials to fetch it"
                               : "clone with more history, or let this step fetch it with --fetch");
    } else if (outcome == BASE_NO_MERGE_BASE) {
        set(reason, remedy, text_format(arena, "HEAD and %.*s have no commit in common", TEXT_ARG(revision)),
            "name the commit to compare with by --base");
    } else {
        set(reason, remedy,
            text_format(arena, "git cannot compare HEAD with %.*s: %.*s", TEXT_ARG(revision), TEXT_ARG(words)),
            "see what git says, or name the commit to compare with by --base");
    }
}
