/* Builds git's command line and environment; nobody else does. */
#include "repo/git.h"

#include <string.h>

/* Set for every call; the same names from the environment we were given are left out. */
static const char *const fixed_environment[] = {
    "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C", "SSH_ASKPASS_REQUIRE=never",
};

/* Who may ask a remote may also have missing objects fetched, and ssh asks nobody. */
static const char *const remote_environment[] = {
    "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=0", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C", "SSH_ASKPASS_REQUIRE=never",
};

/* git before 2.45 knows no GIT_NO_LAZY_FETCH: no protocol, no fetch. */
static const char *const local_config[] = {"-c", "protocol.allow=never", "-c", "gc.auto=0"};
static const char *const remote_config[] = {"-c", "protocol.ext.allow=never", "-c", "gc.auto=0"};

/* Given on the command line as absolute paths: a relative one would be taken from the root, where -C goes. */
static const char *const replaced_names[] = {"GIT_DIR=", "GIT_WORK_TREE=", "GIT_COMMON_DIR="};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct words {
    const char **items;
    size_t count;
};

static size_t count_words(const char *const *words) {
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    return count;
}

static void add_word(struct words *words, const char *word) {
    words->items[words->count++] = word;
}

static bool has_prefix(const char *string, const char *prefix) {
    return strncmp(string, prefix, strlen(prefix)) == 0;
}

static bool is_replaced(const char *variable) {
    for (size_t i = 0; i < COUNT(fixed_environment); i++) {
        size_t name = (size_t)(strchr(fixed_environment[i], '=') - fixed_environment[i]) + 1;
        if (strncmp(variable, fixed_environment[i], name) == 0) return true;
    }
    for (size_t i = 0; i < COUNT(replaced_names); i++)
        if (has_prefix(variable, replaced_names[i])) return true;
    return false;
}

/* What a person has chosen for ssh stays. */
static bool chooses_ssh(const char *variable) {
    return has_prefix(variable, "GIT_SSH_COMMAND=") || has_prefix(variable, "GIT_SSH=");
}

static const char *const *build_environment(struct arena *arena, const struct repository *repository, bool is_remote) {
    const char *const *given = repository->environment;
    const char *const *fixed = is_remote ? remote_environment : fixed_environment;
    size_t most = count_words(given) + COUNT(fixed_environment) + 3;
    struct words words = {arena_array(arena, most, sizeof(char *)), 0};
    bool has_ssh = false;
    for (; *given != NULL; given++) {
        has_ssh |= chooses_ssh(*given);
        if (!is_replaced(*given)) add_word(&words, *given);
    }
    for (size_t i = 0; i < COUNT(fixed_environment); i++)
        add_word(&words, fixed[i]);
    if (is_remote && !has_ssh) add_word(&words, "GIT_SSH_COMMAND=ssh -o BatchMode=yes");
    struct text common = text_format(arena, "GIT_COMMON_DIR=%.*s", TEXT_ARG(repository->common_dir));
    /* only where it differs: git takes a GIT_COMMON_DIR as a sign of a linked worktree */
    if (!text_equal(repository->common_dir, repository->git_dir)) add_word(&words, text_string(arena, common));
    return words.items;
}

static const char *option(struct arena *arena, const char *prefix, struct text value) {
    return text_string(arena, text_concat(arena, text_from(prefix), value));
}

/*
 * --git-dir and --work-tree say what repository_locate found, so git does not look again; it also
 * does not ask then who owns the directory. safe.directory says the same to the programs that git
 * starts itself; git before 2.38 does not take it from a command line, so it would not be enough.
 */
static const char *const *build_arguments(struct arena *arena, const struct repository *repository,
                                          const char *const *arguments, bool is_remote) {
    const char *const *config = is_remote ? remote_config : local_config;
    const char *const first[] = {
        "git",
        "-C",
        text_string(arena, repository->root),
        option(arena, "--git-dir=", repository->git_dir),
        option(arena, "--work-tree=", repository->root),
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        option(arena, "safe.directory=", repository->root),
        config[0],
        config[1],
        config[2],
        config[3],
    };
    struct words words = {arena_array(arena, COUNT(first) + count_words(arguments) + 1, sizeof(char *)), 0};
    for (size_t i = 0; i < COUNT(first); i++)
        add_word(&words, first[i]);
    for (; *arguments != NULL; arguments++)
        add_word(&words, *arguments);
    return words.items;
}

static struct process_command *command(struct arena *arena, const struct repository *repository,
                                       const struct git_call *call) {
    struct process_command *command = arena_alloc(arena, sizeof(*command));
    *command = (struct process_command){
        .argv = build_arguments(arena, repository, call->arguments, call->is_remote),
        .environment = build_environment(arena, repository, call->is_remote),
        .limit = call->limit,
        .idle_seconds = call->is_remote ? 0 : GIT_IDLE_SECONDS,
        .seconds = call->seconds,
        .own_session = call->is_remote,
    };
    return command;
}

bool git_is_fine(const struct process_result *result) {
    return result->status == 0 && !result->truncated && !result->timed_out;
}

bool git_call(struct arena *arena, const struct repository *repository, const struct git_call *call,
              struct process_result *out) {
    *out = (struct process_result){.status = 127};
    return repository->has_git && process_run(arena, command(arena, repository, call), out) && git_is_fine(out);
}

bool git_run(struct arena *arena, const struct repository *repository, const char *const *arguments, size_t limit,
             struct process_result *out) {
    struct git_call call = {.arguments = arguments, .limit = limit};
    return git_call(arena, repository, &call, out);
}

bool git_begin(struct arena *arena, const struct repository *repository, const struct git_call *call,
               struct process **out) {
    return repository->has_git && process_begin(arena, command(arena, repository, call), out);
}

bool git_begin_talk(struct arena *arena, const struct repository *repository, const struct git_call *call,
                    struct process **out) {
    return repository->has_git && process_begin_talk(arena, command(arena, repository, call), out);
}

struct text git_complaint(const struct process_result *result) {
    static const char *const marks[] = {"fatal: ", "error: ", "remote: "};
    struct text rest = result->errors, line, first = {0};
    if (result->timed_out) return TEXT("git did not answer in time");
    while (text_next(&rest, '\n', &line)) {
        for (size_t i = 0; i < COUNT(marks); i++)
            if (text_starts(line, marks[i])) return text_from_offset(line, strlen(marks[i]));
        if (!text_is_given(first) && line.len > 0) first = line;
    }
    if (text_is_given(first)) return first;
    return result->status == 127 ? TEXT("git could not be run") : TEXT("git failed without a word");
}

bool git_blob(struct arena *arena, const struct repository *repository, struct text name, size_t limit,
              struct text *out) {
    /* neither an id nor a revision begins with '-', so this can only be meant as an option */
    if (name.len == 0 || name.ptr[0] == '-' || text_has(name, '\0')) return false;
    const char *const arguments[] = {"cat-file", "blob", text_string(arena, name), NULL};
    struct process_result result;
    if (!git_run(arena, repository, arguments, limit, &result)) return false;
    *out = result.output;
    return true;
}
