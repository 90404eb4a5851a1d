/*
 * yaml_read: YAML bytes to a node tree, with libyaml's events.
 *
 * What libyaml leaves to its user is done here: duplicate keys are errors, `<<` merges are
 * carried out (explicit keys win wherever `<<` stands; of several maps the first wins),
 * aliases become shared nodes. A NUL, which an escape can make, is an error too: no argument, name or
 * environment can hold one, and so nothing behind this reader has to think of it.
 *
 * Limits, each an error with its place: nesting of YAML_DEPTH_LIMIT, YAML_NODE_LIMIT nodes,
 * and the same number again counted with every alias expanded (the "billion laughs").
 */
#ifndef DEPOT_FORMAT_YAML_READ_H
#define DEPOT_FORMAT_YAML_READ_H

#include "base/diag.h"
#include "format/node.h"

#define YAML_DEPTH_LIMIT 100
#define YAML_NODE_LIMIT 2000000

/*
 * Reads every document of a stream; `out` gets struct node pointers. An empty stream gives
 * no document. False when the text is not well-formed: the error has been reported (rule
 * "yaml-syntax", "yaml-duplicate-key", "yaml-nul", "yaml-limit") and `out` is untouched.
 */
bool yaml_read(struct arena *arena, const struct source *source, struct diagnostics *diagnostics, struct list *out);

/*
 * As yaml_read, with the nodes in an arena of their own: who takes only texts and places out of a large file can
 * forget the tree. Texts are views into the source, or copies in `texts`.
 */
bool yaml_read_apart(struct arena *nodes, struct arena *texts, const struct source *source,
                     struct diagnostics *diagnostics, struct list *out);

/* As yaml_read for files of one document; more than one is an error. An empty stream gives a null node. */
bool yaml_read_one(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                   const struct node **out);

/*
 * The first document as go-yaml v2 takes it, for files that are only read so: what comes behind it is not looked at, keys
 * may come twice or be collections, `<<` is a pair as any other, and a `%YAML` other than 1.1 is an error. Whoever asks
 * walks the pairs in their order. An empty stream gives a null node.
 */
bool yaml_read_first(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                     const struct node **out);

#endif
