/*
 * stages: what a build of a Dockerfile reads, once a target, arguments and a platform are chosen.
 *
 * Follows frontend/dockerfile/dockerfile2llb/convert.go: global and stage scopes of ARG
 * and ENV, the stage graph (FROM, COPY --from, RUN --mount=from), reachability from the
 * target, and the paths asked of the main build context.
 *
 * What cannot be known widens: `whole_context` is set with its reason, never guessed away.
 * A value is unknown when a build argument is given that only the step knows, when several
 * platforms are built, and when an image, whose environment is not read here, may set it.
 *
 * Files: stages (the passes), scope (names and values), stage_graph (which stage needs which),
 * stage_inputs (what an instruction asks of the context), mounts, platform.
 *
 * Limits: STAGES_TRIGGER_LIMIT; EXPAND_WORK_LIMIT steps for the expansions of one reading; after that all is
 * unknown. Options of a `check` directive are not looked at.
 */
#ifndef DEPOT_DOCKER_STAGES_H
#define DEPOT_DOCKER_STAGES_H

#include "base/map.h"
#include "docker/dockerfile.h"

/* ONBUILDs that act in the stages of one reading, each time they do; what is beyond widens. */
#define STAGES_TRIGGER_LIMIT 10000

struct build_choice {
    struct text target;   /* absent or empty: the last stage */
    struct map arguments; /* build arguments: name → struct text *, NULL when only the step knows the value */
    struct text platform; /* "linux/amd64"; absent: linux/amd64; several with commas: TARGET… are unknown */
    struct map contexts;  /* named contexts: name → anything; they replace bases, --from and stages of that name */
    struct text build_platform; /* what BUILDPLATFORM and its kind say; absent: not known */
    bool images_are_bare;       /* the images that stages start from are taken to set nothing, so that all is known */
    bool wants_commands;        /* stage_reading.commands is to be filled in */
};

struct mount_reading {
    const char *type;                 /* "bind" … */
    struct text source, from, target; /* expanded; absent when not given, or not known */
    const struct stage *from_stage;   /* NULL when `from` is no stage */
};

/* What an instruction comes to, expanded where it stands. */
struct command_reading {
    const struct instruction *instruction;
    struct texts sources;     /* COPY, ADD: as instruction->arguments without the last; absent texts where not known */
    struct text destination;  /* COPY, ADD; absent when not known */
    const struct stage *from; /* COPY: the stage of --from; NULL when that is none */
    struct list mounts;       /* of struct mount_reading: RUN */
};

/* A path asked of the main build context. */
struct build_input {
    struct text path; /* cleaned, relative to the context, may hold wildcards * ? [..]; "." is the whole context */
    bool has_wildcard;
    struct place place;         /* of the instruction that asks */
    enum instruction_kind kind; /* COPY, ADD, or RUN for a bind mount */
    struct texts excludes;      /* --exclude: what below `path` is not copied; none when another asks for all of it */
};

/* An image, not a stage, that the build starts from or copies from. */
struct build_base {
    struct text reference; /* expanded; as written when is_blank */
    struct place place;
    bool is_blank; /* expanded to nothing, or depends on an unknown value */
};

struct stage_reading {
    const struct stage *stage;
    struct text base_expanded;     /* absent when it depends on an unknown value */
    struct text platform_expanded; /* absent when there is none, or it depends on an unknown value */
    const struct stage *from;      /* the stage it is FROM; NULL when an image */
    bool is_replaced;              /* a named context stands in for the stage */
    bool reachable;
    struct list
        commands; /* of struct command_reading, when wanted: the stage's instructions, up to one that is refused */
};

struct build_reading {
    size_t target;      /* index of the stage that is built */
    struct list stages; /* of struct stage_reading, one a stage */
    struct list inputs; /* of struct build_input, in source order, repeats dropped */
    struct list bases;  /* of struct build_base, reachable stages only, repeats dropped */
    bool whole_context; /* an input is ".", or something was not understood */
    bool is_guess;      /* something was not understood */
    struct text reason; /* why the whole context, for people: "COPY . at line 7" */
    struct place reason_place;
};

/*
 * False when BuildKit would refuse the build whatever the files are (unknown target, a cycle,
 * `--from` a stage not yet defined): the error (rule "dockerfile-build") has been reported.
 * A blank base is a warning (rule "blank-base"; "blank-platform" for --platform), and widens
 * the reading where its stage is reachable, for a build argument may be given when the step
 * runs. A foreign file (dockerfile.h) asks for the whole context, and is never refused.
 */
bool stages_read(struct arena *arena, const struct dockerfile *dockerfile, const struct build_choice *choice,
                 struct diagnostics *diagnostics, struct build_reading *out);

#endif
