/*
 * compose_merge: a base tree and an override tree to one, as compose-go's override/merge.go does.
 *
 * Mappings merge key by key and keep the base's order, lists append, scalars are replaced, an
 * absent value (null) in the override leaves the base. `build` as a string is `{context: …}`
 * first. What is a list or a mapping of `name=value` (args, labels, additional_contexts, environment,
 * extra_hosts, ssh) becomes a list: items of the base, then of the override, a pair of a
 * mapping being a mapping of one pair; its tag is COMPOSE_PAIRS_TAG. The last value of a name counts,
 * which compose_field sees to. A list of `ssh` overrides nothing, as in compose. A value tagged `!reset` takes the base's away, one tagged `!override` is put in its place.
 *
 * Only what a build needs is merged that carefully: of other keys the override's value is taken as a whole.
 * Nodes are shared; neither tree is changed. What merging makes has YAML_NODE_LIMIT items at most, over all calls of one
 * merger; more is an error (rule "compose-limit").
 */
#ifndef DEPOT_DOCKER_COMPOSE_MERGE_H
#define DEPOT_DOCKER_COMPOSE_MERGE_H

#include "base/diag.h"
#include "format/node.h"

#define COMPOSE_PAIRS_TAG "!pairs"

struct compose_merger {
    struct arena *arena;
    struct diagnostics *diagnostics;
    size_t items; /* made so far */
};

/*
 * Both are the roots of a document, mappings. False when compose would refuse the pair: the error (rule "compose-merge",
 * "cannot override services.web.build") has been reported and `out` is untouched.
 */
bool compose_merge(struct compose_merger *merger, const struct node *base, const struct node *over,
                   const struct node **out);

/* The same for one service of both. */
bool compose_merge_service(struct compose_merger *merger, struct text name, const struct node *base,
                           const struct node *over, const struct node **out);

/* A tree that holds such tags, without what is tagged `!reset`, and whose `!override` is done with; the same node when it holds none. False at the limit; reported. */
bool compose_merge_finish(struct compose_merger *merger, const struct node *tree, const struct node **out);

#endif
