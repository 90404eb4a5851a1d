/*
 * bake_attribute: one attribute of a target, by the type that bake reads it as.
 *
 * What is not known goes to `open`, what bake refuses is reported, and `out` holds the rest. null gives nothing.
 */
#ifndef DEPOT_DOCKER_BAKE_ATTRIBUTE_H
#define DEPOT_DOCKER_BAKE_ATTRIBUTE_H

#include "docker/bake.h"
#include "docker/bake_scope.h"

struct bake_attribute {
    struct bake_scope *scope;
    struct list *open;
    const char *name;
    char quoted[40]; /* "'cache-from'", for messages */
    const struct hcl_expression *value;
};

void bake_read_text(struct bake_attribute *attribute, void *out);     /* const struct value * */
void bake_read_switch(struct bake_attribute *attribute, void *out);   /* enum bake_switch */
void bake_read_list(struct bake_attribute *attribute, void *out);     /* struct list of const struct value */
void bake_read_names(struct bake_attribute *attribute, void *out);    /* struct bake_names */
void bake_read_pairs(struct bake_attribute *attribute, void *out);    /* struct list of struct bake_pair, by name */
void bake_read_contexts(struct bake_attribute *attribute, void *out); /* the same */

/* struct list of struct bake_entry */
void bake_read_attest(struct bake_attribute *attribute, void *out);
void bake_read_cache(struct bake_attribute *attribute, void *out);
void bake_read_secrets(struct bake_attribute *attribute, void *out);
void bake_read_ssh(struct bake_attribute *attribute, void *out);
void bake_read_output(struct bake_attribute *attribute, void *out);

/* Adds to what is not known. */
void bake_add_open(struct arena *arena, struct list *open, const char *attribute, struct text name, struct text what,
                   struct place place);

/* Keeps pairs sorted by name; the last of a name counts. */
void bake_set_pair(struct arena *arena, struct list *pairs, const struct bake_pair *pair);

#endif
