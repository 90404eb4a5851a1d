/*
 * image: one container image that the repository builds, with the reason for each thing known of it.
 *
 * Paths are relative to the repository root. An image with `problems` cannot be built: it becomes a red step that
 * prints them, and nothing else of it is used.
 */
#ifndef DEPOT_MODEL_IMAGE_H
#define DEPOT_MODEL_IMAGE_H

#include "base/diag.h"
#include "base/value.h"
#include "docker/compose.h"
#include "model/build_facts.h"
#include "model/settings.h"

enum context_origin {
    CONTEXT_DECLARED, /* by a compose service */
    CONTEXT_SETTINGS,
    CONTEXT_SOURCES, /* most sources of COPY and ADD exist there */
    CONTEXT_OWN,     /* the Dockerfile's directory: nothing speaks for another one */
};

struct project {
    struct text id;     /* absent when the repository names none */
    struct text origin; /* "services/api/depot.json", "settings", "x-depot of compose.yaml" */
    bool is_named;      /* by settings or x-depot: it beats DEPOT_PROJECT_ID */
};

/* A service of a compose file that this image is. */
struct image_service {
    struct text name;
    struct place place;
};

/* Who named it: where two images come to one name, the higher kind of name gives way. */
enum name_origin { NAME_SETTINGS, NAME_SERVICE, NAME_TARGET, NAME_DIRECTORY, NAME_SUFFIX, NAME_FILE };

struct image {
    struct text name;
    enum name_origin name_origin;
    struct text dockerfile; /* absent with an inline one or a remote context */
    struct place place;     /* where it is declared: the service's `build`, or the first FROM */
    struct text context;    /* "." is the root; a URL when the context is remote */
    enum context_origin context_origin;
    struct text context_reason;          /* for people: "4 of 5 sources exist there" */
    const struct compose_build *build;   /* NULL when no compose service builds it */
    const struct compose_model *compose; /* it is a part of; NULL without one */
    const struct variables *variables;   /* `.env` of that compose file, or NULL */
    struct list services;                /* of struct image_service: those with this very build */
    struct list declared_tags;           /* of struct value: `image` and `build.tags` of all services */
    struct text target;                  /* absent: the last stage */
    struct list platforms;               /* of struct text; never empty */
    bool platforms_are_default;
    struct project project;
    const struct image_settings *settings;
    const struct build_facts *facts; /* of its Dockerfile; NULL when that was not read */
    struct text doubt;               /* why it should not be published although it can be built; absent: no reason */
    struct diagnostics problems;
};

bool image_is_broken(const struct image *image);

/*
 * What compose file and settings say about how it is built: target, platforms, arguments, named contexts. NULL
 * stands for the value of an argument that is known only when the step runs.
 */
struct build_choice image_choice(struct arena *arena, const struct image *image);

/* Of the compose file; empty without one. */
static inline struct text image_compose_directory(const struct image *image) {
    return image->compose == NULL ? TEXT("") : image->compose->directory;
}

/*
 * The CLI puts the name of the context's directory into a header of its session, which must be ASCII: with another
 * name it waits for ever (2.102.12). Such a context is given through a link.
 */
bool image_needs_link(const struct image *image);

/* It stands in the compose file. */
static inline bool image_has_inline_dockerfile(const struct image *image) {
    return image->build != NULL && text_is_given(image->build->dockerfile_inline);
}

/* A directory of this repository, as far as its spelling tells: no URL, nothing outside. */
bool image_has_local_context(const struct image *image);

#endif
