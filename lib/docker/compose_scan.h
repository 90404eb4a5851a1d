/*
 * compose_scan: looks at every value of a document once, for what the loader must know beforehand.
 *
 * Compose interpolates the whole tree before it looks at anything, so a template that it
 * refuses anywhere refuses the file: each is an error here (rule "compose-interpolation"). And
 * it finds the tags !reset and !override, which few files have.
 *
 * Recursion is as deep as the YAML, which yaml_read bounds; so is the number of nodes.
 */
#ifndef DEPOT_DOCKER_COMPOSE_SCAN_H
#define DEPOT_DOCKER_COMPOSE_SCAN_H

#include "base/diag.h"
#include "format/node.h"

/* Sets `has_tags` where there are any. False when an error was reported. */
bool compose_scan(struct arena *arena, struct diagnostics *diagnostics, const struct node *document, bool *has_tags);

#endif
