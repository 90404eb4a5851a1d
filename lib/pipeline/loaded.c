#include "pipeline/loaded.h"

#include "plan/steps.h"

static void export(struct script *script, const char *name, struct shell word) {
    struct shell begin = shell_constant_of(text_format(script->arena, "export %s=", name));
    script_line(script, shell_join(script->arena, begin, word));
}

/* What the tests are told: that of the commands of further steps, as far as an image has it that is in no registry. */
static void export_facts(struct script *script, const struct facts *facts, const struct plan_image *planned,
                         struct text key) {
    struct step_facts known = steps_facts(script->arena, facts, planned, key);
    script->scope.defaults = planned->image->variables;
    export(script, "IMAGE_NAME", shell_word(&script->scope, planned->image->name));
    export(script, "IMAGE_PATH", shell_word(&script->scope, known.path));
    export(script, "IMAGE_REFERENCE", shell_value(&script->scope, planned->loaded.items[0]));
    script_line(script, shell_constant("export IMAGE=\"$IMAGE_REFERENCE\""));
}

void loaded_add_tests(struct script *script, const struct facts *facts, const struct plan_image *planned,
                      struct text key) {
    const struct list *tests = &planned->tests;
    if (!plan_image_loads(planned) || planned->loaded.count == 0) return;
    if (planned->image->settings->build.test.count > 0 && tests->count == 0)
        script_heading(script, "---",
                       text_format(script->arena, "%.*s is not tested: this is the build of a fork",
                                   TEXT_ARG(planned->image->name)));
    if (tests->count == 0) return;
    script_blank(script);
    script_heading(script, "+++", text_format(script->arena, ":docker: test %.*s", TEXT_ARG(planned->image->name)));
    export_facts(script, facts, planned, key);
    script_line(script, shell_constant("(set -e"));
    for (size_t i = 0; i < tests->count; i++) {
        const struct record_text_value *test = tests->items[i];
        script_line(script, shell_constant_of(test->text)); /* shell by the user's own hand */
    }
    script_line(script, shell_constant(")"));
}
