/*
 * watch: what of the repository makes an image change, as rules that a changed path is held against.
 *
 *   Dockerfile, ignore file          these very files
 *   COPY, ADD, bind mounts           what they ask of the context, links followed, less what the ignore file leaves out
 *   named contexts                   directories, less what their own ignore file leaves out
 *
 * Derived from what BuildKit asks for (model/build_facts, model/follow). What is not understood widens to the whole context, with
 * the reason: a Dockerfile that cannot be read, a value that is not known, a source that no tracked file matches (something makes
 * it of what is there). What only concerns how an image is declared is compared elsewhere (model/definition).
 *
 * Work is done for images that the changes can concern: the others have no rules.
 */
#ifndef DEPOT_MODEL_WATCH_H
#define DEPOT_MODEL_WATCH_H

#include "model/ignore_file.h"
#include "model/workspace.h"
#include "repo/paths.h"

enum watch_kind {
    WATCH_DOCKERFILE,
    WATCH_IGNORE_FILE,
    WATCH_DECLARATION, /* a compose file that cannot be read, and so harms this image */
    WATCH_SOURCE,
    WATCH_CONTEXT, /* all of it */
    WATCH_NAMED,   /* all of a named context */
    WATCH_LINK,    /* a symbolic link on the way to one of these */
};

/* A directory that builds take files from. */
struct watch_context {
    struct text directory;     /* where it really is; "." is the root */
    struct ignore_file ignore; /* read when a change may be one that it leaves out */
    bool is_asked;             /* that is so */
};

struct watch_rule {
    enum watch_kind kind;
    struct text key;                     /* a path of the repository: itself and what is inside count */
    const struct watch_context *context; /* NULL: only `key` itself counts */
    const struct build_input *input;     /* what asks; NULL where nothing does */
    struct text pattern;                 /* of what is inside, relative to the context; absent: all of it */
};

struct watch {
    const struct image *image;
    struct list rules;             /* of struct watch_rule */
    struct watch_context *context; /* NULL when it has none in this repository, or it is not concerned */
    bool is_widened;               /* to all of the context, for: */
    struct text reason;            /* "COPY target/app.jar at line 4 matches no tracked file" */
    struct place reason_place;
};

struct watch_request {
    struct paths *paths;
    struct files *files;
    struct files
        *files_before; /* of the old side; NULL when there is none: then an ignore file that changed has changed */
    const struct map *except; /* paths that `files` reads by a child, and so from one thread only; NULL: none */
    const struct workspace *workspace;
    const struct list *images;     /* of struct image */
    const struct changes *changes; /* NULL: rules for all images */
};

/* `out`: struct watch, one an image, in their order. False when the list of paths broke; reported. */
bool watch_read(struct arena *arena, const struct watch_request *request, struct diagnostics *diagnostics,
                struct list *out);

#endif
