#include "repo/event.h"

#include "repo/refs.h"

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
