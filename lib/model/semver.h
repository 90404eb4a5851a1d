/*
 * semver: versions as semver.org 2.0.0 spells them, with or without a "v" before.
 *
 * Limits: numbers are text, so they have no largest value.
 */
#ifndef DEPOT_MODEL_SEMVER_H
#define DEPOT_MODEL_SEMVER_H

#include "base/text.h"

struct semver {
    struct text whole; /* "1.2.3-rc.1+7", without the v */
    struct text major; /* "1" */
    struct text minor; /* "1.2" */
    struct text patch; /* "1.2.3" */
    bool is_pre_release;
};

/* False when it is none ("1.2", "01.2.3", "nightly"). */
bool semver_parse(struct text text, struct semver *out);

#endif
