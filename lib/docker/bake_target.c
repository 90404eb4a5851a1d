#include "docker/bake_target.h"

#include "base/typo.h"
#include "docker/bake_attribute.h"
#include "docker/bake_matrix.h"

#include <stddef.h>
#include <stdio.h>

struct field {
    const char *name;
    void (*read)(struct bake_attribute *attribute, void *out);
    size_t offset;
    bool is_dropped; /* `depot bake` does not read it */
};

#define TARGET(name, read, member)                                                                                     \
    { name, read, offsetof(struct bake_target, member), false }
#define DROPPED(name, read, member)                                                                                    \
    { name, read, offsetof(struct bake_target, member), true }

/* bake.go Target. */
static const struct field target_fields[] = {
    TARGET("args", bake_read_pairs, args),
    TARGET("attest", bake_read_attest, attest),
    TARGET("cache-from", bake_read_cache, cache_from),
    TARGET("cache-to", bake_read_cache, cache_to),
    TARGET("context", bake_read_text, context),
    TARGET("contexts", bake_read_contexts, contexts),
    TARGET("description", bake_read_text, description),
    TARGET("dockerfile", bake_read_text, dockerfile),
    TARGET("dockerfile-inline", bake_read_text, dockerfile_inline),
    TARGET("inherits", bake_read_names, inherits),
    TARGET("labels", bake_read_pairs, labels),
    TARGET("network", bake_read_text, network),
    TARGET("no-cache", bake_read_switch, no_cache),
    TARGET("no-cache-filter", bake_read_list, no_cache_filter),
    TARGET("output", bake_read_output, output),
    TARGET("platforms", bake_read_list, platforms),
    TARGET("project_id", bake_read_text, project_id),
    TARGET("pull", bake_read_switch, pull),
    TARGET("secret", bake_read_secrets, secrets),
    TARGET("shm-size", bake_read_text, shm_size),
    TARGET("ssh", bake_read_ssh, ssh),
    TARGET("tags", bake_read_list, tags),
    TARGET("target", bake_read_text, target),
    DROPPED("annotations", bake_read_list, annotations),
    DROPPED("call", bake_read_text, call),
    DROPPED("entitlements", bake_read_list, entitlements),
    DROPPED("extra-hosts", bake_read_pairs, extra_hosts),
    DROPPED("ulimits", bake_read_list, ulimits),
    {NULL, NULL, 0, false},
};

static const struct field group_fields[] = {
    {"description", bake_read_text, offsetof(struct bake_group, description), false},
    {"targets", bake_read_names, offsetof(struct bake_group, targets), false},
    {NULL, NULL, 0, false},
};

bool bake_is_name(struct text name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && c != '_' && c != '-') return false;
    }
    return name.len > 0;
}

/* ---- keys that nobody reads ---- */

static const char *other_spelling(struct text key) {
    static const char *const spellings[][2] = {
        {"project-id", "project_id"},
        {"secrets", "secret"},
        {"platform", "platforms"},
        {"outputs", "output"},
        {"arg", "args"},
        {"build-args", "args"},
        {"tag", "tags"},
        {"label", "labels"},
        {"additional_contexts", "contexts"},
        {"dockerfile_inline", "dockerfile-inline"},
        {"file", "dockerfile"},
    };
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
        if (text_is(key, spellings[i][0])) return spellings[i][1];
    return NULL;
}

static struct text nearest_key(struct bake_scope *scope, struct text key, const struct field *fields) {
    const char *known = other_spelling(key);
    struct texts candidates = {0};
    if (known != NULL && fields == target_fields) return text_from(known);
    if (key.len > 40 || scope->unknown >= BAKE_UNKNOWN_LIMIT) return (struct text){0};
    for (; fields->name != NULL; fields++)
        texts_add(scope->arena, &candidates, text_from(fields->name));
    return typo_nearest(key, &candidates);
}

static void report_unknown(struct bake_scope *scope, struct place place, struct text key, const char *block,
                           struct text nearest) {
    struct text shown = text_printable(scope->arena, text_first(key, 100));
    if (scope->is_repeated || scope->unknown++ >= BAKE_UNKNOWN_LIMIT) return;
    if (text_is_given(nearest)) {
        diag_add(scope->diagnostics, DIAG_WARNING, "bake-key-unknown", place,
                 "bake does not read '%.*s' of a %s; did you mean '%.*s'?", TEXT_ARG(shown), block, TEXT_ARG(nearest));
    } else {
        diag_add(scope->diagnostics, DIAG_WARNING, "bake-key-unknown", place, "bake does not read '%.*s' of a %s",
                 TEXT_ARG(shown), block);
    }
}

static bool is_of_newer_bake(struct text key) {
    return text_is(key, "policy") || text_is(key, "resources");
}

static void report_dropped(struct bake_scope *scope, const struct hcl_pair *pair) {
    if (scope->is_repeated) return;
    diag_add(scope->diagnostics, DIAG_NOTE, "bake-key-dropped", pair->place,
             "'depot bake' does not read '%.*s', 'docker buildx bake' does", TEXT_ARG(pair->name));
}

/* ---- blocks ---- */

static const struct field *find_field(const struct field *fields, struct text name) {
    for (; fields->name != NULL; fields++)
        if (text_is(name, fields->name)) return fields;
    return NULL;
}

