/* Builds git's command line and environment; nobody else does. */
#include "repo/git.h"

#include <string.h>

/* Set for every call; the same names from the environment we were given are left out. */
static const char *const fixed_environment[] = {
    "GIT_OPTIONAL_LOCKS=0",
    "GIT_NO_LAZY_FETCH=1",
    "GIT_TERMINAL_PROMPT=0",
};

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

static const char *const *build_environment(struct arena *arena, const struct repository *repository) {
    const char *const *given = repository->environment;
    size_t most = count_words(given) + COUNT(fixed_environment) + 2;
    struct words words = {arena_array(arena, most, sizeof(char *)), 0};
    for (; *given != NULL; given++)
        if (!is_replaced(*given)) add_word(&words, *given);
    for (size_t i = 0; i < COUNT(fixed_environment); i++)
        add_word(&words, fixed_environment[i]);
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
                                          const char *const *arguments) {
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
    };
    struct words words = {arena_array(arena, COUNT(first) + count_words(arguments) + 1, sizeof(char *)), 0};
    for (size_t i = 0; i < COUNT(first); i++)
        add_word(&words, first[i]);
    for (; *arguments != NULL; arguments++)
        add_word(&words, *arguments);
    return words.items;
}

bool git_run(struct arena *arena, const struct repository *repository, const char *const *arguments, size_t limit,
             struct process_result *out) {
    *out = (struct process_result){.status = 127};
    if (!repository->has_git) return false;
    struct process_command command = {
        .argv = build_arguments(arena, repository, arguments),
        .environment = build_environment(arena, repository),
        .limit = limit,
        .idle_seconds = GIT_IDLE_SECONDS,
    };
    return process_run(arena, &command, out) && out->status == 0 && !out->truncated && !out->timed_out;
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
