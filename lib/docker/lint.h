/*
 * lint: what is worth saying about a Dockerfile that builds.
 *
 * The rules are those of BuildKit's own linter (frontend/dockerfile/linter and its uses in parser, instructions and
 * dockerfile2llb), under the same names in kebab-case and mostly in the same words, so that people can search for
 * them; and `unreachable-stage`, which is ours. What is likely to hurt is a warning, matters of style are notes.
 *
 * As `docker build --check` does: all stages are looked at, or with a target those that it needs; names that an image
 * may set count as unset where choice->images_are_bare says so. `# check=skip=RuleA,RuleB` (BuildKit's names or ours)
 * and `skip=all` leave rules out, at the top for the file, above an instruction for that one; `error=true` makes
 * errors of BuildKit's rules.
 *
 * Where BuildKit names a line, the place here is the word that is meant, inside the same instruction.
 *
 * Files: lint (the passes), lint_words (how instructions are spelled), lint_from (stages and what they start from),
 * lint_commands and lint_step (instructions, in order), lint_copy (sources that an ignore file leaves out),
 * lint_secret. They share linter.h, lint_report (rules, severity, what is skipped), lint_source (where things stand)
 * and lint_scope (names and values).
 *
 * Limits: InvalidBaseImagePlatform needs the image, and InvalidDefinitionDescription is off by default: neither is
 * here. Several platforms are looked at as the first of them. LINT_WORK_LIMIT steps of expanding and LINT_TYPO_LIMIT
 * comparisons of names; after them a name counts as known, and nothing is proposed for it. LINT_TRIGGER_LIMIT ONBUILDs
 * are followed into the stages that they act in. A word that is itself broken by a continuation is placed at its
 * instruction, and its case is not judged.
 */
#ifndef DEPOT_DOCKER_LINT_H
#define DEPOT_DOCKER_LINT_H

#include "docker/ignore.h"
#include "docker/stages.h"

#define LINT_WORK_LIMIT ((size_t)4 * 1024 * 1024)
#define LINT_TRIGGER_LIMIT 10000
#define LINT_TYPO_LIMIT ((size_t)16 * 1024)

struct lint_request {
    const struct dockerfile *dockerfile;
    const struct build_reading *reading; /* with wants_commands */
    const struct build_choice *choice;   /* that it was read with */
    const struct patterns *ignore;       /* of the context; NULL when there is none */
    struct regex_cache *regexes;         /* for `ignore` */
};

/* A file that another frontend than Docker's reads gets no diagnostics. */
void lint(struct arena *arena, const struct lint_request *request, struct diagnostics *diagnostics);

#endif
