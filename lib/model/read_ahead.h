/*
 * read_ahead: looks at every Dockerfile on a second thread while the first one reads the compose files.
 *
 * Reading and parsing five thousand Dockerfiles takes as long as one large compose file. What comes out for each is what it
 * asks for, where nothing is wrong with it, whoever builds it. Whatever is doubtful is left to be read again in its turn, so
 * the result is the same with and without this thread, and however far it came. It has an arena of its own and shares nothing that changes.
 *
 * Not worth its start below READ_AHEAD_LEAST files.
 */
#ifndef DEPOT_MODEL_READ_AHEAD_H
#define DEPOT_MODEL_READ_AHEAD_H

#include "base/files.h"
#include "model/build_facts.h"

#include <pthread.h>
#include <stdatomic.h>

#define READ_AHEAD_LEAST 200

/* What one of the two threads has read. */
struct read_ahead_reader {
    struct arena arena, scratch;
    struct arena kept;   /* of what outlives it */
    struct map good;     /* path → struct glance */
    struct map doubtful; /* path → const struct text *: the bytes of the others, so that none is read twice */
};

struct read_ahead {
    pthread_t thread;
    bool is_running;
    bool wants_inputs;                   /* see scan_request */
    atomic_bool is_enough;               /* the first thread is done with its part: what is left it reads itself */
    struct files *files;                 /* answers from two threads */
    const struct map *paths;             /* of Dockerfiles; does not change meanwhile */
    const struct map *except;            /* paths that are not to be touched here (read by a git child); NULL: none */
    atomic_bool *is_claimed;             /* for each of `paths`: somebody reads it */
    struct read_ahead_reader readers[2]; /* the second thread's, and the first one's when it helps */
};

void read_ahead_start(struct read_ahead *ahead, struct files *files, const struct map *paths, const struct map *except,
                      bool wants_inputs);

/* The first thread has nothing else to do: it reads this Dockerfile, unless that was done. */
void read_ahead_help(struct read_ahead *ahead, struct text path);

/* Ends it, after the file it is at; ask only after that. */
void read_ahead_join(struct read_ahead *ahead);

/* What a build with this choice asks for, where the Dockerfile was read and there is nothing to say of it; else NULL. */
const struct build_facts *read_ahead_find(const struct read_ahead *ahead, struct text path,
                                          const struct build_choice *choice);

/* The bytes of a Dockerfile that was read and needs another look; NULL when it was not. They end with `ahead`. */
const struct text *read_ahead_bytes(const struct read_ahead *ahead, struct text path);

/* Facts that were found live in `keeper` from now on. */
void read_ahead_finish(struct read_ahead *ahead, struct arena *keeper);

#endif
