/*
 * upload: generate, check, write files, keep them as artifacts, upload them, each once (marker.h).
 *
 * Files are made outside the checkout. Each holds one document, because Buildkite takes 500 jobs
 * in an upload; the agent refuses an empty file where it would take an empty standard input for a success.
 */
#include "agent.h"
#include "commands.h"
#include "marker.h"
#include "output.h"
#include "report/annotation.h"
#include "report/preview_json.h"

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

/* Not as large as to be a burden; larger plans are for `preview --format json` on a laptop. */
#define PLAN_FILE_IMAGES 500
#define PLAN_FILE "depot-plan.json"

/* What `preview --format json` says, but for the contexts. */
static bool write_plan(struct session *session, const char *directory) {
    struct preview preview = {.plan = &session->plan,
                              .pipeline = &session->pipeline,
                              .keys = &session->keys,
                              .diagnostics = &session->diagnostics,
                              .has_untracked = session->paths.with_untracked};
    struct buffer buffer = buffer_in(session->arena);
    if (session->plan.images.count > PLAN_FILE_IMAGES || !preview_json_write(&buffer, &preview)) return false;
    struct text text = buffer_text(&buffer);
    struct list pieces = {0};
    list_add(session->arena, &pieces, &text);
    return output_write_file(session, in_directory(session, directory, PLAN_FILE), &pieces);
}

/* On the build's page: which images, which not, and why. A page without it is no reason to fail. */
static void annotate(struct session *session, const struct texts *artifacts) {
    struct buffer body = buffer_in(session->arena);
    annotation_write(&body, &session->plan, artifacts);
    if (!agent_annotate(session, buffer_text(&body), annotation_style(&session->plan)))
        terminal_write_error(TEXT("depot-pipeline: warning: the build could not be annotated\n"));
}

static void keep(struct session *session, const char *directory, struct texts *names) {
    struct buffer list = buffer_in(session->arena);
    for (size_t i = 0; i < names->count; i++) {
        if (i > 0) buffer_add_byte(&list, ';');
        buffer_add(&list, names->items[i]);
    }
    if (agent_keep(session, directory, text_string(session->arena, buffer_text(&list)))) return;
    terminal_write_error(TEXT("depot-pipeline: warning: the pipeline could not be kept as an artifact\n"));
    *names = (struct texts){0};
}

/* All documents as files, kept as artifacts, before the page links to them. False when a file cannot be written. */
static bool write_files(struct session *session, const char *directory) {
    struct texts names = {0};
    for (size_t i = 0; i < session->pipeline.documents.count; i++) {
        const char *name = file_name(session, i), *path = in_directory(session, directory, name);
        if (!output_write_file(session, path, session->pipeline.documents.items[i])) return false;
        texts_add(session->arena, &names, text_from(name));
    }
    if (write_plan(session, directory)) texts_add(session->arena, &names, TEXT(PLAN_FILE));
    keep(session, directory, &names);
    annotate(session, &names);
    return true;
}

static void remove_files(struct session *session, const char *directory) {
    for (size_t i = 0; i < session->pipeline.documents.count; i++)
        unlink(in_directory(session, directory, file_name(session, i)));
    unlink(in_directory(session, directory, PLAN_FILE));
    rmdir(directory);
}

/* --- one document after the other --- */

struct uploading {
    const char *directory;
    enum marker *markers; /* of the documents: what was found of an earlier run of this step */
    bool is_replacing;    /* the next upload is in place of what is there */
};

static void say_same(struct session *session) {
    if (session->options.quiet) return;
    terminal_write_error(TEXT("depot-pipeline: this step has uploaded this pipeline before; it stays as it is\n"));
}

static int refuse_other(struct session *session) {
    session_complain(session, "agent",
                     "this step has uploaded another pipeline in this build before, and Buildkite takes a step key "
                     "once in a build: start a new build, or have 'upload --replace' (DEPOT_PIPELINE_REPLACE=1) put "
                     "this one in place of the steps that did not start yet");
    return STATUS_SYSTEM;
}

static int upload_one(struct session *session, struct uploading *uploading, size_t i) {
    if (uploading->markers[i] == MARKER_SAME) return STATUS_OK;
    struct agent_upload upload = {.path = in_directory(session, uploading->directory, file_name(session, i)),
                                  .interpolates =
                                      !session->options.no_interpolation && !session->environment.no_interpolation,
                                  .replaces = uploading->is_replacing};
    int status = agent_upload(session, &upload);
    uploading->is_replacing = false; /* or this document would go when the next one comes */
    if (status == STATUS_OK && !marker_write(session, i))
        terminal_write_error(TEXT("depot-pipeline: warning: a retry of this step cannot know what was uploaded\n"));
    if (status == STATUS_OK || session->environment.is_retry) return status;
    enum marker marker = marker_read(session, i); /* its keys are taken: by whom? */
    if (marker == MARKER_SAME) say_same(session);
    if (marker == MARKER_OTHER) (void)refuse_other(session);
    return marker == MARKER_SAME ? STATUS_OK : status;
}

/* A step that is run again goes on where it stopped. */
static int upload_documents(struct session *session, struct uploading *uploading) {
    size_t count = session->pipeline.documents.count, same = 0, other = 0;
    for (size_t i = 0; i < count && session->environment.is_retry; i++) {
        uploading->markers[i] = marker_read(session, i);
        same += uploading->markers[i] == MARKER_SAME;
        other += uploading->markers[i] == MARKER_OTHER;
    }
    if (other > 0 && !session->options.replace) return refuse_other(session);
    if (same == count) say_same(session);
    for (size_t i = 0; i < count && other > 0; i++)
        uploading->markers[i] = MARKER_NONE;
    uploading->is_replacing = session->options.replace && (same == 0 || other > 0);
    int status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = upload_one(session, uploading, i);
    return status;
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
    size_t count = session->pipeline.documents.count;
    struct uploading uploading = {.directory = directory,
                                  .markers = arena_array(session->arena, count, sizeof(enum marker))};
    int status = write_files(session, directory) ? upload_documents(session, &uploading) : STATUS_SYSTEM;
    remove_files(session, directory);
    return status;
}

static void say_what_happens(struct session *session) {
    if (session->options.quiet) return;
    struct text summary = session_summary(session);
    terminal_write_error(text_format(session->arena, "depot-pipeline: %.*s\n", TEXT_ARG(summary)));
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
    int uploaded = upload_all(session);
    if (uploaded != STATUS_OK) terminal_write_error(TEXT("depot-pipeline: error: the upload failed, see above\n"));
    return uploaded;
}
