#include "repo/base_fetch.h"

#include "repo/base_compare.h"
#include "repo/git.h"
#include "repo/refs.h"

#include <stdlib.h>

#define SAID_LIMIT ((size_t)64 * 1024)
#define FIRST_DEPTH 50

static bool fetch(struct arena *arena, const struct repository *repository, const char *const *arguments,
                  struct text *complaint) {
    struct git_call call = {
        .arguments = arguments, .limit = SAID_LIMIT, .is_remote = true, .seconds = BASE_FETCH_SECONDS};
    struct process_result result;
    if (git_call(arena, repository, &call, &result)) return true;
    *complaint = git_complaint(&result);
    return false;
}

static const char *refspec(struct arena *arena, struct text branch) {
    return text_string(
        arena, text_format(arena, "+refs/heads/%.*s:refs/remotes/origin/%.*s", TEXT_ARG(branch), TEXT_ARG(branch)));
}

#define FETCH "fetch", "--quiet", "--no-tags", "--no-recurse-submodules"

/* How deep HEAD's history is here: a base that is not known yet is fetched some commits deeper. */
static const char *depth_for_new(struct arena *arena, const struct repository *repository) {
    static const char *const count[] = {"rev-list", "--count", "HEAD", "--", NULL};
    struct process_result result;
    bool ok = git_run(arena, repository, count, SAID_LIMIT, &result);
    long depth = FIRST_DEPTH + (ok ? strtol(text_string(arena, result.output), NULL, 10) : 0);
    return text_string(arena, text_format(arena, "--depth=%ld", depth));
}

bool base_fetch_branch(struct arena *arena, const struct repository *repository, struct text branch, bool is_known,
                       struct text *complaint) {
    const char *spec = refspec(arena, branch);
    const char *const whole[] = {FETCH, "origin", spec, NULL};
    if (is_known || !base_is_shallow(arena, repository)) return fetch(arena, repository, whole, complaint);
    const char *const cut[] = {FETCH, depth_for_new(arena, repository), "origin", spec, NULL};
    return fetch(arena, repository, cut, complaint);
}

bool base_fetch_commit(struct arena *arena, const struct repository *repository, struct text id,
                       struct text *complaint) {
    const char *const arguments[] = {FETCH, "origin", text_string(arena, id), NULL};
    return fetch(arena, repository, arguments, complaint);
}

bool base_deepen(struct arena *arena, const struct repository *repository, struct text branch, int step,
                 struct text *complaint) {
    static const char *const how[BASE_DEEPEN_STEPS] = {"--deepen=100", "--deepen=1000", "--unshallow"};
    struct text head = refs_resolve(arena, repository, TEXT("HEAD"));
    if (!text_is_given(head)) return false;
    const char *spec = text_is_given(branch) ? refspec(arena, branch) : NULL;
    const char *const arguments[] = {FETCH, how[step], "origin", text_string(arena, head), spec, NULL};
    return fetch(arena, repository, arguments, complaint);
}
