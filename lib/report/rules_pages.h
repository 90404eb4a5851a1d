/*
 * rules_pages: the pages of help, by what they are about; each list ends with one without a name.
 *
 * A page shows what the message is about as it stands in a file, the same as it should be, and in a few sentences what
 * happens, why it matters, and what to do. Lines of `bad` and `good` are at most 76 characters long.
 */
#ifndef DEPOT_REPORT_RULES_PAGES_H
#define DEPOT_REPORT_RULES_PAGES_H

#include "report/rules.h"

extern const struct rule rules_of_dockerfiles[]; /* what BuildKit would refuse, and what a build reads */
extern const struct rule rules_of_lint[];        /* docker/lint */
extern const struct rule rules_of_compose[];     /* compose files, bake files and .env */
extern const struct rule rules_of_settings[];    /* settings, YAML, names and tags */
extern const struct rule rules_of_kubernetes[];  /* pods, and what they have */
extern const struct rule rules_of_runs[];        /* the repository, the agent, what is written */

#endif
