/*
 * lint_step: one instruction while lint looks at it, and the stage as it is then.
 *
 * A trigger of an ONBUILD is looked at in the stages that are FROM its own, and placed at their FROM, as BuildKit does.
 */
#ifndef DEPOT_DOCKER_LINT_STEP_H
#define DEPOT_DOCKER_LINT_STEP_H

#include "docker/lint_copy.h"

enum lint_once { LINT_ONCE_CMD, LINT_ONCE_ENTRYPOINT, LINT_ONCE_HEALTHCHECK, LINT_ONCE_COUNT };

/* What a stage comes to while its instructions are looked at. */
struct lint_stage {
    struct lint_scope scope;
    struct place image; /* of the FROM whose image may set more names; without a source when there is none */
    struct text os;     /* "linux" */
    bool has_shell, has_workdir;
    struct place once[LINT_ONCE_COUNT]; /* where the last one stands; without a source when there is none yet */
};

/* One instruction of one stage. */
struct lint_step {
    struct linter *linter;
    const struct stage *stage;
    struct lint_stage *state;
    const struct instruction *instruction;
    bool is_trigger; /* of an ONBUILD in the stage it is FROM */
    struct lint_copy *copy;
    struct lint_names names;
    struct lint_lines lines; /* of the instruction, as far as its words were looked for */
};

/* Where the instruction as a whole is reported. */
struct place lint_step_place(const struct lint_step *step);

/* Where a word of it stands. Words are to be asked for in the order they are written in. */
struct place lint_step_find(struct lint_step *step, struct text word);

/* The instruction's word as it is written. */
struct text lint_step_command(const struct lint_step *step);

/* Expands a word and keeps in mind which names in it are not defined. */
struct expand_result lint_step_expand(struct lint_step *step, struct text word);

/* A name that is not set is empty, as for BuildKit. */
bool lint_step_is_known(const struct expand_result *expanded);
struct text lint_step_known(const struct expand_result *expanded); /* the absent text when it is not */

/* Expands for nothing but the names. False when BuildKit refuses a word, and with it all that follows. */
bool lint_step_look(struct lint_step *step, struct text word);
bool lint_step_look_at_all(struct lint_step *step, const struct texts *words);

/* undefined-var, for all that was expanded. */
void lint_step_report_undefined(struct lint_step *step);

/* Two names are for BuildKit's scanner, and never in the environment. */
bool lint_step_is_scanner_argument(struct text name);

#endif
