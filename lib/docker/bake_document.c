#include "docker/bake_document.h"

#include "docker/bake.h"
#include "docker/bake_scope.h"

struct document {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct hcl_body body;
    bool is_valid;
};

static bool is_block(struct text name) {
    return text_is(name, "variable") || text_is(name, "function") || text_is(name, "target") || text_is(name, "group");
}

static void refuse(struct document *document, struct place place, const char *problem) {
    bake_refuse(document->diagnostics, place, "%s", problem);
    document->is_valid = false;
}

/* Each name once, and no comments. */
static void add_attribute(struct document *document, struct map *names, struct hcl_body *body,
                          const struct hcl_pair *pair) {
    if (text_is(pair->name, "//")) return;
    if (map_has(names, pair->name)) refuse(document, pair->place, "this key is there a second time");
    map_set(document->arena, names, pair->name, (void *)pair);
    list_add(document->arena, &body->attributes, (void *)pair);
}

static void add_block(struct document *document, struct text type, const struct hcl_pair *labelled,
                      const struct hcl_expression *object) {
    struct hcl_block *block = arena_alloc(document->arena, sizeof(*block));
    struct hcl_body *body = arena_alloc(document->arena, sizeof(*body));
    struct map names = {0};
    *block = (struct hcl_block){.type = type, .place = labelled->place, .body = body};
    texts_add(document->arena, &block->labels, labelled->name);
    for (size_t i = 0; i < object->items.count; i++)
        add_attribute(document, &names, body, object->items.items[i]);
    list_add(document->arena, &document->body.blocks, block);
}

/* Calls `take` for an object, or each of a list of them. */
static void each_object(struct document *document, const struct hcl_expression *value, struct text type,
                        const struct hcl_pair *labelled,
                        void (*take)(struct document *document, struct text type, const struct hcl_pair *labelled,
                                     const struct hcl_expression *object)) {
    if (value->kind == HCL_NULL) return;
    if (value->kind == HCL_OBJECT) {
        take(document, type, labelled, value);
    } else if (value->kind != HCL_LIST) {
        refuse(document, value->place, "an object is missing here");
    } else {
        for (size_t i = 0; i < value->items.count; i++) {
            const struct hcl_expression *item = value->items.items[i];
            if (item->kind != HCL_OBJECT) refuse(document, item->place, "an object is missing here");
            if (item->kind == HCL_OBJECT) take(document, type, labelled, item);
        }
    }
}

static void add_blocks(struct document *document, struct text type, const struct hcl_pair *unused,
                       const struct hcl_expression *object) {
    (void)unused;
    for (size_t i = 0; i < object->items.count; i++) {
        const struct hcl_pair *labelled = object->items.items[i];
        each_object(document, labelled->value, type, labelled, add_block);
    }
}

static void add_root(struct document *document, struct text type, const struct hcl_pair *labelled,
                     const struct hcl_expression *object) {
    struct map names = {0};
    (void)type, (void)labelled;
    for (size_t i = 0; i < object->items.count; i++) {
        const struct hcl_pair *pair = object->items.items[i];
        if (is_block(pair->name)) {
            each_object(document, pair->value, pair->name, NULL, add_blocks);
        } else {
            add_attribute(document, &names, &document->body, pair);
        }
    }
}

static bool read_json(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                      struct hcl_body *out) {
    struct document document = {.arena = arena, .diagnostics = diagnostics, .is_valid = true};
    const struct hcl_expression *root = hcl_read_json(arena, source, diagnostics);
    if (root == NULL) return false;
    each_object(&document, root, (struct text){0}, NULL, add_root);
    if (document.is_valid) *out = document.body;
    return document.is_valid;
}

/* HCL, or else JSON; what HCL says is reported when it is neither. */
static bool read_either(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                        struct hcl_body *out) {
    struct diagnostics as_hcl = diag_in(arena), as_json = diag_in(arena);
    if (hcl_read(arena, source, &as_hcl, out)) return true;
    if (hcl_read_json(arena, source, &as_json) != NULL) return read_json(arena, source, diagnostics, out);
    for (size_t i = 0; i < as_hcl.list.count; i++)
        list_add(diagnostics->arena, &diagnostics->list, as_hcl.list.items[i]);
    return false;
}

bool bake_document_read(struct arena *arena, struct files *files, struct text path, struct diagnostics *diagnostics,
                        struct hcl_body *out) {
    const struct source *source = NULL;
    enum files_status status = files_read(files, arena, path, BAKE_SIZE_LIMIT, &source);
    if (status != FILES_OK) {
        struct text reason = files_reason(arena, status, BAKE_SIZE_LIMIT), shown = text_printable(arena, path);
        struct place place = source_whole(source_create(arena, path, TEXT("")));
        diag_add(diagnostics, DIAG_ERROR, "bake-unreadable", place, "'%.*s' %.*s", TEXT_ARG(shown), TEXT_ARG(reason));
        return false;
    }
    if (text_ends(path, ".json")) return read_json(arena, source, diagnostics, out);
    if (text_ends(path, ".hcl")) return hcl_read(arena, source, diagnostics, out);
    return read_either(arena, source, diagnostics, out);
}
