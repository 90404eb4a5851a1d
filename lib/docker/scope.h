/*
 * scope: what the names of a Dockerfile stand for at one point of a build.
 *
 * There is one for the ARGs before the first FROM, and one a stage, for BuildKit writes ARG
 * and ENV into the same environment. A stage that is FROM an image may have any name set by
 * it, so a name that is nowhere set is unknown there, not unset. One that is FROM another
 * stage begins with what that one ended with, but its ENVs before its ARGs: BuildKit sets
 * the environment of the image again.
 *
 * Invariant: a scope is complete before another begins from it.
 */
#ifndef DEPOT_DOCKER_SCOPE_H
#define DEPOT_DOCKER_SCOPE_H

#include "docker/expand.h"
#include "docker/stages.h"

struct scope {
    struct arena *arena;
    const struct scope *parent; /* of the stage it is FROM; NULL when that is no stage */
    struct map values;          /* ARG and ENV: name → struct text *, NULL when unknown */
    struct map environment;     /* ENV alone, which a stage FROM this one sees first */
    bool has_image;             /* what is not set here may be set by an image */
    size_t *work;               /* steps left for all expansions of a reading */
};

/* `value` is absent when it is unknown. */
void scope_set_argument(struct scope *scope, struct text name, struct text value);
void scope_set_variable(struct scope *scope, struct text name, struct text value);

/* After a name that is itself unknown was set: any name may have any value. */
void scope_forget(struct scope *scope);

struct expand_scope scope_expand(const struct scope *scope);

/* A value that a build argument gives: SET, UNKNOWN when only the step knows it, UNSET when none is given. */
enum expand_state scope_argument(const struct build_choice *choice, struct text name, struct text *out);

/*
 * The names that BuildKit sets before the first ARG (platform.go defaultArgs). BUILD… are
 * unknown unless the choice names the builder's platform; TARGET… are when several platforms are built.
 */
void scope_set_predefined(struct scope *scope, const struct build_choice *choice, struct text target);

#endif
