/*
 * bake_json: targets as `docker buildx bake --print` writes them, to the byte.
 *
 * Keys stand in the order of bake.go Target, what is a map there by name, and `${` and `%{` are escaped where buildx escapes
 * them (annotations, the inline Dockerfile, args, labels, extra hosts). `project_id`, which only Depot knows, stands where
 * `depot bake --print` has it, at the end. Strings are those of Go's encoding/json: <, > and & are escaped, too.
 *
 * What is not known of a target is left out: who prints says so.
 */
#ifndef DEPOT_REPORT_BAKE_JSON_H
#define DEPOT_REPORT_BAKE_JSON_H

#include "base/buffer.h"
#include "docker/bake.h"

/* Appends a model that bake_resolve and bake_evaluate made, and a line end. */
void bake_json_write(struct buffer *buffer, const struct bake_model *model);

#endif
