#include "repo/event.h"

#include "repo/refs.h"

const char *const event_words[] = {"tag",      "merge_queue",    "fork",   "pull_request",
                                   "schedule", "default_branch", "branch", NULL};

void event_complete(struct arena *arena, const struct repository *repository, struct event *event) {
    if (!refs_is_object_id(event->commit)) event->commit = (struct text){0};
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
