/*
 * scanner: what the parts of one scan share: scan, compose_images, dockerfile_images, context, projects.
 *
 * Each container file is read once, whoever asks for it.
 */
#ifndef DEPOT_MODEL_SCANNER_H
#define DEPOT_MODEL_SCANNER_H

#include "model/discover.h"
#include "model/projects.h"
#include "model/read_ahead.h"
#include "model/scan.h"

struct scanner {
    struct arena *arena;
    const struct scan_request *request;
    struct diagnostics *diagnostics;
    struct discovered found;
    struct projects projects;
    struct arena scratch; /* of one Dockerfile's reading at a time */
    struct read_ahead ahead;
    struct map sources;   /* path → struct read_source * */
    struct map beside;    /* path → const struct node *, NULL when empty */
    struct map env_files; /* model (the bytes of its pointer) → what is missing of its services' `env_file`, or NULL */
    struct map unlisted;  /* files that compose files name and git does not know: a checkout in CI has none of them */
    struct map declared;  /* Dockerfiles that a compose service names */
    struct texts unreadable; /* compose files that are broken: what they declare is not known */
    bool settings_failed;    /* a file beside a Dockerfile cannot be used */
    struct workspace *workspace;
};

/* What a Dockerfile is to an image that is built from it. */
struct dockerfile_reading {
    bool is_template;   /* it does not parse and has template marks */
    struct place first; /* of its first FROM */
    bool wants_hints;   /* set by the caller: only who infers a context needs them */
    struct list hints;  /* of struct hint; only where no input names a file */
};

/*
 * Reads image->dockerfile for this choice; what is wrong becomes the image's problem, what is kept
 * of it the image's facts. `out` is filled in any case, but for wants_hints, which the caller sets. The source is read once and kept, for
 * problems point into it; everything else is forgotten at once, so that five thousand Dockerfiles take the memory of one.
 */
void scanner_read_dockerfile(struct scanner *scanner, struct image *image, const struct build_choice *choice,
                             struct dockerfile_reading *out);

/*
 * The same of a Dockerfile that stands in a compose file. What is wrong with it is the builder's to say, for the lines are not
 * those of the file; then there are no facts.
 */
void scanner_read_inline(struct scanner *scanner, struct image *image, struct text bytes);

/* Is the path inside a submodule? Then nothing can be said of it here. */
bool scanner_is_foreign(const struct scanner *scanner, struct text path);

/* A new image with its settings, project and platforms; `path` is its Dockerfile or compose file. */
struct image *scanner_new_image(struct scanner *scanner, struct text name, enum name_origin origin, struct text path,
                                const struct compose_build *build);

void scanner_leave_out(struct scanner *scanner, const struct left_out *left_out);

#endif
