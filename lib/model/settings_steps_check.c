#include "model/settings_steps_check.h"

#include "base/variables.h"
#include "model/settings_attributes.h"
#include "model/settings_step.h"

#define NAME_LIMIT 40

struct checker {
    struct diagnostics *diagnostics;
    bool ok;
};

#define REFUSE(checker, node, ...)                                                                                     \
    ((checker)->ok = false,                                                                                            \
     (void)diag_add((checker)->diagnostics, DIAG_ERROR, "settings-value", node_place(node), __VA_ARGS__))

static bool is_one_of(struct text text, const char *const *words) {
    for (size_t i = 0; words[i] != NULL; i++)
        if (text_is(text, words[i])) return true;
    return false;
}

static bool is_name(struct text text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!fits) return false;
    }
    return text.len > 0 && text.len <= NAME_LIMIT;
}

/* Keys of groups and bundles are made of names that are not known here, so no other key may begin as they do. */
static bool begins_as_own(struct text name) {
    return text_starts(name, "group-") || text_starts(name, "bundle-");
}

/* Keys of the program's own steps begin with these. */
static void check_name(struct checker *checker, const struct step_settings *step) {
    static const char *const own[] = {"build", "bundle", "publish", "gate", "tags",
                                      "retag", "images", "group",   "list", NULL};
    if (step->name.node == NULL) {
        REFUSE(checker, step->node, "an entry of 'steps' needs a 'name', such as test");
    } else if (!is_name(step->name.text)) {
        REFUSE(checker, step->name.node, "a name has up to %d letters, digits, '_' and '-'", NAME_LIMIT);
    } else if (is_one_of(step->name.text, own) || begins_as_own(step->name.text)) {
        REFUSE(checker, step->name.node, "'%.*s' is the program's own name for steps", TEXT_ARG(step->name.text));
    }
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

/* The word that begins here and that only the running step knows; the absent text when there is none. */
static struct text late_word(struct text text) {
    static const char *const words[] = {"{digest}", "{build_number}", "{env:"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (!text_starts(text, words[i])) continue;
        size_t end = text_find(text, '}');
        if (end != TEXT_NONE) return text_first(text, end + 1);
    }
    return (struct text){0};
}

static void check_words(struct checker *checker, const struct node *node) {
    for (size_t i = 0; i < node->text.len; i++) {
        struct text word = late_word(text_from_offset(node->text, i));
        if (!text_is_given(word)) continue;
        bool is_digest = text_is(word, "{digest}");
        REFUSE(checker, node, "%.*s is known when a step runs, not when Buildkite reads this; %s", TEXT_ARG(word),
               is_digest ? "in a command it is \"$IMAGE_DIGEST\"" : "use the variable in a command");
        return;
    }
}

/* In a command nothing is replaced, so nothing can be wrong there but the bytes. */
static void check_texts(struct checker *checker, const struct node *node, bool has_words) {
    if (node_is_scalar(node)) {
        if (!text_is_utf8(node->text)) REFUSE(checker, node, "this text is not UTF-8");
        if (has_words) check_words(checker, node);
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_MAPPING && text_has(node_key(node, i)->text, '$'))
            REFUSE(checker, node_key(node, i), "a key with '$' would be rewritten by the Buildkite agent");
        check_texts(checker, node->kind == NODE_MAPPING ? node_value(node, i) : node->items[i], has_words);
    }
}

static bool is_command(struct text key) {
    static const char *const keys[] = {"command", "commands", NULL};
    return is_one_of(key, keys);
}

static void check_command(struct checker *checker, const struct node *command) {
    bool ok = command->kind == NODE_STRING;
    for (size_t i = 0; command->kind == NODE_SEQUENCE && i < command->count; i++)
        ok = (i == 0 || ok) && command->items[i]->kind == NODE_STRING;
    if (!ok) REFUSE(checker, command, "a command is a string or a list of strings");
}

