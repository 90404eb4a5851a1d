/*
 * lint_words: how instructions are written, whatever they do (validateCommandCasing, parser.go, parse.go).
 */
#ifndef DEPOT_DOCKER_LINT_WORDS_H
#define DEPOT_DOCKER_LINT_WORDS_H

#include "docker/linter.h"

/* consistent-instruction-casing, no-empty-continuation, maintainer-deprecated */
void lint_words(struct linter *linter);

#endif
