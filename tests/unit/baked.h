/*
 * baked: a table of files and what `docker buildx bake --print` says of them, for the tests of bake.
 *
 * In texts and expectations ' stands for ". What is printed is compared without its layout; a refusal is "rule@line:column" of the
 * first error; `said` is what is not known of the targets, each after a line end.
 */
#ifndef DEPOT_TESTS_BAKED_H
#define DEPOT_TESTS_BAKED_H

#include "check.h"

#include "docker/bake.h"
#include "report/bake_json.h"

struct baked_file {
    const char *path, *text;
};

struct baked_row {
    const char *what;
    struct baked_file files[3];
    const char *names;    /* with blanks between them; "" for the default */
    const char *expected; /* NULL: refused */
    const char *said;     /* NULL: nothing */
};

static struct text baked_text(struct arena *arena, const char *text) {
    char *copy = text_string(arena, text_from(text));
    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\'') *c = '"';
    return text_from(copy);
}

/* Without what stands between the tokens of JSON. */
static struct text baked_compact(struct arena *arena, struct text json) {
    struct buffer buffer = buffer_in(arena);
    bool is_inside = false;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.ptr[i];
        if (is_inside || (c != ' ' && c != '\n')) buffer_add_byte(&buffer, c);
        if (is_inside && c == '\\') buffer_add_byte(&buffer, json.ptr[++i]);
        if (c == '"') is_inside = !is_inside;
    }
    return buffer_text(&buffer);
}

static bool baked_read(struct arena *arena, const struct baked_row *row, struct diagnostics *diagnostics,
                       struct bake_model *out) {
    struct files_memory memory;
    struct texts bake = {0};
    struct compose_request request = {.is_local = true}; /* as inspect */
    struct bake_model composed = {0}, read = {0};
    files_memory_init(&memory);
    for (size_t i = 0; i < 3 && row->files[i].path != NULL; i++) {
        struct text path = text_from(row->files[i].path);
        files_memory_add(&memory, arena, path, baked_text(arena, row->files[i].text));
        bool is_compose = text_ends(path, ".yaml"),
             is_bake = text_contains(path, TEXT("bake")) || text_ends(path, "l") || text_ends(path, "n");
        if (is_compose) texts_add(arena, &request.paths, path);
        if (!is_compose && is_bake) texts_add(arena, &bake, path);
    }
    if (request.paths.count > 0) {
        struct compose_model model = {0};
        if (!compose_load(arena, &memory.files, &request, diagnostics, &model)) return false;
        if (!bake_of_compose(arena, &model, diagnostics, &composed)) return false;
    }
    if (bake.count > 0 && !bake_read(arena, &memory.files, &bake, diagnostics, &read)) return false;
    bake_merge(arena, &composed, &read, out);
    return true;
}

static struct texts baked_names(struct arena *arena, const char *names) {
    struct texts list = {0};
    struct text rest = text_from(names), name;
    while (text_next(&rest, ' ', &name))
        if (name.len > 0) texts_add(arena, &list, name);
    return list;
}

static bool baked_print(struct arena *arena, const struct baked_row *row, struct diagnostics *diagnostics,
                        struct buffer *printed, struct bake_model *out) {
    struct bake_model model, resolved;
    struct texts names = baked_names(arena, row->names);
    bool ok = baked_read(arena, row, diagnostics, &model) &&
              bake_resolve(arena, &model, &names, NULL, diagnostics, &resolved) &&
              bake_evaluate(arena, &resolved, NULL, diagnostics, out);
    if (ok) bake_json_write(printed, out);
    return ok;
}

static struct text baked_open(struct arena *arena, const struct bake_model *model) {
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < model->targets.count; i++) {
        const struct bake_target *target = model->targets.items[i];
        for (size_t j = 0; j < target->open.count; j++) {
            struct text message = bake_open_message(arena, target->open.items[j]);
            buffer_format(&buffer, "%.*s: %.*s\n", TEXT_ARG(target->name), TEXT_ARG(message));
        }
    }
    return buffer.len == 0 ? TEXT("") : buffer_text(&buffer);
}

static struct text baked_refusal(struct arena *arena, const struct diagnostics *diagnostics) {
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct diagnostic *one = diagnostics->list.items[i];
        if (one->severity == DIAG_ERROR)
            return text_format(arena, "%s@%u:%u", one->rule, (unsigned)one->place.line, (unsigned)one->place.column);
    }
    return TEXT("no error was reported");
}

__attribute__((unused)) static void baked_check(const struct baked_row *row) {
    struct arena arena;
    arena_init(&arena);
    struct diagnostics diagnostics = diag_in(&arena);
    struct buffer printed = buffer_in(&arena);
    struct bake_model model;
    if (baked_print(&arena, row, &diagnostics, &printed, &model)) {
        struct text open = baked_open(&arena, &model);
        CHECK(!diag_has_errors(&diagnostics), "%s: accepted, and nothing reported", row->what);
        CHECK(row->expected != NULL, "%s: refused", row->what);
        if (row->expected != NULL)
            CHECK_TEXT(baked_compact(&arena, buffer_text(&printed)),
                       text_string(&arena, baked_text(&arena, row->expected)), row->what);
        CHECK_TEXT(open, row->said == NULL ? "" : row->said, row->what);
    } else {
        CHECK(row->expected == NULL, "%s: accepted", row->what);
        CHECK_TEXT(baked_refusal(&arena, &diagnostics), row->said == NULL ? "" : row->said, row->what);
    }
    arena_finish(&arena);
}

#endif
