/* bake_target: a `target` or `group` block as a struct. */
#ifndef DEPOT_DOCKER_BAKE_TARGET_H
#define DEPOT_DOCKER_BAKE_TARGET_H

#include "docker/bake.h"
#include "docker/bake_scope.h"

/* One target, or one for each variant of its matrix, in `out`; what bake refuses is reported. */
void bake_targets_read(struct bake_scope *scope, const struct hcl_block *block, struct list *out);

/* NULL when the block has no name that bake takes; reported, as is everything else that bake refuses. */
struct bake_group *bake_group_read(struct bake_scope *scope, const struct hcl_block *block);

/* [a-zA-Z0-9_-]+ */
bool bake_is_name(struct text name);

#endif
