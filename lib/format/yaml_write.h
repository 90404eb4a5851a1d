/*
 * yaml_write: a node tree to YAML bytes, with libyaml's emitter.
 *
 * Safe for any reader: block style, no anchors, no tags, LF. A key or string is plain only when it
 * is a word beginning with a letter that no YAML version takes for something else; text of several
 * printable lines is a literal block; everything else is in double quotes, where libyaml
 * escapes control characters and the Unicode line breaks.
 */
#ifndef DEPOT_FORMAT_YAML_WRITE_H
#define DEPOT_FORMAT_YAML_WRITE_H

#include "base/buffer.h"
#include "format/node.h"

/* Appends one document, with a leading "---" line when `explicit_start`. False when a text is not UTF-8. */
bool yaml_write(struct buffer *buffer, const struct node *root, bool explicit_start);

/* Would this text be written without quotes? */
bool yaml_is_plain_word(struct text text);

#endif
