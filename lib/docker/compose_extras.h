/*
 * compose_extras: the keys of `build` that few services have, and what only bake looks at.
 *
 * Each key has a reader, called with the key's value. What a service's environment gives to arguments without a value is read when an
 * argument asks for it: docker compose does not look there, bake does.
 */
#ifndef DEPOT_DOCKER_COMPOSE_EXTRAS_H
#define DEPOT_DOCKER_COMPOSE_EXTRAS_H

#include "docker/compose_field.h"

void compose_extras_ulimits(const struct compose_field *field);
void compose_extras_entitlements(const struct compose_field *field);
void compose_extras_privileged(const struct compose_field *field);
void compose_extras_isolation(const struct compose_field *field);
void compose_extras_no_cache_filter(const struct compose_field *field);
void compose_extras_provenance(const struct compose_field *field);
void compose_extras_sbom(const struct compose_field *field);
void compose_extras_x_bake(const struct compose_field *field);

/* After the keys of `build`: what the service says besides. `service` is its mapping. */
void compose_extras_service(const struct compose_field *field, const struct node *service);

/* Those of the build, made when they are first asked for. */
struct compose_extras *compose_extras_of(const struct compose_field *field);

#endif
