/*
 * json_write: a node tree to JSON bytes, with jansson.
 *
 * The text is JSON that a YAML reader takes too, the Buildkite agent's among them: non-ASCII
 * characters stand as they are (the agent refuses surrogate pairs) but for DEL and the
 * Unicode line breaks, which are escaped (jansson would write them raw); `/` is not escaped.
 */
#ifndef DEPOT_FORMAT_JSON_WRITE_H
#define DEPOT_FORMAT_JSON_WRITE_H

#include "base/buffer.h"
#include "format/node.h"

/* Appends one value, indented by two, and a line end. False when a text is not UTF-8. */
bool json_write(struct buffer *buffer, const struct node *root);

#endif
