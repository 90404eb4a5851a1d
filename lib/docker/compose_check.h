/*
 * compose_check: what compose and bake look at in a merged document beside builds.
 *
 * Every reader refuses a top-level secret that has no source. The rest is for a tool that runs here (is_local): types of
 * `environment`, formats of `env_file` that bake does not know, and a warning where a service has neither image nor build
 * (rule "compose-overlay"). Other keys that no build reads are not looked at.
 */
#ifndef DEPOT_DOCKER_COMPOSE_CHECK_H
#define DEPOT_DOCKER_COMPOSE_CHECK_H

#include "docker/compose_loader.h"

/* False when the document is refused; reported. `services` may be anything. */
bool compose_check(struct compose_loader *loader, const struct compose_origin *usual, const struct node *document);

#endif
