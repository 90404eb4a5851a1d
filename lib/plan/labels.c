#include "plan/labels.h"

#include "model/date.h"
#include "model/semver.h"

#define PREFIX "org.opencontainers.image."

static void add_pair(struct arena *arena, struct list *out, struct text name, struct value value, struct place place) {
    struct compose_pair *pair = arena_alloc(arena, sizeof(*pair));
    *pair = (struct compose_pair){.name = name, .value = value, .place = place};
    list_add(arena, out, pair);
}

static void add_pairs(struct arena *arena, struct plan_image *planned, const struct template_facts *facts,
                      const struct list *pairs, const char *what, struct list *out) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct record_pair *pair = pairs->items[i];
        struct value value = {0};
        struct text problem;
        if (!text_is_given(pair->value)) continue; /* a layer above takes it away */
        if (template_expand(arena, pair->value, TEMPLATE_ARGUMENT, facts, &value, &problem) == TEMPLATE_OK) {
            add_pair(arena, out, pair->name, value, node_place(pair->node));
        } else {
            texts_add(
                arena, &planned->notes,
                text_format(arena, "the %s '%.*s' is left out: %.*s", what, TEXT_ARG(pair->name), TEXT_ARG(problem)));
        }
    }
}

static bool has_pair(const struct list *pairs, struct text name) {
    for (size_t i = 0; i < pairs->count; i++)
        if (text_equal(((const struct compose_pair *)pairs->items[i])->name, name)) return true;
    return false;
}

/* A name that the settings have, even without a value, is theirs. */
static bool is_taken(const struct plan_image *planned, struct text name) {
    const struct list *given = &planned->image->settings->build.publish.labels;
    for (size_t i = 0; i < given->count; i++)
        if (text_equal(((const struct record_pair *)given->items[i])->name, name)) return true;
    return planned->image->build != NULL && has_pair(&planned->image->build->labels, name);
}

static void add_oci(struct arena *arena, struct plan_image *planned, const char *word, struct text value) {
    struct text name = text_format(arena, PREFIX "%s", word);
    if (!text_is_given(value) || is_taken(planned, name)) return;
    add_pair(arena, &planned->labels, name, value_literal(arena, value), planned->image->place);
}

static void add_oci_labels(struct arena *arena, struct plan_image *planned, const struct template_facts *facts) {
    const struct event *event = facts->event;
    struct text created = {0}, version = facts->version;
    struct semver semver;
    if (text_is_given(version) && semver_parse(version, &semver)) version = semver.whole;
    if (event->committed != 0) created = date_format(arena, event->committed, TEXT(DATE_RFC_3339));
    add_oci(arena, planned, "revision", event->commit);
    add_oci(arena, planned, "source", event->address);
    add_oci(arena, planned, "version", version);
    add_oci(arena, planned, "created", created);
    if (event->committed == 0)
        texts_add(arena, &planned->notes,
                  TEXT("the label '" PREFIX "created' is left out: git does not tell when the commit was made"));
}

/* Bake has no word for them; `depot build` has. */
static void add_annotations(struct arena *arena, struct plan_image *planned, const struct template_facts *facts) {
    const struct list *given = &planned->image->settings->build.publish.annotations;
    bool builds_file = planned->builder == BUILDER_BAKE || planned->builder == BUILDER_COMPOSE;
    if (given->count == 0 || !planned->is_published) return;
    if (builds_file) {
        texts_add(arena, &planned->notes,
                  TEXT("the annotations are left out: bake, which builds it, has no word for them"));
        return;
    }
    add_pairs(arena, planned, facts, given, "annotation", &planned->annotations);
}

void labels_decide(struct arena *arena, const struct template_facts *facts, struct plan_image *planned) {
    const struct publish_settings *settings = &planned->image->settings->build.publish;
    add_pairs(arena, planned, facts, &settings->labels, "label", &planned->labels);
    if (settings->oci_labels == SETTINGS_TRUE) add_oci_labels(arena, planned, facts);
    add_annotations(arena, planned, facts);
}
