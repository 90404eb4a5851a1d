/* test: does a change of these files build those images, as the settings expect? */
#include "base/path.h"
#include "commands.h"
#include "comparison.h"
#include "output.h"
#include "plan/select.h"

/* What the plan builds when only these files change. */
static bool plan_for(struct session *session, const struct expectation_settings *expectation) {
    struct buffer names = buffer_in(session->arena);
    for (size_t i = 0; i < expectation->changed.count; i++) {
        buffer_add(&names, ((const struct record_text_value *)expectation->changed.items[i])->text);
        buffer_add_byte(&names, '\0');
    }
    return comparison_suppose(session, buffer_text(&names));
}

static bool is_named(struct session *session, const struct list *names, struct text name) {
    for (size_t i = 0; i < names->count; i++)
        if (select_name_matches(session->arena, ((const struct record_text_value *)names->items[i])->text, name))
            return true;
    return false;
}

static bool is_image(struct session *session, struct text pattern) {
    for (size_t i = 0; i < session->plan.images.count; i++)
        if (select_name_matches(session->arena, pattern,
                                ((const struct plan_image *)session->plan.images.items[i])->image->name))
            return true;
    return false;
}

/* `-`: expected and not so; `+`: so and not expected. */
static void add_difference(struct session *session, const struct expectation_settings *expectation,
                           struct buffer *out) {
    for (size_t i = 0; i < session->plan.images.count; i++) {
        const struct plan_image *planned = session->plan.images.items[i];
        struct text name = planned->image->name, shown = text_printable(session->arena, name);
        bool is_wanted = is_named(session, &expectation->builds, name);
        bool is_unwanted = !is_wanted && is_named(session, &expectation->not, name);
        struct text why = plan_image_sentence(session->arena, &session->plan, planned);
        if (is_wanted && !planned->is_built)
            buffer_format(out, "  - %.*s is not built: %.*s\n", TEXT_ARG(shown), TEXT_ARG(why));
        if (is_unwanted && planned->is_built)
            buffer_format(out, "  + %.*s is built: %.*s\n", TEXT_ARG(shown), TEXT_ARG(why));
    }
    for (size_t i = 0; i < expectation->builds.count; i++) {
        struct text pattern = ((const struct record_text_value *)expectation->builds.items[i])->text;
        struct text shown = text_printable(session->arena, pattern);
        if (!is_image(session, pattern))
            buffer_format(out, "  - %.*s is not built: no image has this name\n", TEXT_ARG(shown));
    }
}

static struct text title_of(struct session *session, const struct expectation_settings *expectation) {
    if (text_is_given(expectation->name.text)) return text_printable(session->arena, expectation->name.text);
    struct buffer words = buffer_in(session->arena);
    for (size_t i = 0; i < expectation->changed.count; i++) {
        if (i > 0) buffer_add_string(&words, ", ");
        buffer_add(&words, ((const struct record_text_value *)expectation->changed.items[i])->text);
    }
    return text_printable(session->arena, buffer_text(&words));
}

static bool run_one(struct session *session, const struct expectation_settings *expectation, struct buffer *out,
                    bool *broke) {
    struct buffer difference = buffer_in(session->arena);
    if (!plan_for(session, expectation)) {
        *broke = true;
        return false;
    }
    add_difference(session, expectation, &difference);
    struct text title = title_of(session, expectation);
    buffer_format(out, "%s  %.*s\n", difference.len == 0 ? "ok  " : "FAIL", TEXT_ARG(title));
    if (difference.len > 0) {
        struct place place = node_place(expectation->node);
        buffer_format(out, "  at %.*s:%u\n", TEXT_ARG(place.source->path), place.line);
        buffer_add(out, buffer_text(&difference));
    }
    return difference.len == 0;
}

int cmd_test(struct session *session) {
    session->options.all = true; /* each test brings its own changes */
    session->wants_inputs = true;
    enum status status = session_plan(session);
    session_report(session);
    if (status != STATUS_OK) return status;
    const struct list *tests = &session->workspace.layers.settings.tests;
    struct buffer out = buffer_in(session->arena);
    size_t passed = 0;
    bool broke = false;
    for (size_t i = 0; i < tests->count && !broke; i++)
        passed += run_one(session, tests->items[i], &out, &broke);
    if (broke) return STATUS_SYSTEM;
    if (tests->count == 0) {
        session_complain(session, "no-tests", "the settings have no 'tests'; see 'depot-pipeline help no-tests'");
        return STATUS_FINDINGS;
    }
    buffer_format(&out, "%zu passed, %zu failed\n", passed, tests->count - passed);
    if (!output_write_text(session, buffer_text(&out))) return STATUS_SYSTEM;
    return passed == tests->count ? STATUS_OK : STATUS_FINDINGS;
}
