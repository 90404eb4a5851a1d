/*
 * bake_entry: an attestation, a cache, a secret, an ssh key or an output, from the string that a flag of `docker buildx build` takes.
 *
 * Follows util/buildflags (UnmarshalText of attests.go, cache.go, secrets.go, ssh.go, export.go) and go-csvvalue for quotes. A string
 * with references is cut where its literal part says so; where that cannot be known the answer is BAKE_ENTRY_OPEN.
 */
#ifndef DEPOT_DOCKER_BAKE_ENTRY_H
#define DEPOT_DOCKER_BAKE_ENTRY_H

#include "docker/bake.h"

enum bake_entry_kind { BAKE_ATTEST, BAKE_CACHE, BAKE_SECRET, BAKE_SSH, BAKE_OUTPUT };

enum bake_entry_status { BAKE_ENTRY_OK, BAKE_ENTRY_OPEN, BAKE_ENTRY_WRONG };

/*
 * Adds what the string says to a list of struct bake_entry: nothing for an empty one, several for references of a cache. `problem`: when
 * it is wrong, the end of a sentence that begins with the string.
 */
enum bake_entry_status bake_entry_parse(struct arena *arena, enum bake_entry_kind kind, const struct value *value,
                                        struct list *out, const char **problem);

/* One attribute; pairs stay sorted, and a name that is there already is replaced unless it is "paths". */
void bake_entry_set(struct arena *arena, struct bake_entry *entry, const char *name, const struct value *value);
void bake_entry_set_text(struct arena *arena, struct bake_entry *entry, struct text name, const struct value *value);

/* NULL when it has no attribute of this name. */
const struct value *bake_entry_find(const struct bake_entry *entry, const char *name);

/* What bake asks of one that is written as an object; NULL when it is well, else the end of a sentence. */
const char *bake_entry_problem(enum bake_entry_kind kind, const struct bake_entry *entry);

/* Appends as bake does: a later one of the same type (attest) or id (secret, ssh) takes the place of the one before it, equal ones go. */
void bake_entries_merge(struct arena *arena, enum bake_entry_kind kind, struct list *list, const struct list *more);

#endif
