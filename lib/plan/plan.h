/*
 * plan: what this build does with each image of the workspace.
 *
 *   base, watches, the other side ─▶ why each is affected ─▶ along the graph ─▶ which are built
 *   settings, event               ─▶ published or not, where, with which arguments
 *
 * Takes values and nothing else: no disk, clock, environment or printing. Every decision carries its reason. Without a
 * base every image is built.
 */
#ifndef DEPOT_PLAN_PLAN_H
#define DEPOT_PLAN_PLAN_H

#include "model/settings_steps.h"
#include "model/workspace.h"
#include "plan/graph.h"
#include "plan/reason.h"
#include "repo/base_commit.h"

struct plan_argument {
    struct text name;
    bool from_environment; /* no value: the step's environment gives it, else it is left out */
    struct value value;
};

struct plan_image;

/* An image that this one is built from. */
struct plan_link {
    const struct plan_image *base;
    struct text name; /* what `--build-context` calls it */
    struct place place;
    bool is_service; /* compose's `service:`: it stands for nothing that is published */
};

/* A login that its step makes. */
struct plan_login {
    const struct login_settings *settings;
    enum login_type type;
    struct text registry; /* host, for Buildkite's with its path; "docker.io" for Docker Hub */
};

struct plan_image {
    const struct image *image;
    size_t number;             /* its place among the images of the plan */
    struct reason why;         /* it is affected, or asked for; kind REASON_NONE when neither */
    bool is_built;             /* by this upload */
    bool is_excluded;          /* by --exclude */
    struct list links;         /* of struct plan_link */
    int builder;               /* enum builder_setting: what builds it; BUILDER_NOT_GIVEN only where it is broken */
    int output;                /* enum output_setting, resolved: PUSH and PROMOTE just when it is published */
    bool is_published;         /* its destinations get it in this build, whoever pushes */
    struct text reason;        /* why it is not: "the settings name no registry" */
    struct texts repositories; /* "ghcr.io/acme/services/api", each once; none without a registry */
    struct text repository;    /* the first of them; absent without one */
    struct list destinations;  /* of struct value: whole references, empty when not published */
    struct list loaded;        /* of struct value: what the agent's Docker has it as; empty when it is not loaded */
    struct list tests;         /* of const struct record_text_value: commands that the build step runs on that */
    struct list floating;      /* of struct value: references that a step of their own moves there after the builds */
    struct list labels;        /* of struct compose_pair: the settings' labels, which beat those of compose */
    struct list annotations;   /* of struct compose_pair; bake has no word for them */
    bool replaces_cache;       /* the settings name a cache: that of compose does not count */
    struct text cache_repository;     /* of the settings' cache; absent without one */
    struct list cache_from, cache_to; /* of struct value: of the settings */
    bool needs_registry;              /* it is pushed, or has a cache in a registry: the step logs in */
    bool sets_attestations;           /* the settings say one of the two */
    struct value provenance, sbom;    /* of the settings, else of compose; no pieces: not given */
    bool has_sbom_artifacts;
    bool no_cache;
    struct text lint;            /* the least that stops the build, "error"; absent: no lint */
    struct list secrets;         /* of struct compose_secret: of the settings */
    struct list save_tags;       /* of struct value: of what is saved */
    struct text retagged_from;   /* what its destinations are to point at; absent when nothing of the kind */
    struct list arguments;       /* of struct plan_argument */
    struct list logins;          /* of struct plan_login, each of another host */
    struct list steps;           /* of struct step_settings: those around it */
    struct texts notes;          /* for people: a declared tag that is not pushed, a template that was left out */
    struct diagnostics problems; /* the image's own and those of the plan; any error makes it a red step */
};

struct plan_request {
    const struct workspace *workspace;
    const struct event *event;
    const struct base *base;    /* NULL: everything is built */
    const struct list *watches; /* of struct watch, of the images in their order; NULL with a base that is everything */
    const struct workspace *before; /* the other side; NULL when there is none, or none is needed */
    bool before_is_unknown;         /* it is needed, and cannot be had */
    struct regex_cache *regexes;
    struct texts only, exclude; /* names, globs */
};

struct plan {
    const struct workspace *workspace;
    const struct event *event;
    const struct base *base; /* NULL: everything is built */
    const struct list *watches;
    struct list images; /* of struct plan_image, in the order of the workspace */
    struct list order;  /* the same, each after those it is built from */
    struct list gates;  /* of struct gate_settings: those that stand in this build */
    struct texts gone;  /* names of images that are no more */
    size_t built;
};

/* False when the selection names what does not exist; reported. */
bool plan_make(struct arena *arena, const struct plan_request *request, struct diagnostics *diagnostics,
               struct plan *out);

bool plan_image_is_broken(const struct plan_image *planned);

/* Its step talks to a Docker daemon. */
bool plan_image_needs_docker(const struct plan_image *planned);

/* The build itself pushes it: those that are promoted wait for a step of their own. */
static inline bool plan_image_pushes(const struct plan_image *planned) {
    return planned->is_published && planned->output != OUTPUT_PROMOTE;
}

/* The build keeps it in Depot's registry. */
static inline bool plan_image_saves(const struct plan_image *planned) {
    return planned->output == OUTPUT_SAVE || planned->output == OUTPUT_PROMOTE;
}

/* The build puts it into the agent's Docker. */
static inline bool plan_image_loads(const struct plan_image *planned) {
    return planned->output == OUTPUT_LOAD;
}

/* What the build names it: where it pushes it, or as what it loads it. None when it does neither. */
static inline const struct list *plan_image_references(const struct plan_image *planned) {
    return plan_image_pushes(planned) ? &planned->destinations : &planned->loaded;
}

/* Why it is built, in a sentence; where it is not, why not. */
struct text plan_image_sentence(struct arena *arena, const struct plan *plan, const struct plan_image *planned);

/* What becomes of an image that is not built: UNAFFECTED_OMIT, _SKIP, _KEEP or _RETAG. */
int plan_image_unaffected(const struct plan_image *planned);

#endif
