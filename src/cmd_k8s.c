/* k8s: what an operator needs beside a pipeline: Helm values, secrets, an agent image, the first step, what to trust. */
#include "commands.h"
#include "output.h"
#include "report/kubernetes_sheets.h"

static enum status complain(struct session *session, struct text problem) {
    session_complain(session, "usage", "%.*s", TEXT_ARG(problem));
    return STATUS_USAGE;
}

/* What is wrong with single images is not asked here. */
static void report(struct session *session) {
    enum severity least = session->options.quiet ? DIAG_ERROR : session->options.verbose ? DIAG_NOTE : DIAG_WARNING;
    terminal_report(&session->diagnostics, least, session->terminal.error_has_colour);
}

/* What the default branch's build would publish, whatever this build is and whatever has changed. */
static enum status make_plan(struct session *session) {
    session->options.all = true;
    if (!text_is_given(session->options.event)) session->options.event = TEXT("default");
    enum status status = session_plan(session);
    return status == STATUS_OK ? session_make_pipeline(session) : status;
}

static void say_unknown(struct session *session, const char *what, const char *option, const char *variable) {
    diag_add(&session->diagnostics, DIAG_WARNING, "trust-unknown", (struct place){0},
             "the %s is not known here: give --%s, or run it where %s is set", what, option, variable);
}

static void say_what_is_unknown(struct session *session, const struct kubernetes_sheets *sheets) {
    if (!text_is_given(sheets->organization))
        say_unknown(session, "organization", "organization", "BUILDKITE_ORGANIZATION_SLUG");
    if (!text_is_given(sheets->pipeline)) say_unknown(session, "pipeline", "pipeline", "BUILDKITE_PIPELINE_SLUG");
}

static struct text or_else(struct text given, struct text otherwise) {
    return text_is_given(given) ? given : otherwise;
}

int cmd_k8s(struct session *session) {
    const struct options *options = &session->options;
    if (options->words.count == 0) return complain(session, TEXT("'k8s' needs a word: " KUBERNETES_SHEETS));
    enum status status = make_plan(session);
    if (status != STATUS_OK) {
        session_report(session);
        return status;
    }
    struct text name = options->words.items[0], problem = {0};
    struct kubernetes_sheets sheets = {
        .plan = &session->plan,
        .jobs = &session->pipeline.steps,
        .namespace = options->namespace,
        .queue = or_else(options->queue, session->environment.queue),
        .image = options->image,
        .organization = or_else(options->organization, session->environment.organization),
        .pipeline = or_else(options->pipeline, session->environment.pipeline),
    };
    struct buffer buffer = buffer_in(session->arena);
    if (text_is(name, "trust")) say_what_is_unknown(session, &sheets);
    bool ok = kubernetes_sheets_write(&buffer, name, &sheets, &problem);
    report(session);
    if (!ok) return complain(session, problem);
    return output_write_text(session, buffer_text(&buffer)) ? STATUS_OK : STATUS_SYSTEM;
}
