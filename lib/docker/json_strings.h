/*
 * json_strings: the two bits of JSON that may stand in a Dockerfile.
 *
 * `CMD ["a", "b"]` is an array of strings, and a whole file may be an object that names its
 * frontend. Strict, as Go's encoding/json: no trailing text, no comments; malformed UTF-8
 * and lone surrogates read as U+FFFD.
 *
 * Limits: JSON_DEPTH_LIMIT arrays and objects inside one another (Go's own limit).
 */
#ifndef DEPOT_DOCKER_JSON_STRINGS_H
#define DEPOT_DOCKER_JSON_STRINGS_H

#include "base/list.h"

#define JSON_DEPTH_LIMIT 10000

enum json_array {
    JSON_ARRAY_NONE,    /* not a JSON array */
    JSON_ARRAY_STRINGS, /* an array of strings, which were added */
    JSON_ARRAY_MIXED,   /* an array in which something is not a string */
};

enum json_array json_array_read(struct arena *arena, struct text text, struct texts *out);

/* The string that a whole text, an object, gives a key; absent when it is no object or has no such string. */
struct text json_object_string(struct arena *arena, struct text text, const char *key);

#endif
