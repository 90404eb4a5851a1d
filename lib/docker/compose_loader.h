/*
 * compose_loader: what the passes over one compose model share.
 *
 *   compose_file      a file to one tree: its documents, each with its includes and extends, merged
 *   compose_include   the models that a document includes
 *   compose_extends   the services that a service extends
 *   compose_check     what is refused of the merged tree beside builds
 *   compose_load      all files of the model, and from the tree to builds
 *
 * Trees keep their texts as written. A node's source tells where it is from, and the source's origin what that means: relative to
 * which directory its paths are, and which variables its references see.
 *
 * Limits: COMPOSE_FILE_LIMIT files and COMPOSE_BYTES_LIMIT bytes a model, COMPOSE_INCLUDE_DEPTH and COMPOSE_EXTENDS_DEPTH levels; what merging makes has
 * YAML_NODE_LIMIT items at most. More is an error (rule "compose-limit").
 */
#ifndef DEPOT_DOCKER_COMPOSE_LOADER_H
#define DEPOT_DOCKER_COMPOSE_LOADER_H

#include "base/map.h"
#include "docker/compose.h"
#include "docker/compose_merge.h"

#define COMPOSE_FILE_LIMIT 4096
#define COMPOSE_BYTES_LIMIT ((size_t)64 * 1024 * 1024)
#define COMPOSE_INCLUDE_DEPTH 50
#define COMPOSE_EXTENDS_DEPTH 500

/* What a file's texts mean. */
struct compose_origin {
    struct text directory;                /* its relative paths are seen from here, relative to the root */
    const struct variables *variables;    /* what its references see */
    const struct compose_origin *project; /* of the project it is a file of: where a context is that nobody says */
};

struct compose_loader {
    struct arena *arena;
    struct arena *tree; /* of nodes, which the model does not refer to: they are half of a large file's memory */
    struct files *files;
    struct diagnostics *diagnostics;
    struct map origins; /* source (the bytes of its pointer) → struct compose_origin */
    struct compose_merger merger;
    size_t file_count;
    size_t bytes;
    bool is_local;              /* see compose_request */
    bool has_tags;              /* `!reset` or `!override` somewhere */
    const struct source *first; /* the base file */
    struct texts includes;      /* files that were included */
    struct texts parts;         /* or extended */
    struct map doubtful;        /* services that extend what cannot be read */
};

/* A project: the files of the model, or those of one entry of `include`. */
struct compose_scope {
    struct compose_loader *loader;
    const struct compose_scope *includer; /* NULL for the model itself */
    struct texts paths;                   /* at least one */
    const struct node *by;                /* who includes them; NULL for the model itself */
    struct compose_origin origin;         /* of all its files */
    struct map extended;                  /* path → struct extends_file: files that services of this project extend */
    unsigned depth;                       /* of includes */
};

/*
 * compose_file: reads a file's documents, each checked for templates that compose refuses; the file gets `origin`. False when compose
 * would refuse it, or it cannot be read; reported, at `by`, which names it, or where that is NULL at the file.
 */
bool compose_file_documents(struct compose_loader *loader, struct text path, const struct node *by,
                            const struct compose_origin *origin, struct list *out);

/* compose_file: all files of the project to one tree. False when compose would refuse it; reported. */
bool compose_file_read_all(struct compose_scope *scope, const struct node **out);

/* compose_file: adds the variables of a file. A file that is not there is no variables, unless it `must_exist`; reported. */
bool compose_file_variables(struct compose_loader *loader, struct text path, bool must_exist, const struct node *by,
                            struct variables *out);

/* compose_include: adds to a document what it includes. `document` is a mapping with `include`. */
bool compose_include(struct compose_scope *scope, const struct node *document, const struct node **out);

/* compose_extends: gives each service of a document what it extends. `path` is the document's file. */
bool compose_extends(struct compose_scope *scope, struct text path, const struct node *document,
                     const struct node **out);

/* What the texts of a source mean; `usual` where there is none. */
const struct compose_origin *compose_origin_of(const struct map *origins, const struct source *source,
                                               const struct compose_origin *usual);

/* A path as written leads out of the repository, or into another one; `joined` is seen from the root. */
bool compose_is_outside(bool is_local, struct text written, struct text joined);

/* The text of a scalar of a document, evaluated with the variables of its file. False when it is no string or cannot be known; reported. */
bool compose_text(struct compose_loader *loader, const struct node *node, const char *what,
                  const struct compose_origin *origin, struct text *out);

#endif
