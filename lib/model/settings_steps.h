/*
 * settings_steps: the steps that a team puts around the builds: one for each image (`steps`), and gates.
 *
 * A template is a Buildkite step of any type but `wait`. Keys that are not ours are its attributes, as Buildkite has them; they
 * stay in the node.
 */
#ifndef DEPOT_MODEL_SETTINGS_STEPS_H
#define DEPOT_MODEL_SETTINGS_STEPS_H

#include "model/settings.h"

enum step_after { STEP_AFTER_NOT_GIVEN, STEP_AFTER_BUILD, STEP_AFTER_PUBLISH };
enum step_before { STEP_BEFORE_NOT_GIVEN, STEP_BEFORE_BUILD, STEP_BEFORE_PUBLISH };

/* An entry of `steps`. */
struct step_settings {
    const struct node *node;
    struct record_text_value name; /* what its key begins with */
    struct match_settings match;
    int after;  /* enum step_after */
    int before; /* enum step_before: publish only */
};

/* An entry of `gates`. */
struct gate_settings {
    const struct node *node;
    struct record_text_value label;
    unsigned when; /* EVENT_BIT of each; 0: any */
    int before;    /* enum step_before */
};

extern const struct record_table settings_step_table;
extern const struct record_table settings_gate_table;

/* A key that the program reads itself, so that Buildkite does not get it. */
bool settings_step_owns(struct text key);
bool settings_gate_owns(struct text key);

#endif
