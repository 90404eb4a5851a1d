/*
 * bake_builds: the targets of bake files as builds, in the shape that services of a compose file have.
 *
 * Those of the group or target "default", as a call of bake without names builds them, and what they are linked to; without such a
 * group, all. What the environment may change stays a reference; what must be known now (context, Dockerfile, stage,
 * platforms) has the defaults of the variables, each said in a note (rule "bake-variable"). A target of which something needs evaluation
 * can only be built by bake: `needs_bake` says why. One that is open in "matrix" or "name" is a family of targets, of which
 * not even bake can be asked for one: `is_family`.
 *
 * Paths come out relative to the repository root; bake is called in the directory of its files.
 */
#ifndef DEPOT_DOCKER_BAKE_BUILDS_H
#define DEPOT_DOCKER_BAKE_BUILDS_H

#include "docker/bake.h"

struct bake_builds {
    struct compose_model model;
    struct list others; /* of const struct bake_target: those that such a call does not build */
};

/* `paths`: the files of one directory, in bake's order. False when bake would refuse them; reported. */
bool bake_builds(struct arena *arena, struct files *files, const struct texts *paths, struct diagnostics *diagnostics,
                 struct bake_builds *out);

#endif
