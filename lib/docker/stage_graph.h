/*
 * stage_graph: which stage needs which, and which of them a target needs.
 *
 *     FROM x            base: one earlier stage, or none
 *     COPY --from=x     link: any stage, also a later one, which is then refused
 *     RUN --mount=from  link
 *
 * Cycles are looked for along links alone, in all stages; the target reaches along both
 * (convert.go buildStageDependencyGraph, resolveReachableStages). An ONBUILD of a base acts
 * in the stage that is FROM it, before that stage's own instructions, and may add links.
 */
#ifndef DEPOT_DOCKER_STAGE_GRAPH_H
#define DEPOT_DOCKER_STAGE_GRAPH_H

#include "docker/scope.h"

/* A longer working directory is not known: each relative WORKDIR makes it longer. */
#define STAGE_WORKDIR_LIMIT 1024

struct stage_state {
    struct stage_reading reading;
    struct stage_state *base; /* the stage it is FROM, unless a named context replaces this one */
    struct list links;        /* of struct stage_state */
    struct list triggers;     /* of struct instruction: ONBUILD of its base */
    struct scope scope;
    struct text workdir; /* absent when it is not known */
    bool blank;          /* the base is blank or unknown */
    enum { STAGE_NEW, STAGE_OPEN, STAGE_DONE } visit;
    size_t next_link; /* where a visit goes on */
};

/* All of one reading; the passes in stages.c fill it in turn. */
struct stage_graph {
    struct arena *arena;
    const struct dockerfile *dockerfile;
    const struct build_choice *choice;
    struct diagnostics *diagnostics;
    struct build_reading reading;
    struct stage_state *states;
    size_t count;
    struct map names;    /* lower-cased stage name → struct stage_state *, the last of that name */
    struct map contexts; /* the names of choice->contexts as look-ups spell them */
    struct map inputs;   /* path → struct build_input * */
    struct map bases;    /* reference → struct build_base * */
    struct scope globals;
    size_t work;
    size_t triggers;  /* ONBUILDs that act in some stage, so far */
    size_t strangers; /* sources that are no stage: BuildKit numbers them after the stages */
};

/* Reports an error; always false. */
bool stage_graph_refuse(struct stage_graph *graph, struct place place, struct text message);

/* Asks for the whole context; the first reason is kept. Widening is for what is not understood. */
void stage_graph_ask_for_all(struct stage_graph *graph, struct place place, struct text reason);
void stage_graph_widen(struct stage_graph *graph, struct place place, struct text reason);

/* Takes the names of choice->contexts into `contexts`. */
void stage_graph_add_contexts(struct stage_graph *graph);

/* True when a named context stands for this image or stage. `platform` is "linux/amd64", or absent. */
bool stage_graph_has_context(const struct stage_graph *graph, struct text name, struct text platform);

/* The stage a `--from` or a mount names; NULL when it names none. `value` may be an index only in COPY. */
struct stage_state *stage_graph_find(const struct stage_graph *graph, struct text name);
struct stage_state *stage_graph_source(const struct stage_graph *graph, struct text value);

/* Links of all stages, cycles, and what the target reaches. False when BuildKit refuses; it was reported. */
bool stage_graph_link(struct stage_graph *graph);

#endif
