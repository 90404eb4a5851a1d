/*
 * reason: why an image is built, as a value, and as a sentence.
 */
#ifndef DEPOT_PLAN_REASON_H
#define DEPOT_PLAN_REASON_H

#include "model/watch.h"

enum reason_kind {
    REASON_NONE,
    REASON_EVERYTHING, /* the base says so */
    REASON_TAG,        /* the tag names the image */
    REASON_NEW,        /* it was not there before */
    REASON_DEFINITION, /* how it is declared has changed */
    REASON_UNKNOWN,    /* whether its declaration has changed cannot be told */
    REASON_DOCKERFILE,
    REASON_IGNORE_FILE,
    REASON_SOURCE,  /* a file that an instruction takes */
    REASON_CONTEXT, /* a file of the context, all of which counts */
    REASON_NAMED,   /* a file of a named context */
    REASON_LINK,    /* a symbolic link that leads to one of these */
    REASON_WATCH,   /* a glob of the settings */
    REASON_ALWAYS,  /* one that nothing takes back */
    REASON_BASE,    /* an image of this repository that it is built from */
    REASON_ONLY,    /* it was asked for */
    REASON_NEEDED,  /* an image that is asked for is built from it */
};

struct image;

struct reason {
    enum reason_kind kind;
    const struct change *change; /* the file; NULL where none is to blame */
    struct place place;          /* the instruction, the service or the setting; no source where there is none */
    const char *part;            /* DEFINITION: "build arguments" */
    struct text
        words; /* WATCH, ALWAYS: the glob; CONTEXT: why all of it counts, absent when it is asked for; TAG: the tag */
    const struct image *through; /* BASE, NEEDED: the image */
};

const char *reason_name(enum reason_kind kind); /* "source": the rule in JSON */

/* "services/api/main.go changed: COPY at services/api/Dockerfile:4 takes it". `everything`: the base's sentence. */
struct text reason_sentence(struct arena *arena, const struct reason *reason, struct text everything);

#endif
