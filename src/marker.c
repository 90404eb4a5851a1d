#include "marker.h"

#include "agent.h"

/* FNV-1a: of text of our own, so nobody looks for two that agree. */
static uint64_t hash(const struct list *pieces) {
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < pieces->count; i++) {
        const struct text *piece = pieces->items[i];
        for (size_t j = 0; j < piece->len; j++)
            hash = (hash ^ (unsigned char)piece->ptr[j]) * 0x100000001B3u;
    }
    return hash;
}

static const char *key(struct session *session, size_t document) {
    struct text prefix = session->workspace.layers.settings.key_prefix.text, step = session->environment.step;
    return text_string(session->arena, text_format(session->arena, "depot-pipeline:%.*s:%.*s:%zu", TEXT_ARG(step),
                                                   TEXT_ARG(prefix), document + 1));
}

static struct text value(struct session *session, size_t document) {
    const struct list *pieces = session->pipeline.documents.items[document];
    return text_format(session->arena, "%016llx of %zu", (unsigned long long)hash(pieces),
                       session->pipeline.documents.count);
}

enum marker marker_read(struct session *session, size_t document) {
    if (!text_is_given(session->environment.step)) return MARKER_NONE;
    struct text found = agent_meta_data(session, key(session, document));
    if (!text_is_given(found)) return MARKER_NONE;
    return text_equal(found, value(session, document)) ? MARKER_SAME : MARKER_OTHER;
}

bool marker_write(struct session *session, size_t document) {
    if (!text_is_given(session->environment.step)) return true;
    return agent_set_meta_data(session, key(session, document), text_string(session->arena, value(session, document)));
}