static void check_attributes(struct checker *checker, const struct node *step, const char *const *refused,
                             bool (*owns)(struct text key)) {
    for (size_t i = 0; i < step->count; i++) {
        struct text key = node_key(step, i)->text;
        if (owns(key)) continue;
        if (is_one_of(key, refused))
            REFUSE(checker, node_key(step, i), "'%.*s' of a step is decided by the program", TEXT_ARG(key));
        if (is_command(key)) check_command(checker, node_value(step, i));
        check_texts(checker, node_value(step, i), !is_command(key));
    }
    checker->ok &= settings_check_keys(step, owns, checker->diagnostics);
    check_env(checker, node_find(step, "env"));
    check_env(checker, node_find(node_find(step, "build"), "env"));
}

/* Exactly one thing makes it a step of a type; `plugins` may stand for a command. */
static void check_type(struct checker *checker, const struct node *step) {
    static const char *const types[] = {"command", "commands", "trigger", "block", "input"};
    const char *found = NULL;
    if (node_find(step, "wait") != NULL || node_find(step, "waiter") != NULL) {
        REFUSE(checker, step, "a wait step would hold up every image; steps here wait for what 'after' names");
        return;
    }
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (node_find(step, types[i]) == NULL) continue;
        if (found != NULL) REFUSE(checker, step, "a step has '%s' or '%s', not both", found, types[i]);
        found = types[i];
    }
    if (found == NULL && node_find(step, "plugins") == NULL)
        REFUSE(checker, step, "a step needs 'command', 'trigger', 'block', 'input' or 'plugins'");
}

static void check_step(struct checker *checker, const struct step_settings *step) {
    static const char *const refused[] = {"key", "id", "identifier", "steps", "group", "type", "skip", NULL};
    check_name(checker, step);
    check_type(checker, step->node);
    check_attributes(checker, step->node, refused, settings_step_owns);
    checker->ok &= settings_check_attributes(step->node, checker->diagnostics);
    if (step->before == STEP_BEFORE_BUILD)
        REFUSE(checker, step->node, "a step cannot come before the build of its image; a gate can");
    if (step->before == STEP_BEFORE_PUBLISH && step->after == STEP_AFTER_PUBLISH)
        REFUSE(checker, step->node, "a step cannot come before and after 'publish'");
}

static void check_names(struct checker *checker, const struct list *steps) {
    for (size_t i = 0; i < steps->count; i++) {
        const struct step_settings *step = steps->items[i];
        for (size_t j = 0; j < i && step->name.node != NULL; j++) {
            const struct step_settings *other = steps->items[j];
            if (text_equal(other->name.text, step->name.text) && other->name.node != NULL)
                REFUSE(checker, step->name.node, "two steps have the name '%.*s'", TEXT_ARG(step->name.text));
        }
    }
}

bool settings_steps_check(const struct list *steps, struct diagnostics *diagnostics) {
    struct checker checker = {.diagnostics = diagnostics, .ok = true};
    for (size_t i = 0; i < steps->count; i++)
        check_step(&checker, steps->items[i]);
    check_names(&checker, steps);
    return checker.ok;
}

static void check_gate(struct checker *checker, const struct gate_settings *gate) {
    static const char *const refused[] = {"key",   "id",    "identifier", "steps",    "group",   "type", "skip",
                                          "block", "input", "command",    "commands", "trigger", "wait", NULL};
    if (gate->label.node == NULL) REFUSE(checker, gate->node, "an entry of 'gates' needs a 'label'");
    check_attributes(checker, gate->node, refused, settings_gate_owns);
    checker->ok &= settings_check_attributes(gate->node, checker->diagnostics);
}

bool settings_gates_check(const struct list *gates, struct diagnostics *diagnostics) {
    struct checker checker = {.diagnostics = diagnostics, .ok = true};
    for (size_t i = 0; i < gates->count; i++)
        check_gate(&checker, gates->items[i]);
    return checker.ok;
}
