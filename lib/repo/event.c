#include "repo/event.h"

#include "repo/refs.h"

const char *const event_words[] = {"tag",      "merge_queue",    "fork",   "pull_request",
                                   "schedule", "default_branch", "branch", NULL};

/* A host for "git@host", "ssh://git@host:22" and "https://user:password@host:8443"; with its port only where that is for https. */
static struct text host_of(struct text authority, bool keeps_port) {
    size_t at = text_find_last(authority, '@');
    if (at != TEXT_NONE) authority = text_from_offset(authority, at + 1);
    size_t port = keeps_port ? TEXT_NONE : text_find(authority, ':');
    return port == TEXT_NONE ? authority : text_first(authority, port);
}

struct text event_address(struct arena *arena, struct text url) {
    size_t scheme = text_find(url, ':'), cut;
    bool has_scheme = scheme != TEXT_NONE && text_starts(text_from_offset(url, scheme), "://");
    bool is_web = text_starts(url, "https://") || text_starts(url, "http://");
    bool is_known = is_web || text_starts(url, "ssh://") || text_starts(url, "git://");
    if (scheme == TEXT_NONE || (has_scheme && !is_known)) return (struct text){0};
    struct text rest = has_scheme ? text_from_offset(url, scheme + 3) : url;
    cut = text_find(rest, has_scheme ? '/' : ':'); /* git@host:acme/shop */
    if (cut == TEXT_NONE || text_has(text_first(rest, cut), '/')) return (struct text){0};
    struct text host = host_of(text_first(rest, cut), is_web), path = text_from_offset(rest, cut + 1);
    while (text_starts(path, "/"))
        path = text_from_offset(path, 1);
    path = text_trim_right(path, "/");
    if (text_ends(path, ".git")) path = text_first(path, path.len - 4);
    if (host.len == 0 || path.len == 0) return (struct text){0};
    return text_format(arena, "https://%.*s/%.*s", TEXT_ARG(host), TEXT_ARG(path));
}

void event_complete(struct arena *arena, const struct repository *repository, struct event *event) {
    if (!refs_is_object_id(event->commit)) event->commit = (struct text){0};
    event->address =
        event_address(arena, text_is_given(event->repository) ? event->repository : repository->remote_url);
    bool is_complete = text_is_given(event->commit) && text_is_given(event->branch);
    if (!repository->has_git || is_complete) return;
    struct text head = refs_head(arena, repository);
    struct text target = refs_symbolic_target(head);
    if (!text_is_given(event->branch) && text_starts(target, "refs/heads/") && !text_is(target, "refs/heads/.invalid"))
        event->branch = text_from_offset(target, sizeof("refs/heads/") - 1);
    if (!text_is_given(event->commit)) event->commit = refs_head_commit(arena, repository);
}

unsigned event_kinds(const struct event *event, struct text default_branch) {
    if (text_is_given(event->tag)) return EVENT_BIT(EVENT_TAG);
    if (text_is_given(event->queue_branch)) return EVENT_BIT(EVENT_MERGE_QUEUE);
    if (text_is_given(event->pull_request))
        return EVENT_BIT(EVENT_PULL_REQUEST) | (event->is_fork ? EVENT_BIT(EVENT_FORK) : 0);
    if (text_is_given(event->default_branch)) default_branch = event->default_branch;
    bool is_default =
        text_is_given(event->branch) && text_is_given(default_branch) && text_equal(event->branch, default_branch);
    unsigned kinds = EVENT_BIT(is_default ? EVENT_DEFAULT_BRANCH : EVENT_BRANCH);
    return text_is(event->source, "schedule") ? kinds | EVENT_BIT(EVENT_SCHEDULE) : kinds;
}
