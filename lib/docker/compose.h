/*
 * compose: the services of a compose file that are built from this repository.
 *
 * Follows compose-go's loader, as named passes, each one tree in and one tree out:
 *
 *   read ─▶ interpolate ─▶ merge (base, then override) ─▶ services with `build`
 *
 * Interpolation knows `.env` and nothing of the process environment: what may differ when
 * the step runs stays a reference in a struct value. What must be known now (context, dockerfile,
 * target, platforms, names …) is evaluated as compose does in a clean checkout, each assumption being a
 * note (rule "compose-variable"). Where a construct is not understood (`extends`, `include`,
 * `!reset`, `!override`, several documents) the service, or the file, is reported (rule
 * "compose-not-understood") and not guessed at: of such a service only name and place are read.
 *
 * What compose refuses whatever the environment is (a template, a type or a key under `build` that it does
 * not know) is an error for the whole file. Keys of a service that no build reads are not looked at, but for
 * what compose_check tells.
 *
 * Paths come out relative to the repository root. A context, Dockerfile or named context outside
 * it is reported (warning, rule "context-outside").
 */
#ifndef DEPOT_DOCKER_COMPOSE_H
#define DEPOT_DOCKER_COMPOSE_H

#include "base/diag.h"
#include "base/files.h"
#include "base/value.h"
#include "base/variables.h"

#define COMPOSE_SIZE_LIMIT ((size_t)16 * 1024 * 1024)

/* What makes one model. */
struct compose_request {
    bool is_bake;           /* of bake files: its services are targets */
    struct texts paths;     /* the base file, then those that are merged over it; at least one */
    struct text directory;  /* the project directory; absent: that of the first file */
    struct text project;    /* what it is called where it has no name; absent: nothing that is known */
    struct texts env_files; /* in place of `.env` of the project directory; none: that one, where it exists */
    const struct variables *variables; /* these beat `.env`; NULL: none */
    bool is_local; /* as a tool that runs here: what has no value is unset for good, paths lead anywhere, and repeats of
                      caches stay for bake to drop */
};

struct compose_argument {
    struct text name;
    bool from_environment; /* no value in the file: the step's environment gives it, else it is left out */
    struct value value;
    struct place place;
};

/* `additional_contexts`, labels and the like: a name with a value. */
struct compose_pair {
    struct text name;
    struct value value;
    bool is_path; /* of additional_contexts: `value` is a path in the repository, not a URL, an image or a service */
    struct place place;
};

/* What few builds have. */
struct compose_extras {
    struct list ulimits;         /* of struct value, "nofile=1024:2048" or "nofile=1024", as --ulimit takes it */
    struct list entitlements;    /* of struct value; `privileged` is "security.insecure" */
    struct list no_cache_filter; /* of struct value */
    struct value provenance;     /* "true", "mode=max"; no pieces: not given */
    struct value sbom;
    struct text isolation;     /* absent when none */
    const struct node *x_bake; /* NULL when there is none; its strings are not interpolated */
    struct list
        environment; /* of struct compose_argument, by name: what the service's gives to arguments without a value */
    struct text project;           /* what it is called where it has no name; absent: nothing that is known */
    struct texts env_files;        /* that bake insists on, relative to the root */
    struct texts external_secrets; /* names of secrets that are kept elsewhere: docker compose leaves them out */
};

struct compose_build {
    struct text service;    /* as written */
    struct place place;     /* of `build` */
    bool context_is_remote; /* a URL or git reference: nothing of the repository is read */
    struct text context;    /* relative to the root and cleaned, or the URL */
    struct text dockerfile; /* relative to the root and cleaned; absent with dockerfile_inline or a remote context */
    struct text dockerfile_written; /* from the context and not cleaned; absent when none is given */
    struct text remote_dockerfile;  /* with a remote context: the path inside it, as written; absent when none */
    struct text dockerfile_inline;  /* absent when none */
    struct text target;             /* absent when none */
    struct list arguments;          /* of struct compose_argument, by name, as compose passes them */
    struct list tags;               /* of struct value: build.tags, then image; repeats dropped */
    bool image_is_last_tag;         /* the last of them is the image, which is none of build.tags */
    struct list platforms;          /* of struct text */
    bool platform_is_service;       /* they are the service's platform: the build has none of its own */
    struct list
        contexts;       /* of struct compose_pair, by name: additional_contexts; a local path is relative to the root */
    struct list labels; /* of struct compose_pair, by name */
    struct list cache_from;  /* of struct value */
    struct list cache_to;    /* of struct value */
    struct list secrets;     /* of struct compose_secret */
    struct list ssh;         /* of struct value: "default" or "id=path" */
    struct list extra_hosts; /* of struct value, "name=address" */
    struct text network;     /* absent when none */
    struct text shm_size;    /* absent when none */
    bool no_cache;
    bool pull;
    struct text project;               /* x-depot.project-id, absent when none */
    struct list profiles;              /* of struct text: a service with profiles is not built unless settings ask */
    struct compose_extras *extras;     /* NULL when there are none */
    const struct variables *variables; /* of `.env`, as this service sees it: an included file may have its own */
    struct text
        needs_bake; /* why only bake can build it: a part of its definition that needs evaluation; absent: not so */
    bool is_context_open; /* with needs_bake: it may read anything of the repository */
    bool is_family;    /* with needs_bake: a matrix whose targets are not known, so no call of bake builds it by name */
    bool is_linked;    /* it is there for others to be built from: nothing of it is pushed */
    struct text doubt; /* the first reason why it is not understood, a sentence without its end */
    bool is_understood; /* false: something about it was reported as not understood; do not build from this */
};

/* A build secret: --secret id=…,src=… or env=… */
struct compose_secret {
    struct text id;
    struct text source;      /* its name in the compose file, which bake takes for the id */
    struct text file;        /* relative to the root, or absolute as written; absent when the source is a variable */
    struct text environment; /* name of a variable; absent when the source is a file */
};

struct compose_model {
    const struct source *source;
    bool is_bake;                      /* of bake files: its services are targets */
    struct texts paths;                /* as requested: the base file and those merged over it */
    struct text directory;             /* the project directory */
    struct text name;                  /* top-level `name`, literal; absent when none */
    struct list builds;                /* of struct compose_build, in order of the merged file */
    size_t service_count;              /* all services, with and without build */
    struct texts includes;             /* other files that are a part of it, relative to the root */
    struct texts parts;                /* the same, and those that its services extend */
    const struct variables *variables; /* of `.env` */
    uint64_t digest; /* of bake files: of their bytes, for a target that needs evaluation may say anything by them */
};

/*
 * False when the file as a whole cannot be read (not YAML, no mapping, an interpolation
 * error …): the error has been reported. A file without services is read without complaint, and so is an overlay whose
 * services have neither image nor build, but for a warning where the tools run here. `out` has
 * paths and includes of the model in any case.
 */
bool compose_load(struct arena *arena, struct files *files, const struct compose_request *request,
                  struct diagnostics *diagnostics, struct compose_model *out);

/* As compose spells a project's name: small letters, digits, "_" and "-". Absent when nothing is left. */
struct text compose_project_name(struct arena *arena, struct text name);

/* The four base names and the four override names, in compose's order of preference; NULL-terminated. */
extern const char *const compose_file_names[];
extern const char *const compose_override_names[];

#endif
