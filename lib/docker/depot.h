/*
 * depot: the project file of the Depot CLI (depot.json, depot.yml, depot.yaml).
 *
 * Read as the CLI reads it (pkg/project/config.go): YAML whatever its name, the one key
 * `id`. A number or a boolean keeps its source text. Where the CLI silently uses an empty id
 * (broken YAML, a list, null, no such key), the reason is reported.
 *
 * Limits: a file that gives a key twice is refused, where the CLI takes the last one; a
 * later document that is not well-formed spoils the first, which the CLI does not look at.
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

/* Never fails: a file without a usable id gives an absent id and a warning (rule "project-file"). */
void depot_parse(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                 struct depot_file *out);

/* Ten lower-case letters and digits, the form Depot gives out. Others are passed on with a warning. */
bool depot_is_usual_id(struct text id);

#endif
