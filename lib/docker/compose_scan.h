/*
 * compose_scan: looks at every value of a document once, for what the loader must know beforehand.
 *
 * Compose interpolates the whole tree before it looks at anything, so a template that it
 * refuses anywhere refuses the file: each is an error here (rule "compose-interpolation"). And
 * it finds the tags !reset and !override, which are not understood (rule "compose-not-understood"): the
 * service they stand in goes to `services`; one above the services is `all`.
 *
 * Recursion is as deep as the YAML, which yaml_read bounds; so is the number of nodes.
 */
#ifndef DEPOT_DOCKER_COMPOSE_SCAN_H
#define DEPOT_DOCKER_COMPOSE_SCAN_H

#include "base/diag.h"
#include "base/map.h"
#include "format/node.h"

/* What is not understood: names of services, each to its node. */
struct compose_doubts {
    struct map services;
    bool all;
};

/* Adds to `doubts`. False when an error was reported. */
bool compose_scan(struct arena *arena, struct diagnostics *diagnostics, const struct node *document,
                  struct compose_doubts *doubts);

#endif
