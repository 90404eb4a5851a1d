#include "plan/attest.h"

static struct value provenance_of(struct arena *arena, struct text word) {
    bool is_mode = text_is(word, "min") || text_is(word, "max");
    return value_literal(arena, is_mode ? text_concat(arena, TEXT("mode="), word) : word);
}

static void decide_attestations(struct arena *arena, const struct publish_settings *settings,
                                struct plan_image *planned) {
    const struct compose_build *build = planned->image->build;
    const struct compose_extras *extras = build == NULL ? NULL : build->extras;
    bool has_sbom = settings->sbom != 0 || settings->sbom_artifacts == SETTINGS_TRUE;
    if (extras != NULL) planned->provenance = extras->provenance;
    if (extras != NULL) planned->sbom = extras->sbom;
    if (settings->provenance.node != NULL) planned->provenance = provenance_of(arena, settings->provenance.text);
    if (has_sbom) {
        bool is_on = settings->sbom == SETTINGS_TRUE || settings->sbom_artifacts == SETTINGS_TRUE;
        planned->sbom = value_literal(arena, is_on ? TEXT("true") : TEXT("false"));
    }
    planned->sets_attestations = has_sbom || settings->provenance.node != NULL;
    planned->has_sbom_artifacts = settings->sbom_artifacts == SETTINGS_TRUE;
}

static void decide_lint(struct arena *arena, const struct publish_settings *settings, struct plan_image *planned) {
    struct text word = settings->lint.text;
    if (!text_is_given(word) || text_is(word, "false")) return;
    if (planned->builder == BUILDER_COMPOSE || planned->builder == BUILDER_BUILDX) {
        texts_add(arena, &planned->notes, TEXT("it is not linted: what builds it has no word for that"));
        return;
    }
    planned->lint = text_is(word, "true") ? TEXT("error") : word;
}

/* What a stranger's change builds must not see them. */
static void decide_secrets(struct arena *arena, const struct publish_settings *settings, const struct event *event,
                           struct plan_image *planned) {
    if (event->is_fork && settings->build_secrets.count > 0) {
        texts_add(arena, &planned->notes, TEXT("the build secrets are left out: the build of a fork gets none"));
        return;
    }
    for (size_t i = 0; i < settings->build_secrets.count; i++) {
        const struct record_pair *pair = settings->build_secrets.items[i];
        if (!text_is_given(pair->value)) continue; /* a layer above takes it away */
        struct compose_secret *secret = arena_alloc(arena, sizeof(*secret));
        *secret = (struct compose_secret){.id = pair->name, .source = pair->name, .environment = pair->value};
        list_add(arena, &planned->secrets, secret);
    }
}

void attest_decide(struct arena *arena, const struct event *event, struct plan_image *planned) {
    const struct publish_settings *settings = &planned->image->settings->build.publish;
    decide_attestations(arena, settings, planned);
    decide_lint(arena, settings, planned);
    decide_secrets(arena, settings, event, planned);
    planned->no_cache = settings->no_cache == SETTINGS_TRUE;
}
