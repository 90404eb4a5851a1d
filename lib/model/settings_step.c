#include "model/settings_step.h"

#include "base/variables.h"
#include "model/settings_attributes.h"
#include "model/settings_matrix.h"

#define GROUP_NAME_LIMIT 200
#define REASON_LIMIT 70
#define RETRY_LIMIT 10
#define PARALLEL_LIMIT 500

struct checker {
    struct diagnostics *diagnostics;
    bool ok;
};

#define REFUSE(checker, node, ...)                                                                                     \
    ((checker)->ok = false,                                                                                            \
     (void)diag_add((checker)->diagnostics, DIAG_ERROR, "settings-value", node_place(node), __VA_ARGS__))

/* --- what the program itself decides about a step; the rest is the user's --- */

static bool is_own_attribute(struct text key) {
    static const char *const own[] = {"key",   "id",   "identifier", "command", "commands", "steps",
                                      "group", "wait", "trigger",    "block",   "input",    "type"};
    for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
        if (text_is(key, own[i])) return true;
    return false;
}

static void check_env(struct checker *checker, const struct node *env) {
    for (size_t i = 0; env != NULL && env->kind == NODE_MAPPING && i < env->count; i++) {
        const struct node *key = node_key(env, i);
        if (variables_is_secret_name(key->text))
            REFUSE(checker, key,
                   "agents refuse a pipeline whose 'env' names '%.*s'; give it by 'secrets' or an agent hook",
                   TEXT_ARG(key->text));
    }
}

static void check_texts(struct checker *checker, const struct node *node) {
    if (node_is_scalar(node)) {
        if (!text_is_utf8(node->text)) REFUSE(checker, node, "this text is not UTF-8");
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_MAPPING && text_has(node_key(node, i)->text, '$'))
            REFUSE(checker, node_key(node, i), "a key with '$' would be rewritten by the Buildkite agent");
        check_texts(checker, node->kind == NODE_MAPPING ? node_value(node, i) : node->items[i]);
    }
}

/* --- shapes --- */

/* A plain whole number of at most nine digits; false for anything else. */
static bool read_number(const struct node *node, long *out) {
    if (!node_is_scalar(node) || node->style == NODE_STYLE_QUOTED) return false;
    bool negative = text_starts(node->text, "-");
    struct text digits = text_from_offset(node->text, negative);
    *out = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9') return false;
        *out = 10 * *out + (digits.ptr[i] - '0');
        if (*out > 999999999) return false;
    }
    if (negative) *out = -*out;
    return digits.len > 0;
}

/* NULL also for null, which takes an attribute back. */
static const struct node *find(const struct node *step, const char *key) {
    const struct node *node = node_find(step, key);
    return node == NULL || node->kind == NODE_NULL ? NULL : node;
}

static bool is_bool(const struct node *node) {
    return node_is_scalar(node) && node->style != NODE_STYLE_QUOTED &&
           (text_is(node->text, "true") || text_is(node->text, "false"));
}

static bool is_string(const struct node *node) {
    return node_is_scalar(node) && node->kind != NODE_NULL;
}

static void check_number(struct checker *checker, const struct node *step, const char *key, long least) {
    const struct node *node = find(step, key);
    long number;
    if (node == NULL || (read_number(node, &number) && number >= least)) return;
    if (least == 1) {
        REFUSE(checker, node, "'%s' is a whole number from 1 on", key);
    } else {
        REFUSE(checker, node, "'%s' is a whole number", key);
    }
}

static void check_skip(struct checker *checker, const struct node *skip) {
    if (skip == NULL || is_bool(skip)) return;
    if (!is_string(skip)) {
        REFUSE(checker, skip, "'skip' is true, false or a reason, not %s", node_kind_name(skip));
    } else if (text_is(skip->text, "yes") || text_is(skip->text, "no") || text_is(skip->text, "on") ||
               text_is(skip->text, "off")) {
        REFUSE(checker, skip, "Buildkite takes '%.*s' for a reason, and skips the step; write true or false",
               TEXT_ARG(skip->text));
    } else if (skip->text.len > REASON_LIMIT) {
        REFUSE(checker, skip, "the reason of a skipped step has at most %d bytes", REASON_LIMIT);
    }
}

