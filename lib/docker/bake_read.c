#include "docker/bake.h"

#include "base/typo.h"
#include "docker/bake_document.h"
#include "docker/bake_scope.h"
#include "docker/bake_target.h"

const char *const bake_file_names[] = {"docker-bake.json", "docker-bake.hcl", "docker-bake.override.json",
                                       "docker-bake.override.hcl", NULL};

static void report_unknown(struct bake_scope *scope, const struct hcl_block *block) {
    static const char *const known[] = {"target", "group", "variable", "function"};
    struct texts candidates = {0};
    if (scope->unknown++ >= BAKE_UNKNOWN_LIMIT) return;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        texts_add(scope->arena, &candidates, text_from(known[i]));
    struct text shown = text_printable(scope->arena, text_first(block->type, 100));
    struct text nearest = typo_nearest(text_first(block->type, 40), &candidates);
    bool is_near = text_is_given(nearest);
    diag_add(scope->diagnostics, DIAG_WARNING, "bake-key-unknown", block->place,
             "bake does not read the block '%.*s'%s%.*s%s", TEXT_ARG(shown), is_near ? "; did you mean '" : "",
             (int)nearest.len, is_near ? nearest.ptr : "", is_near ? "'?" : "");
}

/* Names of all files come first: a file may use what a later one defines. */
static void add_names(struct bake_scope *scope, const struct hcl_body *body) {
    for (size_t i = 0; i < body->attributes.count; i++)
        bake_scope_add_attribute(scope, body->attributes.items[i]);
    for (size_t i = 0; i < body->blocks.count; i++) {
        const struct hcl_block *block = body->blocks.items[i];
        bool is_variable = text_is(block->type, "variable");
        if (is_variable && block->labels.count == 1) bake_scope_add_variable(scope, block);
        if (is_variable && block->labels.count != 1)
            bake_refuse(scope->diagnostics, block->place, "a variable has one name");
    }
}

/* The targets that blocks of one name came to. */
static void add_targets(struct bake_scope *scope, const struct hcl_block *block, struct map *renamed,
                        struct bake_model *out) {
    size_t before = out->targets.count;
    bake_targets_read(scope, block, &out->targets);
    if (block->labels.count != 1) return;
    struct texts *names = map_find(renamed, block->labels.items[0]);
    if (names == NULL) names = arena_alloc(scope->arena, sizeof(*names));
    for (size_t i = before; i < out->targets.count; i++)
        texts_add(scope->arena, names, ((const struct bake_target *)out->targets.items[i])->name);
    map_set(scope->arena, renamed, block->labels.items[0], names);
}

static void add_blocks(struct bake_scope *scope, const struct hcl_body *body, struct map *renamed,
                       struct bake_model *out) {
    for (size_t i = 0; i < body->blocks.count; i++) {
        const struct hcl_block *block = body->blocks.items[i];
        if (text_is(block->type, "target")) {
            add_targets(scope, block, renamed, out);
        } else if (text_is(block->type, "group")) {
            struct bake_group *group = bake_group_read(scope, block);
            if (group != NULL) list_add(scope->arena, &out->groups, group);
        } else if (!text_is(block->type, "variable") && !text_is(block->type, "function")) {
            report_unknown(scope, block);
        }
    }
}

static struct texts unique(struct arena *arena, const struct texts *names) {
    struct texts result = {0};
    struct map seen = {0};
    for (size_t i = 0; i < names->count; i++) {
        if (map_has(&seen, names->items[i])) continue;
        map_set(arena, &seen, names->items[i], &names->items[i]);
        texts_add(arena, &result, names->items[i]);
    }
    return result;
}

/* The variants of a matrix are a group of the block's name, and one that the file has beats it. */
static void add_groups(struct bake_scope *scope, const struct map *renamed, struct bake_model *out) {
    struct map known = {0};
    for (size_t i = 0; i < out->groups.count; i++)
        map_set(scope->arena, &known, ((struct bake_group *)out->groups.items[i])->name, out->groups.items[i]);
    for (size_t i = 0; i < renamed->count; i++) {
        struct text name = renamed->entries[i].key;
        struct texts names = unique(scope->arena, renamed->entries[i].value);
        bool is_itself = names.count == 1 && text_equal(names.items[0], name);
        if (names.count == 0 || is_itself || map_has(&known, name)) continue;
        struct bake_group *group = arena_alloc(scope->arena, sizeof(*group));
        *group = (struct bake_group){.name = name, .targets = {.texts = names}};
        group->place = bake_find_target(out, names.items[0])->place;
        list_add(scope->arena, &out->groups, group);
    }
}

bool bake_read(struct arena *arena, struct files *files, const struct texts *paths, struct diagnostics *diagnostics,
               struct bake_model *out) {
    struct diagnostics found = diag_in(diagnostics->arena);
    struct bake_scope scope = {.arena = arena, .diagnostics = &found};
    struct hcl_body *bodies = arena_array(arena, paths->count, sizeof(*bodies));
    struct bake_model none = {0}, blocks = {0};
    struct map renamed = {0};
    for (size_t i = 0; i < paths->count; i++)
        bake_document_read(arena, files, paths->items[i], &found, &bodies[i]);
    bool is_read = !diag_has_errors(&found);
    for (size_t i = 0; is_read && i < paths->count; i++)
        add_names(&scope, &bodies[i]);
    if (is_read) bake_scope_check(&scope);
    for (size_t i = 0; is_read && i < paths->count; i++)
        add_blocks(&scope, &bodies[i], &renamed, &blocks);
    add_groups(&scope, &renamed, &blocks);
    bool ok = !diag_has_errors(&found);
    for (size_t i = 0; i < found.list.count; i++)
        list_add(diagnostics->arena, &diagnostics->list, found.list.items[i]);
    if (ok) bake_merge(arena, &none, &blocks, out);
    return ok;
}
