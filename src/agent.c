#include "agent.h"

#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int run(struct session *session, const char *const *argv) {
    struct process_command command = {.argv = argv, .environment = session->environment.all, .pass_output = true};
    struct process_result result;
    if (process_run(session->arena, &command, &result)) return result.status;
    session_complain(session, "agent", "cannot run buildkite-agent: %s", strerror(errno));
    return STATUS_SYSTEM;
}

/* The agent names an artifact by the path it is given, so it is called where the file is. */
bool agent_keep(struct session *session, const char *directory, const char *name) {
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (here < 0 || chdir(directory) != 0) {
        if (here >= 0) close(here);
        return false;
    }
    const char *const argv[] = {"buildkite-agent", "artifact", "upload", name, NULL};
    bool kept = run(session, argv) == 0;
    bool back = fchdir(here) == 0;
    close(here);
    return kept && back;
}

int agent_upload(struct session *session, const char *path, bool interpolates) {
    const char *const plain[] = {"buildkite-agent", "pipeline", "upload", path, NULL};
    const char *const raw[] = {"buildkite-agent", "pipeline", "upload", "--no-interpolation", path, NULL};
    return run(session, interpolates ? plain : raw);
}
