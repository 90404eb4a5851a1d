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

static void add_blocks(struct bake_scope *scope, const struct hcl_body *body, struct bake_model *out) {
    for (size_t i = 0; i < body->blocks.count; i++) {
        const struct hcl_block *block = body->blocks.items[i];
        if (text_is(block->type, "target")) {
            struct bake_target *target = bake_target_read(scope, block);
            if (target != NULL) list_add(scope->arena, &out->targets, target);
        } else if (text_is(block->type, "group")) {
            struct bake_group *group = bake_group_read(scope, block);
            if (group != NULL) list_add(scope->arena, &out->groups, group);
        } else if (!text_is(block->type, "variable") && !text_is(block->type, "function")) {
            report_unknown(scope, block);
        }
    }
}

bool bake_read(struct arena *arena, struct files *files, const struct texts *paths, struct diagnostics *diagnostics,
               struct bake_model *out) {
    struct diagnostics found = diag_in(diagnostics->arena);
    struct bake_scope scope = {.arena = arena, .diagnostics = &found};
    struct hcl_body *bodies = arena_array(arena, paths->count, sizeof(*bodies));
    struct bake_model none = {0}, blocks = {0};
    for (size_t i = 0; i < paths->count; i++)
        bake_document_read(arena, files, paths->items[i], &found, &bodies[i]);
    bool is_read = !diag_has_errors(&found);
    for (size_t i = 0; is_read && i < paths->count; i++)
        add_names(&scope, &bodies[i]);
    if (is_read) bake_scope_check(&scope);
    for (size_t i = 0; is_read && i < paths->count; i++)
        add_blocks(&scope, &bodies[i], &blocks);
    bool ok = !diag_has_errors(&found);
    for (size_t i = 0; i < found.list.count; i++)
        list_add(diagnostics->arena, &diagnostics->list, found.list.items[i]);
    if (ok) bake_merge(arena, &none, &blocks, out);
    return ok;
}
