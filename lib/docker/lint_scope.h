/*
 * lint_scope: what the names of a Dockerfile stand for while it is linted, and which of them are not defined.
 *
 * Beside the values (docker/scope.h) it knows the names that an ARG declares without giving them a value: they expand
 * to nothing, but are no mistake. A stage that is FROM another sees what that one declared.
 */
#ifndef DEPOT_DOCKER_LINT_SCOPE_H
#define DEPOT_DOCKER_LINT_SCOPE_H

#include "docker/scope.h"

struct lint_scope {
    struct scope values;
    struct map declared; /* names of ARG, with a value or without */
    const struct lint_scope *parent;
};

/*
 * The ARGs before the first FROM; `with_arguments`: and what the build arguments make of them. False when BuildKit
 * stops.
 */
bool lint_scope_read_globals(struct arena *arena, const struct dockerfile *dockerfile,
                             const struct build_choice *choice, bool with_arguments, size_t *work,
                             struct lint_scope *out);

/* A name that is neither set nor declared. */
struct lint_undefined {
    struct place place; /* for who reports it; zeroed */
    struct text hint;   /* " (did you mean $NAME?)", or "" */
};

/* What expansions asked for; one for all words of an instruction. */
struct lint_names {
    struct arena *arena;
    char escape;
    const struct lint_scope *scope;
    const char *sigil;    /* "$" before names of a hint, or "" */
    size_t *comparisons;  /* left for hints; NULL: none is wanted */
    struct map undefined; /* name → struct lint_undefined * */
    struct map used;      /* all names */
};

/* A word, as expand_word does. */
struct expand_result lint_names_expand(struct lint_names *names, struct text word);

/* The content of a heredoc, whose quotes are ordinary characters. */
struct expand_result lint_names_expand_content(struct lint_names *names, struct text content);

/* The words of one, as expand_words does; false when a value in it is not known, or BuildKit refuses it. */
bool lint_names_split(const struct lint_names *names, struct text word, struct texts *out);

#endif
