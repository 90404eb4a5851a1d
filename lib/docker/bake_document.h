/*
 * bake_document: one bake file as a body of HCL, whichever of the two spellings it has.
 *
 * In JSON `variable`, `function`, `target` and `group` are mappings from a name to a body, or lists of such; a key "//" is a
 * comment.
 */
#ifndef DEPOT_DOCKER_BAKE_DOCUMENT_H
#define DEPOT_DOCKER_BAKE_DOCUMENT_H

#include "base/files.h"
#include "docker/hcl.h"

/* False, reported, when the file cannot be read or is neither. */
bool bake_document_read(struct arena *arena, struct files *files, struct text path, struct diagnostics *diagnostics,
                        struct hcl_body *out);

#endif
