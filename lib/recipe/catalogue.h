/*
 * catalogue: the shell text that the steps are made of, by name.
 *
 * A recipe is one file, lib/recipe/<name>.sh, that a person can read and shellcheck can
 * check; embed.sh turns the files into this table. A recipe has no holes: the step assigns
 * its inputs on the lines above the body, which is then the same in every step.
 *
 * Every body is POSIX sh for `sh -e`, with or without `-u` or `pipefail`, and keeps to this:
 *   - it holds no backslash before a `$`, which Buildkite would take for an escape, and it
 *     ends in a line end;
 *   - what it assigns or defines begins with depot_, in small letters, so that a variable of
 *     the user's never changes under a build argument or under compose;
 *   - a failure that it knows opens its log section, says what to do on standard error, and
 *     exits with one of the recipe's statuses.
 *
 * To add one: a file that begins with comments (a sentence; `# in: depot_x, depot_y`; `# exit: 71`; `# retry: 71` if
 * another try may help; "none" where there is nothing), an empty line, and the body. prepare.c chooses recipes and
 * assigns their inputs; what one recipe needs of another is kept in its struct prepared.
 *
 * An input depot_scratch is not a setting: scratch.sh, once in a step and before the others,
 * makes it. login.sh also needs docker_config.sh, once, above it, and is once above the
 * recipes login_….sh, of which those with an OIDC token need login_oidc.sh, too.
 */
#ifndef DEPOT_RECIPE_CATALOGUE_H
#define DEPOT_RECIPE_CATALOGUE_H

#include "base/text.h"

/* What the statuses of a step mean; part of the contract with the user. */
enum recipe_status {
    RECIPE_INSTALL = 70,
    RECIPE_LOGIN = 71,
    RECIPE_PROJECT = 72, /* or authentication */
    RECIPE_CONNECTION = 73,
    RECIPE_PUSH = 74,
};

struct recipe {
    const char *name;
    const char *summary;       /* one sentence */
    struct text body;          /* whole lines, without the header */
    const char *const *inputs; /* variables that it reads; NULL ends them */
    const int *exits;          /* statuses of its failures; 0 ends them */
    const int *retries;        /* those of them that another try may cure; 0 ends them */
};

/* All recipes, sorted by name (made by embed.sh). */
extern const struct recipe recipe_table[];
extern const size_t recipe_count;

/* NULL when there is no recipe of that name. */
const struct recipe *recipe_find(const char *name);

bool recipe_has_input(const struct recipe *recipe, const char *input);

#endif