static bool is_status(const struct node *node) {
    long ignored;
    return read_number(node, &ignored) || (is_string(node) && text_is(node->text, "*"));
}

/* true, false, or [{exit_status: 1}, {exit_status: "*"}] */
static void check_soft_fail(struct checker *checker, const struct node *soft) {
    if (soft == NULL || is_bool(soft)) return;
    if (soft->kind != NODE_SEQUENCE) {
        REFUSE(checker, soft, "'soft_fail' is true, false or a list of {exit_status: …}");
        return;
    }
    for (size_t i = 0; i < soft->count; i++) {
        const struct node *status = node_find(soft->items[i], "exit_status");
        if (status == NULL || !is_status(status))
            REFUSE(checker, soft->items[i], "an entry of 'soft_fail' is {exit_status: a number or \"*\"}");
    }
}

static void check_paths(struct checker *checker, const struct node *step, const char *key) {
    const struct node *node = find(step, key);
    if (node == NULL || is_string(node)) return;
    bool fits = node->kind == NODE_SEQUENCE;
    for (size_t i = 0; fits && i < node->count; i++)
        fits = is_string(node->items[i]);
    if (!fits) REFUSE(checker, node, "'%s' is a string or a list of strings", key);
}

static void check_notify(struct checker *checker, const struct node *notify) {
    static const char *const of_builds[] = {"email", "webhook", "pagerduty_change_event"};
    if (notify == NULL) return;
    if (notify->kind != NODE_SEQUENCE) {
        REFUSE(checker, notify, "'notify' is a list, not %s", node_kind_name(notify));
        return;
    }
    for (size_t i = 0; i < notify->count; i++)
        for (size_t j = 0; j < sizeof(of_builds) / sizeof(*of_builds); j++)
            if (node_find(notify->items[i], of_builds[j]) != NULL)
                REFUSE(checker, notify->items[i], "'%s' notifies of builds only, not of steps", of_builds[j]);
}

/* --- retry --- */

static void check_rule_status(struct checker *checker, const struct node *status) {
    long ignored;
    if (status == NULL || is_status(status)) return;
    bool fits = status->kind == NODE_SEQUENCE;
    for (size_t i = 0; fits && i < status->count; i++)
        fits = read_number(status->items[i], &ignored);
    if (!fits) REFUSE(checker, status, "'exit_status' is a whole number, a list of them, or \"*\"");
}

static void check_rule(struct checker *checker, const struct node *rule) {
    const struct node *limit = find(rule, "limit");
    long number;
    if (rule->kind != NODE_MAPPING) {
        REFUSE(checker, rule, "a rule of 'automatic' is a mapping, such as {exit_status: 1, limit: 2}");
    } else if (limit != NULL && (!read_number(limit, &number) || number < 0 || number > RETRY_LIMIT)) {
        REFUSE(checker, limit, "the limit of a retry is 0 to %d", RETRY_LIMIT);
    }
    check_rule_status(checker, find(rule, "exit_status"));
}

static void check_retry(struct checker *checker, const struct node *retry) {
    if (retry == NULL) return;
    if (retry->kind != NODE_MAPPING) {
        REFUSE(checker, retry, "'retry' is a mapping of 'automatic' and 'manual', not %s", node_kind_name(retry));
        return;
    }
    const struct node *automatic = find(retry, "automatic"), *manual = find(retry, "manual");
    if (manual != NULL && !is_bool(manual) && manual->kind != NODE_MAPPING)
        REFUSE(checker, manual, "'manual' is true, false or a mapping");
    if (automatic == NULL || is_bool(automatic)) return;
    if (automatic->kind == NODE_MAPPING) check_rule(checker, automatic);
    for (size_t i = 0; automatic->kind == NODE_SEQUENCE && i < automatic->count; i++)
        check_rule(checker, automatic->items[i]);
    if (node_is_scalar(automatic)) REFUSE(checker, automatic, "'automatic' is true, false, a rule or a list of rules");
}

/* --- what goes together --- */

