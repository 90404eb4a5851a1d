/*
 * scanner: what the parts of one scan share. Private to scan.c, compose_images.c and dockerfile_images.c.
 *
 * Each container file is read once, whoever asks for it.
 */
#ifndef DEPOT_MODEL_SCANNER_H
#define DEPOT_MODEL_SCANNER_H

#include "model/discover.h"
#include "model/projects.h"
#include "model/scan.h"

struct read_dockerfile {
    const struct dockerfile *parsed; /* NULL when it could not be read or parsed */
    struct diagnostics problems;     /* why, and warnings */
    bool is_template;                /* it does not parse and has template marks */
};

struct scanner {
    struct arena *arena;
    const struct scan_request *request;
    struct diagnostics *diagnostics;
    struct discovered found;
    struct projects projects;
    struct map dockerfiles; /* path → struct read_dockerfile * */
    struct map beside;      /* path → const struct node *, NULL when empty */
    struct map declared;    /* Dockerfiles that a compose service names */
    bool settings_failed;   /* a file beside a Dockerfile cannot be used */
    struct workspace *workspace;
};

const struct read_dockerfile *scanner_dockerfile(struct scanner *scanner, struct text path);

/* Is the path inside a submodule? Then nothing can be said of it here. */
bool scanner_is_foreign(const struct scanner *scanner, struct text path);

/* A new image of the workspace with its settings, project and platforms; `path` is its Dockerfile or compose file. */
struct image *scanner_add_image(struct scanner *scanner, struct text name, enum name_origin origin, struct text path,
                                const struct compose_build *build);

/* What the readers say of a Dockerfile becomes the image's. */
void scanner_add_problems(struct image *image, const struct diagnostics *problems);

void scanner_leave_out(struct scanner *scanner, const struct left_out *left_out);

#endif
