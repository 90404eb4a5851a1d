/*
 * bake_matrix: the variants of a target that has a `matrix`.
 *
 * Each combination of the axes' values is a block of its own: the target's attributes with the values in place of the
 * axes' names (`x`, `${x}`, `x.key`, `x["key"]`, `x[0]`), named by `name`. What is left in them is the reader's to look at
 * as in any other target. Follows bake.go Target.GetEvalContexts and GetName; bake's order of the axes is any, here it is theirs:
 * the first changes fastest.
 *
 * Limits: an axis must be written out, or be a name of a list that is; an object's values are an axis, too, by their keys. A
 * file has BAKE_VARIANTS_LIMIT variants, and BAKE_WORK_LIMIT values in all of them (rule "bake-limit").
 */
#ifndef DEPOT_DOCKER_BAKE_MATRIX_H
#define DEPOT_DOCKER_BAKE_MATRIX_H

#include "docker/bake.h"
#include "docker/bake_scope.h"

enum bake_matrix {
    BAKE_MATRIX_NONE,
    BAKE_MATRIX_KNOWN,
    BAKE_MATRIX_OPEN,
    BAKE_MATRIX_WRONG, /* bake refuses it; reported */
};

/* `out` gets one struct hcl_block for each variant, its label the variant's name; `open` what is not known. */
enum bake_matrix bake_matrix_expand(struct bake_scope *scope, const struct hcl_block *block, struct list *out,
                                    struct bake_open *open);

#endif
