#include "environment.h"

#include <stdlib.h>
#include <string.h>

/* The value of a variable; the absent text when it is unset or empty, which Buildkite uses alike. */
static struct text find(const char *const *all, const char *name) {
    size_t len = strlen(name);
    for (; *all != NULL; all++)
        if (strncmp(*all, name, len) == 0 && (*all)[len] == '=' && (*all)[len + 1] != '\0')
            return text_from(*all + len + 1);
    return (struct text){0};
}

static bool is_on(struct text value) {
    return text_is(value, "true") || text_is(value, "1");
}

/* Scheme, user and ".git" aside: git@github.com:a/b.git and https://github.com/a/b are one repository. */
static struct text bare_address(struct arena *arena, struct text url) {
    struct text lower = text_lower(arena, url);
    if (text_contains(lower, TEXT("://"))) lower = text_from_offset(lower, text_find(lower, ':') + 3);
    size_t at = text_find(lower, '@');
    if (at != TEXT_NONE && at < text_find(lower, '/')) lower = text_from_offset(lower, at + 1);
    lower = text_trim_right(lower, "/");
    if (text_ends(lower, ".git")) lower = text_first(lower, lower.len - 4);
    char *same = text_string(arena, lower);
    for (size_t i = 0; i < lower.len; i++)
        if (same[i] == ':') same[i] = '/';
    return text_of(same, lower.len);
}

static bool is_other_repository(struct arena *arena, struct text pull_request, struct text own) {
    if (!text_is_given(pull_request) && !text_is_given(own)) return false; /* not in CI, or an old agent */
    return !text_equal(bare_address(arena, pull_request), bare_address(arena, own));
}

static struct event read_event(struct arena *arena, const char *const *all) {
    struct event event = {
        .commit = find(all, "BUILDKITE_COMMIT"),
        .branch = find(all, "BUILDKITE_BRANCH"),
        .tag = find(all, "BUILDKITE_TAG"),
        .pull_request = find(all, "BUILDKITE_PULL_REQUEST"),
        .base_branch = find(all, "BUILDKITE_PULL_REQUEST_BASE_BRANCH"),
        .default_branch = find(all, "BUILDKITE_PIPELINE_DEFAULT_BRANCH"),
        .repository = find(all, "BUILDKITE_REPO"),
        .source = find(all, "BUILDKITE_SOURCE"),
        .is_rebuild = text_is_given(find(all, "BUILDKITE_REBUILT_FROM_BUILD_ID")),
        .queue_commit = find(all, "BUILDKITE_MERGE_QUEUE_BASE_COMMIT"),
        .queue_branch = find(all, "BUILDKITE_MERGE_QUEUE_BASE_BRANCH"),
    };
    if (text_is(event.pull_request, "false")) event.pull_request = (struct text){0};
    event.is_fork = text_is_given(event.pull_request) &&
                    is_other_repository(arena, find(all, "BUILDKITE_PULL_REQUEST_REPO"), event.repository);
    return event;
}

struct environment environment_read(struct arena *arena, const char *const *all) {
    struct text columns = find(all, "COLUMNS"), temporary = find(all, "TMPDIR");
    struct text step = find(all, "BUILDKITE_STEP_ID"), retries = find(all, "BUILDKITE_RETRY_COUNT");
    return (struct environment){
        .all = all,
        .event = read_event(arena, all),
        .base = find(all, "BUILDKITE_GIT_DIFF_BASE"),
        .changed_files = find(all, "BUILDKITE_CHANGED_FILES_PATH"),
        .organization = find(all, "BUILDKITE_ORGANIZATION_SLUG"),
        .pipeline = find(all, "BUILDKITE_PIPELINE_SLUG"),
        .api = find(all, "DEPOT_PIPELINE_API_URL"),
        .queue = find(all, "BUILDKITE_AGENT_META_DATA_QUEUE"),
        .step = text_is_given(step) ? step : find(all, "BUILDKITE_STEP_KEY"),
        .is_retry = text_is_given(retries) && !text_is(retries, "0"),
        .is_ci = text_is_given(find(all, "BUILDKITE")) || text_is_given(find(all, "CI")),
        .is_pod = text_is_given(find(all, "BUILDKITE")) && text_is_given(find(all, "KUBERNETES_SERVICE_HOST")) &&
                  !text_is_given(find(all, "DOCKER_HOST")),
        .has_agent = text_is_given(find(all, "BUILDKITE_JOB_ID")),
        .no_color = text_is_given(find(all, "NO_COLOR")),
        .no_interpolation = is_on(find(all, "BUILDKITE_PIPELINE_NO_INTERPOLATION")),
        .temporary = text_is_given(temporary) ? temporary : TEXT("/tmp"),
        .columns = text_is_given(columns) ? strtoul(text_string(arena, columns), NULL, 10) : 0,
    };
}

struct text environment_find(const struct environment *environment, struct arena *arena, struct text name) {
    return find(environment->all, text_string(arena, name));
}
