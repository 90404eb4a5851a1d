/*
 * shell: the one way for text to become shell.
 *
 * A `struct shell` is made in shell.c only. Data becomes one through shell_word and shell_value,
 * which quote it; what the program says itself comes from string constants and recipe files. A
 * command is put together from `struct shell` pieces, so a forgotten quote does not compile.
 *
 * Whatever enters reaches the program's argument unchanged under any POSIX `sh`. Two things
 * cannot stand in a word as they are: a default of a reference that needs quoting (quotes inside
 * `${X:-…}` differ between shells), and control characters or bytes that are not UTF-8
 * (the pipeline is UTF-8 text). Both are put into variables first; the assignments are
 * collected in the scope and go above the command. No backslash is ever put before a `$`,
 * which Buildkite would read as an escape.
 */
#ifndef DEPOT_PIPELINE_SHELL_H
#define DEPOT_PIPELINE_SHELL_H

#include "base/buffer.h"
#include "base/value.h"
#include "base/variables.h"
#include "recipe/catalogue.h"

struct shell {
    struct text text;
};

struct shell_scope {
    const struct variables *defaults; /* values for names that the environment does not have; NULL: none */
    struct buffer assignments;        /* lines `depot_v1=…` that must stand above the words made so far */
    unsigned count;                   /* variables made, so that names are unique in one script */
};

struct shell_scope shell_scope_in(struct arena *arena);

/* The assignments collected so far, which the scope then forgets. */
struct shell shell_take_assignments(struct shell_scope *scope);

/* Text of the program itself: a string constant. */
#define shell_constant(literal) shell_constant_of(TEXT(literal))
struct shell shell_constant_of(struct text text);
struct shell shell_recipe(const struct recipe *recipe);

/* One word. A text with a NUL cannot be an argument: assert, readers refuse it. */
struct shell shell_word(struct shell_scope *scope, struct text text);

/*
 * Does a shell set this variable itself (UID, HOSTNAME), or the script (depot_…)? Then only the environment's value is meant, and it
 * cannot be assigned.
 */
bool shell_sets(struct text name);

/* One word whose references are expanded when the step runs. */
struct shell shell_value(struct shell_scope *scope, const struct value *value);

/* A word in single quotes that keeps its line ends: for text that is a document of its own. */
struct shell shell_document(struct shell_scope *scope, struct text text);

struct shell shell_join(struct arena *arena, struct shell a, struct shell b);

#endif
