/*
 * upload: generate, check, write files, keep them as artifacts, upload them.
 *
 * Files are made outside the checkout. Each holds one document, because Buildkite takes 500 jobs
 * in an upload; the agent refuses an empty file where it would take an empty standard input for a success.
 */
#include "agent.h"
#include "commands.h"
#include "output.h"
#include "report/annotation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *file_name(struct session *session, size_t i) {
    const char *ending = session->options.is_json ? "json" : "yml";
    struct text name = session->pipeline.documents.count == 1
                           ? text_format(session->arena, "depot-pipeline.%s", ending)
                           : text_format(session->arena, "depot-pipeline-%zu.%s", i + 1, ending);
    return text_string(session->arena, name);
}

static const char *in_directory(struct session *session, const char *directory, const char *name) {
    return text_string(session->arena, text_format(session->arena, "%s/%s", directory, name));
}

static int upload_one(struct session *session, const char *directory, size_t i) {
    const char *name = file_name(session, i), *path = in_directory(session, directory, name);
    if (!output_write_file(session, path, session->pipeline.documents.items[i])) return STATUS_SYSTEM;
    if (!agent_keep(session, directory, name))
        terminal_write_error(TEXT("depot-pipeline: warning: the pipeline could not be kept as an artifact\n"));
    bool interpolates = !session->options.no_interpolation && !session->environment.no_interpolation;
    return agent_upload(session, path, interpolates);
}

static void remove_files(struct session *session, const char *directory) {
    for (size_t i = 0; i < session->pipeline.documents.count; i++)
        unlink(in_directory(session, directory, file_name(session, i)));
    rmdir(directory);
}

static int upload_all(struct session *session) {
    struct text template =
        text_format(session->arena, "%.*s/depot-pipeline.XXXXXX", TEXT_ARG(session->environment.temporary));
    char *directory = text_string(session->arena, template);
    if (mkdtemp(directory) == NULL) {
        session_complain(session, "output", "cannot make a temporary directory in %.*s: %s",
                         TEXT_ARG(session->environment.temporary), strerror(errno));
        return STATUS_SYSTEM;
    }
    int status = STATUS_OK;
    for (size_t i = 0; i < session->pipeline.documents.count && status == STATUS_OK; i++)
        status = upload_one(session, directory, i);
    remove_files(session, directory);
    return status;
}

static void say_what_happens(struct session *session) {
    if (session->options.quiet) return;
    struct text summary = session_summary(session);
    terminal_write_error(text_format(session->arena, "depot-pipeline: %.*s\n", TEXT_ARG(summary)));
}

/* On the build's page: which images, which not, and why. A page without it is no reason to fail. */
static void annotate(struct session *session) {
    struct buffer body = buffer_in(session->arena);
    annotation_write(&body, &session->plan);
    bool has_doubt = text_is_given(session->base.remedy) || text_is_given(session->base.note);
    if (!agent_annotate(session, buffer_text(&body), has_doubt ? "warning" : "info"))
        terminal_write_error(TEXT("depot-pipeline: warning: the build could not be annotated\n"));
}

int cmd_upload(struct session *session) {
    enum status status = session_plan(session);
    if (status == STATUS_OK) status = session_make_pipeline(session);
    session_report(session);
    if (status != STATUS_OK) return status;
    if (session->options.dry_run) return output_write_documents(session) ? STATUS_OK : STATUS_SYSTEM;
    if (!session->environment.has_agent) {
        session_complain(session, "agent",
                         "this is not a Buildkite job: 'upload --dry-run' or 'generate' print what would be uploaded");
        return STATUS_SYSTEM;
    }
    say_what_happens(session);
    annotate(session);
    int uploaded = upload_all(session);
    if (uploaded != STATUS_OK) terminal_write_error(TEXT("depot-pipeline: error: the upload failed, see above\n"));
    return uploaded;
}
