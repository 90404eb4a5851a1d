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

/*
 * The same in pieces, for a long document whose parts need not be in memory together: open, then what the document
 * holds from its outside to its inside, then close, which frees the writer in any case. After a call
 * that gave false only close may follow.
 */
struct yaml_writer;

struct yaml_writer *yaml_writer_open(struct buffer *buffer, bool explicit_start); /* NULL: no memory */
bool yaml_writer_begin_mapping(struct yaml_writer *writer);
bool yaml_writer_begin_sequence(struct yaml_writer *writer);
bool yaml_writer_key(struct yaml_writer *writer, struct text key);
bool yaml_writer_node(struct yaml_writer *writer, const struct node *node);
bool yaml_writer_end_mapping(struct yaml_writer *writer);
bool yaml_writer_end_sequence(struct yaml_writer *writer);
bool yaml_writer_close(struct yaml_writer *writer);

/*
 * A text that many strings of a document begin with: nodes of style NODE_STYLE_LED go on where it ends, at a line's
 * beginning. It is not put into the buffer; `insertions` gets a struct yaml_insertion for each place, in order, all with the same
 * view of it while the indentation is the same.
 */
struct yaml_insertion {
    size_t at; /* bytes of the buffer that come before */
    struct text text;
};
void yaml_writer_lead(struct yaml_writer *writer, struct text lead, struct list *insertions);

/* Would this text be written without quotes? */
bool yaml_is_plain_word(struct text text);

#endif
