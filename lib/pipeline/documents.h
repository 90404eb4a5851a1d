/*
 * documents: jobs to uploads, and the groups in which they stand there.
 *
 *   jobs, in order ─▶ cut at 500 ─▶ of each document: steps that stand alone, groups
 *
 * A job counts as many times as it becomes jobs (matrix, parallelism). What has the same label by the setting `group` stands in
 * one group, and documents are cut between groups where a group fits into one; a larger one goes on in the next, under a further
 * key. A group without a label holds what has none, where that is more than fits the build page. No group is empty or inside
 * another. A step never waits for one of a later document: where whole groups would need that, they are cut instead.
 */
#ifndef DEPOT_PIPELINE_DOCUMENTS_H
#define DEPOT_PIPELINE_DOCUMENTS_H

#include "pipeline/split.h"

/* More steps than this without a group of their own stand in one. */
#define DOCUMENTS_GROUP_ABOVE 30

struct section {
    struct text label; /* absent: its steps stand alone */
    struct text key;
    struct list jobs; /* of struct job, at least one */
};

struct document {
    struct list sections; /* of struct section */
};

struct documents_request {
    const struct plan *plan;
    struct text key_prefix;
    const struct list *jobs;
};

/* `out` gets struct document, none for no jobs. */
void documents_make(struct arena *arena, const struct documents_request *request, struct list *out);

/* How many jobs of Buildkite it becomes. */
size_t documents_weight(const struct job *job);

#endif
