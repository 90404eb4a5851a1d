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
 *   files_loose.c  files named on the command line          standard_input.c  what comes in a pipe
 */
#include "commands.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

/* --output names what standard output is anyway: -, /dev/stdout, /dev/fd/1. */
static bool writes_to_standard_output(const struct session *session) {
    struct text path = session->options.output;
    struct stat named, standard;
    if (!text_is_given(path) || text_is(path, "-")) return true;
    return stat(text_string(session->arena, path), &named) == 0 && fstat(STDOUT_FILENO, &standard) == 0 &&
           named.st_dev == standard.st_dev && named.st_ino == standard.st_ino;
}

/*
 * An agent's shell has no `pipefail`, and an empty standard input is an upload of nothing that succeeds. So
 * whoever reads our standard output gets something that is not YAML.
 */
static void poison_pipe(const struct session *session) {
    if (session->terminal.out_is_terminal || !writes_to_standard_output(session)) return;
    if (!commands_feeds_a_pipe(session->options.command) && !session->options.dry_run) return;
    (void)terminal_write(STDOUT_FILENO, TEXT("[depot-pipeline failed and generated nothing; its messages say why\n"));
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
    /* who names a file wants the pipeline, also on a terminal */
    session->is_interactive =
        session->terminal.out_is_terminal && !session->environment.is_ci && !text_is_given(session->options.output);
    if (text_is_given(session->options.output) && session->options.color != COLOR_ALWAYS)
        session->terminal.out_has_colour = false;
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
