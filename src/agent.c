#include "agent.h"

#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define META_DATA_LIMIT ((size_t)16 * 1024 * 1024) /* a webhook names every commit of a push */
#define AGENT_SECONDS 60

static int run(struct session *session, const char *const *argv) {
    struct process_command command = {.argv = argv, .environment = session->environment.all, .pass_output = true};
    struct process_result result;
    if (process_run(session->arena, &command, &result)) return result.status;
    session_complain(session, "agent", "cannot run buildkite-agent: %s", strerror(errno));
    return STATUS_SYSTEM;
}

/* The agent names an artifact by the path it is given, so it is called where the file is. */
bool agent_keep(struct session *session, const char *directory, const char *names) {
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (here < 0 || chdir(directory) != 0) {
        if (here >= 0) close(here);
        return false;
    }
    const char *const argv[] = {"buildkite-agent", "artifact", "upload", names, NULL};
    bool kept = run(session, argv) == 0;
    bool back = fchdir(here) == 0;
    close(here);
    return kept && back;
}

int agent_upload(struct session *session, const struct agent_upload *upload) {
    const char *argv[7] = {"buildkite-agent", "pipeline", "upload"};
    size_t count = 3;
    if (!upload->interpolates) argv[count++] = "--no-interpolation";
    if (upload->replaces) argv[count++] = "--replace";
    argv[count] = upload->path;
    return run(session, argv);
}

struct text agent_meta_data(struct session *session, const char *key) {
    const char *const argv[] = {"buildkite-agent", "meta-data", "get", key, "--default", "", NULL};
    struct process_command command = {
        .argv = argv, .environment = session->environment.all, .limit = META_DATA_LIMIT, .seconds = AGENT_SECONDS};
    struct process_result result;
    bool ok = process_run(session->arena, &command, &result) && result.status == 0 && !result.truncated;
    struct text value = ok ? text_trim(result.output) : TEXT("");
    return value.len > 0 ? value : (struct text){0};
}

bool agent_set_meta_data(struct session *session, const char *key, const char *value) {
    const char *const argv[] = {"buildkite-agent", "meta-data", "set", key, value, NULL};
    struct process_command command = {
        .argv = argv, .environment = session->environment.all, .limit = META_DATA_LIMIT, .seconds = AGENT_SECONDS};
    struct process_result result;
    return process_run(session->arena, &command, &result) && result.status == 0;
}

bool agent_annotate(struct session *session, struct text body, const char *style) {
    const char *const argv[] = {"buildkite-agent", "annotate", "--style", style, "--context", "depot-pipeline", NULL};
    struct process_command command = {.argv = argv,
                                      .environment = session->environment.all,
                                      .input = body,
                                      .limit = META_DATA_LIMIT,
                                      .seconds = AGENT_SECONDS};
    struct process_result result;
    return process_run(session->arena, &command, &result) && result.status == 0;
}
