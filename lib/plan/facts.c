#include "plan/facts.h"

#include "plan/select.h"

/* `release-1.2.3` names no image, and only this word of the kind is known to mean nothing else. */
static bool is_general(struct text prefix) {
    return text_is(prefix, "release") || text_is(prefix, "releases") || text_is(prefix, "version");
}

struct facts facts_find(const struct workspace *workspace, const struct event *event) {
    struct facts facts = {.event = event, .version = event->tag};
    struct text prefix = select_tag_prefix(event->tag);
    if (!text_is_given(prefix)) return facts;
    facts.named = select_by_tag(workspace, event->tag);
    bool is_cut = facts.named != NULL || is_general(prefix);
    if (is_cut) facts.version = text_from_offset(event->tag, prefix.len + 1);
    return facts;
}

struct template_facts facts_of(const struct facts *facts, const struct image *image) {
    struct template_facts own = {.event = facts->event, .name = image->name};
    if (facts->named == NULL || facts->named == image) own.version = facts->version;
    return own;
}
