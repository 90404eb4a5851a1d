/*
 * inputs: which files of a build context a build reads.
 *
 *   tracked paths ─▶ in the context? ─▶ left out by the ignore file? ─▶ asked for by COPY, ADD or a bind mount?
 *
 * As BuildKit does it: what the Dockerfile asks for is sent as patterns, and symbolic links on the
 * way to it are followed, their targets being asked for too (fsutil filter.go, followlinks.go). Narrower only by what `COPY --exclude`
 * leaves out of a directory. The size of the whole context comes from the same pass.
 *
 * What is not understood widens to the whole context, with its reason: a source that depends on a value that is not known, and
 * one that no tracked file matches, for then something that is built before makes it, of whatever is there.
 *
 * Limits: tracked files only (`paths` decides), so never `.git`; a submodule is one entry; at most FOLLOW_LIMIT links
 * are followed for one source, then it widens. What an image that is started from does by its own ONBUILD is not seen.
 */
#ifndef DEPOT_MODEL_INPUTS_H
#define DEPOT_MODEL_INPUTS_H

#include "docker/ignore.h"
#include "docker/stages.h"
#include "model/directory_sizes.h"
#include "repo/paths.h"

struct inputs_request {
    const struct build_reading *reading;
    struct text context;           /* relative to the root; "." is the root */
    const struct patterns *ignore; /* NULL: nothing is left out */
    struct regex_cache *regexes;
};

/* What a source of the Dockerfile was found to be. */
enum source_state {
    SOURCE_FOUND,
    SOURCE_IGNORED, /* there are files, and the ignore file leaves all of them out */
    SOURCE_MISSING, /* no tracked file */
};

struct source_finding {
    const struct build_input *input;
    enum source_state state;
    const struct pattern *pattern; /* IGNORED: what left the last of them out */
};

struct inputs {
    struct texts paths; /* that the build reads, relative to the root, in byte order */
    uint64_t bytes;
    size_t context_files; /* what the ignore file leaves of the context */
    uint64_t context_bytes;
    struct list largest;  /* of struct directory_size: the largest directories of that, the largest first */
    struct list findings; /* of struct source_finding, in the order of reading->inputs */
    bool is_widened;      /* to the whole context, because of `reason` */
    struct text reason;   /* "COPY target/app.jar at line 4 matches no tracked file" */
    struct place reason_place;
};

/* False when the list of paths broke, or the ignore file has a pattern that BuildKit fails on; reported. */
bool inputs_find(struct arena *arena, struct paths *paths, const struct inputs_request *request,
                 struct diagnostics *diagnostics, struct inputs *out);

#endif
