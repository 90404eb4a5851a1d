#include "pipeline/check.h"

#include "base/variables.h"
#include "model/settings_step.h"
#include "pipeline/interpolation.h"
#include "pipeline/split.h"
#include "pipeline/step.h"

#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 4, 5))) static void fail(struct check *check, const char *rule, const struct node *node,
                                                       const char *format, ...) {
    char words[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof(words), format, arguments);
    va_end(arguments);
    diag_add(check->diagnostics, DIAG_ERROR, rule, node_place(node), "%s", words);
    check->failed = true;
}

/* Said once of each secret: one that every step holds would be said thousands of times. With the line that brings it, if the settings do. */
static void check_secret(struct check *check, const struct node *node, struct text text) {
    const struct secret *secret = check->secrets == NULL ? NULL : secrets_find(check->secrets, text);
    if (secret == NULL || map_has(&check->told, secret->name)) return;
    map_set(check->arena, &check->told, secret->name, check);
    const struct node *from = node != NULL && node->source != NULL ? node : secrets_origin(check->settings, secret);
    fail(check, "output-secret-value", from,
         "the value of %.*s stands in '%.*s' of %.*s: agents refuse such a pipeline", TEXT_ARG(secret->name),
         TEXT_ARG(check->field), TEXT_ARG(check->step));
}

static void check_words(struct check *check, const struct node *node, struct text text) {
    if (!text_is_utf8(text)) fail(check, "output-utf8", node, "a text of the pipeline is not UTF-8");
    if (check->interpolates && !interpolation_is_escaped(text))
        fail(check, "output-interpolation", node, "a '$' of the pipeline is not escaped");
    check_secret(check, node, text);
}

void check_lead(struct check *check, struct text text) {
    check->step = TEXT("every step"), check->field = TEXT("command");
    check_words(check, NULL, text);
}

static void check_key_text(struct check *check, const struct node *key) {
    if (text_has(key->text, '$')) fail(check, "output-key", key, "a key with '$': Buildkite would rewrite it");
    check_secret(check, key, key->text);
}

static void check_strings(struct check *check, const struct node *node) {
    if (node_is_scalar(node)) {
        if (node->kind == NODE_STRING) check_words(check, node, node->text);
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        bool is_mapping = node->kind == NODE_MAPPING;
        if (is_mapping) check_key_text(check, node_key(node, i));
        check_strings(check, is_mapping ? node_value(node, i) : node->items[i]);
    }
}

static bool is_key(struct text key) {
    if (key.len == 0 || key.len > STEP_KEY_LIMIT) return false;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!fits) return false;
    }
    return true;
}

static void check_key(struct check *check, struct text key) {
    if (!is_key(key)) {
        fail(check, "output-step-key", NULL, "a step has no usable key");
    } else if (map_has(&check->keys, key)) {
        fail(check, "output-step-key", NULL, "the step key '%.*s' is used twice", TEXT_ARG(key));
    } else {
        map_set(check->arena, &check->keys, text_copy(check->arena, key), check);
    }
}

/* Agent 4 refuses a pipeline whose `env` has such a name, whatever the value. */
static void check_env(struct check *check, const struct node *step) {
    const struct node *env = node_find(step, "env");
    for (size_t i = 0; env != NULL && env->kind == NODE_MAPPING && i < env->count; i++) {
        struct text name = node_key(env, i)->text;
        if (variables_is_secret_name(name))
            fail(check, "output-secret", node_key(env, i),
                 "'env' names '%.*s': agents refuse such a pipeline; use 'secrets' or an agent hook", TEXT_ARG(name));
    }
}

void check_begin(struct check *check, bool interpolates) {
    check->interpolates = interpolates;
    check->jobs_before = check->jobs;
}

void check_group(struct check *check, struct text key, const struct node *label) {
    check_key(check, key);
    check->step = key, check->field = TEXT("group");
    check_strings(check, label);
}

void check_step(struct check *check, const struct node *step) {
    const struct node *key = node_find(step, "key");
    check->jobs += settings_step_jobs(step);
    check_key(check, key == NULL ? TEXT("") : key->text);
    check_env(check, step);
    bool asks = node_find(step, "block") != NULL || node_find(step, "input") != NULL;
    bool does =
        node_find(step, "command") != NULL || node_find(step, "trigger") != NULL || node_find(step, "plugins") != NULL;
    if (!asks && (node_find(step, "label") == NULL || !does))
        fail(check, "output-step", step, "a step has no label or no command");
    check->step = key == NULL ? TEXT("a step") : key->text;
    for (size_t i = 0; i < step->count; i++) {
        check->field = node_key(step, i)->text;
        check_key_text(check, node_key(step, i));
        check_strings(check, node_value(step, i));
    }
}

bool check_end(struct check *check) {
    size_t jobs = check->jobs - check->jobs_before;
    if (jobs == 0) fail(check, "output-steps", NULL, "a document has no steps");
    if (jobs > SPLIT_JOBS_OF_DOCUMENT)
        fail(check, "output-jobs", NULL, "a document has more than %d jobs", SPLIT_JOBS_OF_DOCUMENT);
    return !check->failed;
}

bool check_join(struct check *check, const struct check *later) {
    for (size_t i = 0; i < later->keys.count; i++)
        check_key(check, later->keys.entries[i].key);
    for (size_t i = 0; i < later->diagnostics->list.count; i++)
        list_add(check->arena, &check->diagnostics->list, later->diagnostics->list.items[i]);
    check->jobs += later->jobs;
    check->failed |= later->failed;
    return !check->failed;
}
