/* bake_fields: the attributes of a target as a table, for whoever does the same with each. */
#ifndef DEPOT_DOCKER_BAKE_FIELDS_H
#define DEPOT_DOCKER_BAKE_FIELDS_H

#include "docker/bake.h"
#include "docker/bake_entry.h"

/* What a later one does to an earlier one: pairs are merged by name; the rest is in the name. */
enum bake_field_kind {
    BAKE_VALUE,
    BAKE_SWITCH,
    BAKE_PAIRS,
    BAKE_CONTEXTS, /* pairs, and an empty value takes one away */
    BAKE_LIST_REPLACED,
    BAKE_LIST_ADDED,
    BAKE_ENTRIES_REPLACED,
    BAKE_ENTRIES_ADDED,
};

struct bake_field {
    const char *name;
    enum bake_field_kind kind;
    size_t offset;
    enum bake_entry_kind entry;
};

/* Ends with one without a name. */
extern const struct bake_field bake_fields[];

/* The member of a target that a field is about. */
static inline void *bake_member(const struct bake_target *target, const struct bake_field *field) {
    return (char *)target + field->offset;
}

/* How much `over` on top of a target copies and compares. */
size_t bake_merge_work(const struct bake_target *target, const struct bake_target *over);

/* Changes `target`, and nothing that it shares with others. */
void bake_merge_target(struct arena *arena, struct bake_target *target, const struct bake_target *over);

void bake_append(struct arena *arena, struct list *list, const struct list *more);

#endif
