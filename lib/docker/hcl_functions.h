/*
 * hcl_functions: the few functions of bake that names and tags are made with, of texts that are known.
 *
 * replace(text, old, new), sanitize(text), lower(text), upper(text). Follows buildx's hclparser/stdlib.go; a `function` block of
 * the same name changes nothing there. Limits: letters that are not ASCII, an empty or long `old` and what grows beyond `limit`
 * are not known here, as all other functions are.
 */
#ifndef DEPOT_DOCKER_HCL_FUNCTIONS_H
#define DEPOT_DOCKER_HCL_FUNCTIONS_H

#include "base/list.h"

/* How many texts the function takes; 0: it is not known here. */
size_t hcl_function_arguments(struct text name);

/* `out` is at most `limit` bytes. False when it is not known. */
bool hcl_function_call(struct arena *arena, struct text name, const struct texts *arguments, size_t limit,
                       struct text *out);

#endif
