#include "plan/reason.h"

#include "base/buffer.h"

const char *reason_name(enum reason_kind kind) {
    static const char *const names[] = {
        [REASON_NONE] = "none",
        [REASON_EVERYTHING] = "everything",
        [REASON_TAG] = "tag",
        [REASON_NEW] = "new",
        [REASON_DEFINITION] = "definition",
        [REASON_UNKNOWN] = "unknown",
        [REASON_DOCKERFILE] = "dockerfile",
        [REASON_IGNORE_FILE] = "ignore-file",
        [REASON_SOURCE] = "source",
        [REASON_CONTEXT] = "context",
        [REASON_NAMED] = "named-context",
        [REASON_LINK] = "link",
        [REASON_WATCH] = "watch",
        [REASON_ALWAYS] = "always",
        [REASON_BASE] = "base-image",
        [REASON_ONLY] = "only",
        [REASON_NEEDED] = "needed",
    };
    return names[kind];
}

/* "services/api/Dockerfile:4" */
static struct text where(struct arena *arena, struct place place) {
    if (place.source == NULL) return TEXT("");
    if (place.line == 0) return place.source->path;
    return text_format(arena, "%.*s:%u", TEXT_ARG(place.source->path), place.line);
}

static struct text what_changed(struct arena *arena, const struct reason *reason) {
    if (reason->change == NULL) return TEXT("");
    return text_format(arena, "%.*s %s", TEXT_ARG(reason->change->path), change_verb(reason->change));
}

static struct text describe_context(struct arena *arena, const struct reason *reason, struct text changed) {
    if (text_is_given(reason->words))
        return text_format(arena, "%.*s, and all of the context counts: %.*s", TEXT_ARG(changed),
                           TEXT_ARG(reason->words));
    struct text place = where(arena, reason->place);
    return text_format(arena, "%.*s: %.*s takes all of the context", TEXT_ARG(changed), TEXT_ARG(place));
}

static struct text describe_definition(struct arena *arena, const struct reason *reason) {
    struct text place = where(arena, reason->place);
    if (place.len == 0) return text_format(arena, "its %s changed", reason->part);
    return text_format(arena, "its %s changed (declared at %.*s)", reason->part, TEXT_ARG(place));
}

static struct text describe(struct arena *arena, const struct reason *reason, struct text everything) {
    struct text changed = what_changed(arena, reason), place = where(arena, reason->place);
    switch (reason->kind) {
    case REASON_NONE:
        break;
    case REASON_EVERYTHING:
        return everything;
    case REASON_TAG:
        return text_format(arena, "the tag %.*s names it", TEXT_ARG(reason->words));
    case REASON_NEW:
        return TEXT("it is new");
    case REASON_DEFINITION:
        return describe_definition(arena, reason);
    case REASON_UNKNOWN:
        return text_format(arena, "%.*s, and what it declared before is not known", TEXT_ARG(changed));
    case REASON_DOCKERFILE:
        return changed;
    case REASON_IGNORE_FILE:
        return text_format(arena, "%.*s, and leaves out other files", TEXT_ARG(changed));
    case REASON_SOURCE:
        return text_format(arena, "%.*s: %.*s takes it", TEXT_ARG(changed), TEXT_ARG(place));
    case REASON_CONTEXT:
        return describe_context(arena, reason, changed);
    case REASON_NAMED:
        return text_format(arena, "%.*s: it is in a named context", TEXT_ARG(changed));
    case REASON_LINK:
        return text_format(arena, "%.*s, a link that leads to what it is built from", TEXT_ARG(changed));
    case REASON_WATCH:
    case REASON_ALWAYS:
        return text_format(arena, "%.*s: '%s: %.*s' at %.*s", TEXT_ARG(changed),
                           reason->kind == REASON_WATCH ? "watch" : "always", TEXT_ARG(reason->words), TEXT_ARG(place));
    case REASON_BASE:
        return text_format(arena, "%.*s is built anew, and %.*s starts from it", TEXT_ARG(reason->through->name),
                           TEXT_ARG(place));
    case REASON_ONLY:
        return TEXT("it was asked for");
    case REASON_NEEDED:
        return text_format(arena, "%.*s is built from it", TEXT_ARG(reason->through->name));
    }
    return TEXT("");
}

struct text reason_sentence(struct arena *arena, const struct reason *reason, struct text everything) {
    return text_printable(arena, describe(arena, reason, everything));
}
