/*
 * json_read: JSON bytes to a node tree, with jansson.
 *
 * For answers of programs, which no person has written: nodes have no places. Of keys that come twice the last one counts.
 *
 * Limits: jansson's depth of 2,048; the size is bounded by whoever reads the bytes.
 */
#ifndef DEPOT_FORMAT_JSON_READ_H
#define DEPOT_FORMAT_JSON_READ_H

#include "format/node.h"

/* NULL when it is not JSON. */
const struct node *json_read(struct arena *arena, struct text bytes);

#endif
