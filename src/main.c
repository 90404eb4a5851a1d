/*
 * depot-pipeline: the first step of a Buildkite build with container images.
 *
 *   lib/base      memory, text, paths, diagnostics            lib/model     images, contexts, names, settings
 *   lib/format    YAML, JSON, globs, tables of settings       lib/plan      what this build does with each image
 *   lib/docker    Dockerfiles, compose files, references      lib/pipeline  steps, shell, escaping, documents
 *   lib/repo      git's index, files of the checkout          lib/report    previews for people and machines
 *   lib/recipe    the shell text of the steps
 *
 *   main.c         start and end of a run              session.c    from the repository to the documents
 *   options.c      the command line, as a table        terminal.c   standard output and error
 *   environment.c  names of variables, read once       output.c     where results go
 *   commands.c     the verbs; each is a cmd_*.c        agent.c      runs buildkite-agent
 *   files_loose.c  files named on the command line
 */
#include "commands.h"

#include <signal.h>
#include <unistd.h>

extern char **environ;

/*
 * An agent's shell has no `pipefail`, and an empty standard input is an upload of nothing that succeeds. So
 * whoever reads our standard output gets something that is not YAML.
 */
static void poison_pipe(const struct session *session) {
    bool to_standard_output = !text_is_given(session->options.output) || text_is(session->options.output, "-");
    if (session->terminal.out_is_terminal || !to_standard_output) return;
    if (!commands_feeds_a_pipe(session->options.command) && !session->options.dry_run) return;
    (void)terminal_write_out(TEXT("[depot-pipeline failed and generated nothing; its messages say why\n"));
}

static struct terminal look_at_terminal(const struct session *session) {
    int colour = session->options.color == COLOR_ALWAYS ? 1 : session->options.color == COLOR_NEVER ? -1 : 0;
    if (session->environment.no_color && colour == 0) colour = -1;
    return terminal_look(colour, session->environment.columns);
}

static int run(struct session *session, int argc, char **argv) {
    const char *const *environment = (const char *const *)environ;
    session->environment = environment_read(session->arena, environment);
    session->diagnostics = diag_in(session->arena);
    bool understood = options_read(session->arena, argc, argv, environment, &session->diagnostics, &session->options);
    session->terminal = look_at_terminal(session);
    session->is_interactive = session->terminal.out_is_terminal && !session->environment.is_ci;
    if (!understood) {
        terminal_report(&session->diagnostics, DIAG_ERROR, session->terminal.error_has_colour);
        return STATUS_USAGE;
    }
    return commands_run(session->options.wants_help ? COMMAND_HELP : session->options.command, session);
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write like any other */
    struct arena arena;
    arena_init(&arena);
    struct session session = {.arena = &arena, .repository.root_fd = -1};
    int status = run(&session, argc, argv);
    if (status != STATUS_OK) poison_pipe(&session);
    session_close(&session);
    arena_finish(&arena);
    return status;
}
