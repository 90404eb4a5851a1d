/*
 * depot: the project file of the Depot CLI (depot.json, depot.yml, depot.yaml).
 *
 * Read as the CLI reads it (pkg/project/config.go, with go-yaml v2): YAML whatever its name, the first document, the one
 * key `id`, whose last value counts, `<<` in its place among the others. A number or a boolean keeps its source text, spaces
 * in quotes stay. Where the CLI goes on with an empty id and says nothing (broken YAML, a list, null, no such key), the
 * reason is reported.
 *
 * Limits: an id with a tag that changes its value (`!!binary`, `!!int` …), or with a NUL, is reported and not taken; a
 * plain `a?b` inside braces is text here and an error there.
 */
#ifndef DEPOT_DOCKER_DEPOT_H
#define DEPOT_DOCKER_DEPOT_H

#include "base/diag.h"

#define DEPOT_FILE_SIZE_LIMIT ((size_t)64 * 1024)

struct depot_file {
    const struct source *source;
    struct text id;     /* absent when the file gives none */
    struct place place; /* of the id */
};

/* The names that are tried in a directory, in the CLI's order; NULL-terminated. */
extern const char *const depot_file_names[];

/* Names that people expect to be tried too, and that are not; NULL-terminated. */
extern const char *const depot_unread_names[];

/* Never fails: a file without a usable id gives an absent id and a warning (rule "project-file"). */
void depot_parse(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                 struct depot_file *out);

/* Ten lower-case letters and digits, the form Depot gives out. */
bool depot_is_usual_id(struct text id);

/* Warns of an id of another form, which is passed on all the same (rule "project-id"). */
void depot_check_id(struct arena *arena, struct text id, struct place place, struct diagnostics *diagnostics);

#endif
