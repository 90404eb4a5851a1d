/*
 * stage_inputs: what the instructions of one stage ask of the build context (convert.go dispatch).
 *
 * Instructions act in order on the scope of the stage, so that each source is expanded with
 * what is set above it.
 */
#ifndef DEPOT_DOCKER_STAGE_INPUTS_H
#define DEPOT_DOCKER_STAGE_INPUTS_H

#include "docker/stage_graph.h"

/* Adds to graph->reading. False when BuildKit refuses an instruction; it was reported. */
bool stage_inputs_read(struct stage_graph *graph, struct stage_state *state);

/* Adds an image that the build starts or copies from; repeats are dropped. */
void stage_inputs_add_base(struct stage_graph *graph, struct text reference, struct place place, bool is_blank);

#endif
