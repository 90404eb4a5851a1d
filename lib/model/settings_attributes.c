#include "model/settings_attributes.h"

#include "base/typo.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Ours in `steps` and `gates`, where Buildkite has no such attribute; then those of Buildkite, of steps of all types. */
#define OWN_WORDS 4
static struct text words[] = {
    TEXT_INIT("match"),
    TEXT_INIT("after"),
    TEXT_INIT("before"),
    TEXT_INIT("when"),
    TEXT_INIT("agents"),
    TEXT_INIT("allow_dependency_failure"),
    TEXT_INIT("allowed_teams"),
    TEXT_INIT("artifact_paths"),
    TEXT_INIT("async"),
    TEXT_INIT("block"),
    TEXT_INIT("blocked_state"),
    TEXT_INIT("branches"),
    TEXT_INIT("build"),
    TEXT_INIT("cache"),
    TEXT_INIT("cancel_on_build_failing"),
    TEXT_INIT("checkout"),
    TEXT_INIT("command"),
    TEXT_INIT("commands"),
    TEXT_INIT("concurrency"),
    TEXT_INIT("concurrency_group"),
    TEXT_INIT("concurrency_method"),
    TEXT_INIT("continue_on_failure"),
    TEXT_INIT("depends_on"),
    TEXT_INIT("env"),
    TEXT_INIT("fields"),
    TEXT_INIT("group"),
    TEXT_INIT("id"),
    TEXT_INIT("identifier"),
    TEXT_INIT("if"),
    TEXT_INIT("if_changed"),
    TEXT_INIT("image"),
    TEXT_INIT("input"),
    TEXT_INIT("key"),
    TEXT_INIT("label"),
    TEXT_INIT("manual"),
    TEXT_INIT("matrix"),
    TEXT_INIT("name"),
    TEXT_INIT("notify"),
    TEXT_INIT("parallelism"),
    TEXT_INIT("plugins"),
    TEXT_INIT("priority"),
    TEXT_INIT("prompt"),
    TEXT_INIT("retry"),
    TEXT_INIT("secrets"),
    TEXT_INIT("signature"),
    TEXT_INIT("skip"),
    TEXT_INIT("soft_fail"),
    TEXT_INIT("steps"),
    TEXT_INIT("submit"),
    TEXT_INIT("timeout_in_minutes"),
    TEXT_INIT("trigger"),
    TEXT_INIT("type"),
    TEXT_INIT("wait"),
    TEXT_INIT("waiter"),
};

static const struct texts own = {.items = words, .count = OWN_WORDS};
static const struct texts theirs = {.items = words + OWN_WORDS, .count = COUNT(words) - OWN_WORDS};
static const struct texts all = {.items = words, .count = COUNT(words)};

static bool check_key(const struct node *key, bool (*owns)(struct text key), struct diagnostics *diagnostics) {
    if ((owns != NULL && owns(key->text)) || texts_has(&theirs, key->text)) return true;
    if (texts_has(&own, key->text)) {
        diag_add(diagnostics, DIAG_ERROR, "unknown-key", node_place(key),
                 "nothing reads '%.*s' here; an entry of 'steps' has 'match', 'after' and 'before', one of 'gates' "
                 "'when' and 'before'",
                 TEXT_ARG(key->text));
        return false;
    }
    struct text nearest = typo_nearest(key->text, &all);
    if (!text_is_given(nearest)) return true;
    diag_add(diagnostics, DIAG_ERROR, "unknown-key", node_place(key), "unknown key '%.*s'; did you mean '%.*s'?",
             TEXT_ARG(text_printable(diagnostics->arena, key->text)), TEXT_ARG(nearest));
    return false;
}

bool settings_check_keys(const struct node *step, bool (*owns)(struct text key), struct diagnostics *diagnostics) {
    bool ok = true;
    for (size_t i = 0; i < step->count; i++)
        ok &= check_key(node_key(step, i), owns, diagnostics);
    return ok;
}