static void check_concurrency(struct checker *checker, const struct node *step) {
    const struct node *most = find(step, "concurrency"), *group = find(step, "concurrency_group");
    const struct node *method = find(step, "concurrency_method");
    check_number(checker, step, "concurrency", 1);
    if (most != NULL && group == NULL) REFUSE(checker, most, "'concurrency' needs a 'concurrency_group'");
    if (group != NULL && most == NULL) REFUSE(checker, group, "'concurrency_group' needs 'concurrency'");
    if (group != NULL && (!is_string(group) || group->text.len == 0 || group->text.len > GROUP_NAME_LIMIT))
        REFUSE(checker, group, "a concurrency group has a name of at most %d bytes", GROUP_NAME_LIMIT);
    if (method == NULL) return;
    if (!is_string(method) || (!text_is(method->text, "ordered") && !text_is(method->text, "eager")))
        REFUSE(checker, method, "'concurrency_method' is ordered or eager");
    if (most == NULL && group == NULL)
        REFUSE(checker, method, "'concurrency_method' needs 'concurrency' and 'concurrency_group'");
}

/* Buildkite puts the values in when the keys are settled. */
static void check_matrix_words(struct checker *checker, const struct node *step) {
    static const char *const never[] = {"depends_on", "concurrency_group", "matrix"};
    for (size_t i = 0; i < 2; i++)
        if (settings_has_matrix_word(find(step, never[i])))
            REFUSE(checker, find(step, never[i]), "'%s' cannot hold {{matrix}}", never[i]);
    for (size_t i = 0; i < step->count; i++) {
        bool is_apart = false;
        for (size_t j = 0; j < sizeof(never) / sizeof(*never); j++)
            is_apart |= text_is(node_key(step, i)->text, never[j]);
        if (!is_apart)
            checker->ok &= settings_check_matrix_words(node_value(step, i), find(step, "matrix"), checker->diagnostics);
    }
}

static void check_matrix(struct checker *checker, const struct node *step) {
    const struct node *matrix = find(step, "matrix"), *parallelism = find(step, "parallelism");
    long number;
    check_number(checker, step, "parallelism", 1);
    if (parallelism != NULL && read_number(parallelism, &number) && number > PARALLEL_LIMIT)
        REFUSE(checker, parallelism, "an upload makes %d jobs at most", PARALLEL_LIMIT);
    if (matrix != NULL && parallelism != NULL)
        REFUSE(checker, parallelism, "a step has either 'matrix' or 'parallelism'");
    if (matrix != NULL) checker->ok &= settings_check_matrix(matrix, checker->diagnostics);
    check_matrix_words(checker, step);
}

static void check_attributes(struct checker *checker, const struct node *step) {
    check_number(checker, step, "timeout_in_minutes", 1);
    check_number(checker, step, "priority", -999999999);
    check_skip(checker, find(step, "skip"));
    check_soft_fail(checker, find(step, "soft_fail"));
    check_paths(checker, step, "artifact_paths");
    check_notify(checker, find(step, "notify"));
    check_retry(checker, find(step, "retry"));
    check_concurrency(checker, step);
    if (find(step, "if") != NULL && find(step, "branches") != NULL)
        REFUSE(checker, find(step, "branches"), "a step has either 'if' or 'branches'");
    check_matrix(checker, step);
}

bool settings_check_attributes(const struct node *step, struct diagnostics *diagnostics) {
    struct checker checker = {.diagnostics = diagnostics, .ok = true};
    check_attributes(&checker, step);
    return checker.ok;
}

bool settings_check_step(const struct node *step, struct diagnostics *diagnostics) {
    struct checker checker = {.diagnostics = diagnostics, .ok = true};
    if (step == NULL) return true;
    for (size_t i = 0; i < step->count; i++)
        if (is_own_attribute(node_key(step, i)->text))
            REFUSE(&checker, node_key(step, i), "'%.*s' of a step is decided by the program",
                   TEXT_ARG(node_key(step, i)->text));
    checker.ok &= settings_check_keys(step, NULL, diagnostics);
    check_env(&checker, find(step, "env"));
    check_texts(&checker, step);
    check_attributes(&checker, step);
    return checker.ok;
}

size_t settings_step_jobs(const struct node *step) {
    const struct node *matrix = find(step, "matrix"), *parallelism = find(step, "parallelism");
    long number;
    if (matrix != NULL) return settings_matrix_jobs(matrix);
    return parallelism != NULL && read_number(parallelism, &number) && number > 1 ? (size_t)number : 1;
}
