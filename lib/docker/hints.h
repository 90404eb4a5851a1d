/*
 * hints: where the context of a Dockerfile is that copies all of it.
 *
 * `COPY . /src`, or a bind mount of the context, names no file that could be looked for, but what comes after it often does: a path below
 * /src (WORKDIR /src/cmd/api, COPY --from=build /src/bin/api), or a command that needs a file in its
 * place (`go build` a go.mod, `npm ci` a package.json). Each is evidence, none is proof.
 *
 * Reads words as they are written; what holds a variable gives no hint.
 */
#ifndef DEPOT_DOCKER_HINTS_H
#define DEPOT_DOCKER_HINTS_H

#include "docker/stages.h"

struct hint {
    struct text path;   /* relative to the context: it should exist there */
    struct text parent; /* or this, where the path itself is a product; absent when there is none */
};

/* Adds struct hint pointers, each once, of the stages that `reading` reaches. */
void hints_read(struct arena *arena, const struct dockerfile *dockerfile, const struct build_reading *reading,
                struct list *out);

#endif
