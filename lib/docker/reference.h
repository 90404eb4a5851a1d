/*
 * reference: image references, as distribution/reference parses them.
 *
 * "ghcr.io/acme/api:1.2@sha256:…" is registry, repository, tag, digest. The familiar name
 * "redis" is docker.io/library/redis.
 */
#ifndef DEPOT_DOCKER_REFERENCE_H
#define DEPOT_DOCKER_REFERENCE_H

#include "base/text.h"

#define REFERENCE_TAG_LIMIT 128

struct reference {
    struct text registry;   /* "docker.io" when none is written */
    struct text repository; /* without the registry; "library/redis" for "redis" */
    struct text tag;        /* absent when none */
    struct text digest;     /* absent when none */
};

/* False when Docker would refuse it; `problem` then says why, in Docker's words. */
bool reference_parse(struct arena *arena, struct text text, struct reference *out, const char **problem);

bool reference_is_tag(struct text text); /* [A-Za-z0-9_][A-Za-z0-9_.-]{0,127} */

/* A repository with its registry, no tag: "ghcr.io/acme/api". Upper case is refused. */
bool reference_is_name(struct arena *arena, struct text text, const char **problem);

#endif
