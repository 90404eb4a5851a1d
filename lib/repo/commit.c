#include "repo/commit.h"

#include "repo/git.h"
#include "repo/refs.h"

#define OUTPUT_LIMIT ((size_t)64)

int64_t commit_time(struct arena *arena, const struct repository *repository, struct text commit) {
    struct process_result result;
    int64_t seconds = 0;
    if (!repository->has_git || !refs_is_object_id(commit)) return 0;
    const char *const arguments[] = {"log", "-1", "--no-show-signature", "--format=%ct", text_string(arena, commit),
                                     "--",  NULL};
    if (!git_run(arena, repository, arguments, OUTPUT_LIMIT, &result)) return 0;
    struct text digits = text_trim(result.output);
    if (digits.len == 0 || digits.len > 12) return 0; /* no year after 9999 */
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9') return 0;
        seconds = 10 * seconds + (digits.ptr[i] - '0');
    }
    return seconds <= INT64_C(253402300799) ? seconds : 0;
}
