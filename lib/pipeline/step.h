/*
 * step: one step of the pipeline, before any escaping.
 *
 * The fields hold what is meant: a command is the text that the shell gets, a label the text a person sees.
 */
#ifndef DEPOT_PIPELINE_STEP_H
#define DEPOT_PIPELINE_STEP_H

#include "format/node.h"
#include "plan/plan.h"

#define STEP_KEY_LIMIT 100
#define STEP_SKIP_LIMIT 70
#define STEP_TIMEOUT_MINUTES 60

struct step {
    struct text key;
    struct text label;
    struct text lead;              /* whole lines that the command begins with, one text for many steps; absent: none */
    struct text command;           /* what comes behind that; absent: attributes say what the step is */
    struct text queue;             /* absent: the step names none */
    struct texts depends_on;       /* keys */
    bool tolerates;                /* failures of those */
    struct text skip;              /* absent: the step runs */
    struct text artifacts;         /* a glob of what the step keeps, beside those of the user; absent when none */
    struct text image;             /* of the pod's command; absent: the agent's own */
    const struct node *kubernetes; /* what the kubernetes plugin is given; NULL: the step has none */
    struct text token_secret;      /* Buildkite secret to give as DEPOT_TOKEN; absent: none */
    bool builds;                   /* it runs depot: constants, retries and a timeout belong to it */
    bool exports;                  /* what it builds leaves the builder, so that the CLI has nothing to warn of */
    struct list plugins;           /* of const struct node *: items of `plugins` that stand before the user's own */
    struct list retried;           /* of const int *: exit statuses worth another try */
    const struct node *attributes; /* the user's own, merged over ours; NULL when none */
};

/* The step as data, attributes merged; strings are still unescaped. The command of a step with a lead has the style NODE_STYLE_LED. */
struct node *step_node(struct arena *arena, const struct step *step);

/* A key from a name, such as `build-services-api`, that is not among those taken, and now is: with the name's hash where it would be. */
struct text step_key(struct arena *arena, struct text prefix, const char *kind, struct text name, struct map *taken);

/* The keys of all images of a plan, in their order: unique, [A-Za-z0-9_-], at most STEP_KEY_LIMIT bytes. */
struct texts step_keys(struct arena *arena, const struct plan *plan, struct text prefix);

/* The same of other steps that every image may have: `kind` is "publish-". */
struct texts step_keys_of(struct arena *arena, const struct plan *plan, struct text prefix, const char *kind);

#endif
