/*
 * further: the jobs around builds.
 *
 *   verify ▶ gates before: build ▶ builds ▶ steps after: build ▶ gates before: publish ▶ publish ▶ steps after: publish ▶ tags, retag
 *
 * An image that is promoted is pushed by a job of its own, once its build has saved it and the steps after the build have passed. A gate is a
 * block step; whoever has to wait for it depends on it. Steps without dependencies would wait for any block step before them, so
 * jobs that wait for nothing come first.
 *
 * With `report: {images: true}` a last job lists what the others have reported, whether they pass or fail.
 *
 * Keys are made of all images of the plan, built or not, so that one keeps its key whatever a change affects.
 */
#ifndef DEPOT_PIPELINE_FURTHER_H
#define DEPOT_PIPELINE_FURTHER_H

#include "pipeline/split.h"

/* How many they are, whoever shares a build. */
size_t further_count(const struct plan *plan);

/* `jobs`: of the builds, in order; the further ones are put among them, each after those it depends on. */
void further_jobs(struct arena *arena, const struct split_request *request, struct list *jobs);

#endif
