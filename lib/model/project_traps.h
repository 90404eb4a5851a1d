/*
 * project_traps: what surprises people about Depot's project files, and the CLI says nothing of.
 *
 * A file that gives no id hides a good one above it (rule "project-hidden"); of several in one directory only the first
 * is read (rule "project-shadowed"); `.depot.json` and the like are not read (rule "project-unread"); from
 * another directory or without --project the CLI takes another project (rule "project-start", a note). Each is said once, and
 * only where a build comes by.
 */
#ifndef DEPOT_MODEL_PROJECT_TRAPS_H
#define DEPOT_MODEL_PROJECT_TRAPS_H

#include "docker/compose.h"
#include "model/project_search.h"

/* The search of one image, whose Dockerfile is in `directory`. */
struct project_use {
    struct text directory;
    struct project_found *found;       /* where it ended; NULL: nowhere */
    const struct compose_build *build; /* NULL when no compose file declares the image */
};

void project_traps_report(struct project_search *search, const struct project_use *use,
                          struct diagnostics *diagnostics);

#endif