static bool read_field(struct bake_scope *scope, const struct hcl_pair *pair, const struct field *fields, void *out,
                       struct list *open) {
    const struct field *field = find_field(fields, pair->name);
    if (field == NULL) return false;
    struct bake_attribute attribute = {.scope = scope, .open = open, .name = field->name, .value = pair->value};
    snprintf(attribute.quoted, sizeof(attribute.quoted), "'%s'", field->name);
    if (field->is_dropped) report_dropped(scope, pair);
    field->read(&attribute, (char *)out + field->offset);
    return true;
}

/* A nested block is dropped without a word, and so what was meant as `args = {` is. */
static void report_blocks(struct bake_scope *scope, const struct hcl_block *block) {
    for (size_t i = 0; i < block->body->blocks.count; i++) {
        const struct hcl_block *inner = block->body->blocks.items[i];
        if (scope->is_repeated || scope->unknown++ >= BAKE_UNKNOWN_LIMIT) return;
        struct text shown = text_printable(scope->arena, text_first(inner->type, 100));
        diag_add(scope->diagnostics, DIAG_WARNING, "bake-key-unknown", inner->place,
                 "bake does not read the block '%.*s' of a %.*s; an attribute is written '%.*s = '", TEXT_ARG(shown),
                 TEXT_ARG(block->type), TEXT_ARG(shown));
    }
}

static bool check_name(struct bake_scope *scope, const struct hcl_block *block) {
    if (block->labels.count == 0) {
        bake_refuse(scope->diagnostics, block->place, "a %.*s needs a name", TEXT_ARG(block->type));
    } else if (block->labels.count > 1) {
        bake_refuse(scope->diagnostics, block->place, "a %.*s has one name only", TEXT_ARG(block->type));
    } else if (!bake_is_name(block->labels.items[0])) {
        bake_refuse(scope->diagnostics, block->place, "the name of a %.*s is made of letters, digits, '_' and '-'",
                    TEXT_ARG(block->type));
    } else {
        return true;
    }
    return false;
}

static struct bake_target *new_target(struct bake_scope *scope, const struct hcl_block *block, struct list *out) {
    struct bake_target *target = arena_alloc(scope->arena, sizeof(*target));
    *target = (struct bake_target){.name = block->labels.items[0], .place = block->place};
    list_add(scope->arena, out, target);
    return target;
}

static void read_target(struct bake_scope *scope, const struct hcl_block *block, struct list *out) {
    struct bake_target *target = new_target(scope, block, out);
    report_blocks(scope, block);
    for (size_t i = 0; i < block->body->attributes.count; i++) {
        const struct hcl_pair *pair = block->body->attributes.items[i];
        if (read_field(scope, pair, target_fields, target, &target->open)) continue;
        if (is_of_newer_bake(pair->name)) report_dropped(scope, pair);
        if (is_of_newer_bake(pair->name)) continue;
        report_unknown(scope, pair->place, pair->name, "target", nearest_key(scope, pair->name, target_fields));
    }
}

/* What is wrong with one variant is mostly wrong with all. */
static void read_variants(struct bake_scope *scope, const struct list *variants, struct list *out) {
    for (size_t i = 0; i < variants->count && !diag_has_errors(scope->diagnostics); i++) {
        scope->is_repeated = i > 0;
        read_target(scope, variants->items[i], out);
    }
    scope->is_repeated = false;
}

void bake_targets_read(struct bake_scope *scope, const struct hcl_block *block, struct list *out) {
    struct list variants = {0};
    struct bake_open open;
    if (!check_name(scope, block)) return;
    switch (bake_matrix_expand(scope, block, &variants, &open)) {
    case BAKE_MATRIX_NONE:
        read_target(scope, block, out);
        break;
    case BAKE_MATRIX_KNOWN:
        read_variants(scope, &variants, out);
        break;
    case BAKE_MATRIX_OPEN: {
        struct bake_target *target = new_target(scope, block, out);
        report_blocks(scope, block);
        bake_add_open(scope->arena, &target->open, open.attribute.ptr, (struct text){0}, open.what, open.place);
        break;
    }
    case BAKE_MATRIX_WRONG:
        break;
    }
}

struct bake_group *bake_group_read(struct bake_scope *scope, const struct hcl_block *block) {
    if (!check_name(scope, block)) return NULL;
    struct bake_group *group = arena_alloc(scope->arena, sizeof(*group));
    *group = (struct bake_group){.name = block->labels.items[0], .place = block->place};
    report_blocks(scope, block);
    if (hcl_find(block->body, "targets") == NULL)
        bake_refuse(scope->diagnostics, block->place, "the group has no 'targets'");
    for (size_t i = 0; i < block->body->attributes.count; i++) {
        const struct hcl_pair *pair = block->body->attributes.items[i];
        if (read_field(scope, pair, group_fields, group, &group->open)) continue;
        if (text_is(pair->name, "name") || text_is(pair->name, "matrix"))
            bake_refuse(scope->diagnostics, pair->place, "a group has no '%.*s'", TEXT_ARG(pair->name));
        else
            report_unknown(scope, pair->place, pair->name, "group", nearest_key(scope, pair->name, group_fields));
    }
    return group;
}
