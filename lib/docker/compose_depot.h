/*
 * compose_depot: Depot's own key of a compose file, where it is written so that `depot bake` passes over it.
 *
 * The CLI takes `services.X.build.x-depot.project-id` and nothing else: one level higher, at the top of the file, or as
 * `project_id`, the key is without effect and nobody says so. Each such place is a warning here (rule "x-depot-ignored"),
 * and so is an id that is a number and changes its spelling (rule "project-id").
 * An anchor that a build refers to is none: it is read there. compose_build reads the project itself, and refuses an
 * `x-depot` that is no mapping.
 */
#ifndef DEPOT_DOCKER_COMPOSE_DEPOT_H
#define DEPOT_DOCKER_COMPOSE_DEPOT_H

#include "base/diag.h"
#include "format/node.h"

/* `document` is the root of one file, or of several that were merged. What has no service with `build` has no warning. */
void compose_depot_check(struct arena *arena, struct diagnostics *diagnostics, const struct node *document);

#endif
