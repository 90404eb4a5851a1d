/*
 * compose_build: one service of a merged compose file to a struct compose_build.
 *
 * A table names every key under `build`; what the struct has no place for (ulimits, provenance
 * …) is a note (rule "compose-key-ignored"). Defaults come last, because a key may stand anywhere:
 * context ".", Dockerfile "Dockerfile" relative to the context, platforms from the service's `platform`.
 */
#ifndef DEPOT_DOCKER_COMPOSE_BUILD_H
#define DEPOT_DOCKER_COMPOSE_BUILD_H

#include "docker/compose_field.h"

/* `build` is the service's key of that name. Never fails: trouble is reported as compose_field tells. */
const struct compose_build *compose_build_read(struct compose_reader *reader, const struct node *name,
                                               const struct node *service, const struct node *build);

/* A service of which only name and place are read, because it was reported. */
const struct compose_build *compose_build_doubtful(struct compose_reader *reader, const struct node *name,
                                                   const struct node *build);

/* The keys of `build` that compose knows, for compose_reader.known_keys. */
struct texts compose_build_keys(struct arena *arena);

/* compose-go's rule for what is no path: "://" in it, "service:", or one of its prefixes (git@, github.com/ …). */
bool compose_is_remote_context(struct text context);

#endif
