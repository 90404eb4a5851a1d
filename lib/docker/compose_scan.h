/*
 * compose_scan: looks at every value of a document once, for what the loader must know beforehand.
 *
 * Compose interpolates the whole tree before it looks at anything, so a template that it
 * refuses anywhere refuses the file: each is an error here (rule "compose-interpolation"). So are
 * keys that are no strings and tags that do not fit (rule "compose-schema"). And it finds the tags
 * !reset and !override, which few files have.
 *
 * Recursion is as deep as the YAML, which yaml_read bounds; so is the number of nodes.
 */
#ifndef DEPOT_DOCKER_COMPOSE_SCAN_H
#define DEPOT_DOCKER_COMPOSE_SCAN_H

#include "base/diag.h"
#include "base/variables.h"
#include "format/node.h"

struct compose_scan {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct variables
        *variables;  /* all there are: a required one that is missing is an error, too; NULL: some come later */
    bool has_tags;   /* set where there are any */
    bool has_failed; /* set by an error */
};

/* False when an error was reported. */
bool compose_scan(struct compose_scan *scan, const struct node *document);

#endif
