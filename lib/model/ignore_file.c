#include "model/ignore_file.h"

#include "base/both.h"
#include "base/path.h"
#include "repo/link.h"

#define LINK_LIMIT 40

/* Where `name` in `directory` leads: links are followed as if the directory were all there is. Absent when they do not end. */
static struct text follow(struct arena *arena, const struct repository *repository, struct text directory,
                          struct text name) {
    for (size_t i = 0; i < LINK_LIMIT; i++) {
        struct text path = path_join(arena, directory, name), target = link_read(arena, repository, path);
        if (!text_is_given(target)) return path;
        struct text beside = path_is_absolute(target) ? TEXT(".") : path_parent(name);
        name = path_clamp(arena, text_format(arena, "%.*s/%.*s", TEXT_ARG(beside), TEXT_ARG(target)));
    }
    return (struct text){0};
}

/* True when the search is over: `ok` says how it went. */
static bool try(struct arena *arena, struct files *files, struct text path, struct diagnostics *diagnostics,
                struct ignore_file *out, bool *ok) {
    const struct source *source;
    enum files_status status = files_read(files, arena, path, IGNORE_SIZE_LIMIT, &source);
    *ok = true;
    if (status == FILES_MISSING || status == FILES_NOT_REGULAR) return false;
    if (status == FILES_OK) {
        *ok = ignore_parse(arena, source, diagnostics, &out->patterns);
        out->path = path;
        out->bytes = source->bytes;
        return true;
    }
    struct text reason = files_reason(arena, status, IGNORE_SIZE_LIMIT);
    diag_add(diagnostics, DIAG_ERROR, "unreadable-file", source_whole(source_create(arena, path, TEXT(""))),
             "the ignore file %.*s", TEXT_ARG(reason));
    *ok = false;
    return true;
}

bool ignore_file_read(struct arena *arena, const struct repository *repository, struct files *files,
                      struct text dockerfile, struct text context, struct diagnostics *diagnostics,
                      struct ignore_file *out) {
    bool ok = true;
    *out = (struct ignore_file){0};
    if (text_is_given(dockerfile)) {
        struct text name = text_concat(arena, path_name(dockerfile), TEXT(IGNORE_NAME));
        struct text path = follow(arena, repository, path_parent(dockerfile), name);
        if (text_is_given(path) && try(arena, files, path, diagnostics, out, &ok)) return ok;
    }
    struct text path = follow(arena, repository, context, TEXT(IGNORE_NAME));
    if (text_is_given(path)) try(arena, files, path, diagnostics, out, &ok);
    return ok;
}

/* What one thread reads, with memory of its own. */
struct reading {
    struct arena arena;
    struct files *files;
    const struct map *except;
    const struct list *wanted;
    size_t first, end;
    struct map known; /* bytes → const struct patterns */
};

static void read_plain(struct reading *reading, const struct ignore_wanted *wanted) {
    const struct source *source;
    struct diagnostics unheard = diag_in(&reading->arena);
    struct ignore_file *out = wanted->out;
    struct arena_mark mark = arena_mark(&reading->arena);
    out->path = wanted->path;
    if (files_read(reading->files, &reading->arena, wanted->path, IGNORE_SIZE_LIMIT, &source) != FILES_OK) return;
    out->patterns = map_find(&reading->known, source->bytes);
    if (out->patterns != NULL) {
        arena_release(&reading->arena, mark);
        return;
    }
    out->bytes = source->bytes;
    if (ignore_parse(&reading->arena, source, &unheard, &out->patterns))
        map_set(&reading->arena, &reading->known, source->bytes, (void *)out->patterns);
}

static void read_part(void *self) {
    struct reading *reading = self;
    for (size_t i = reading->first; i < reading->end; i++) {
        const struct ignore_wanted *wanted = reading->wanted->items[i];
        if (reading->except == NULL || !map_has(reading->except, wanted->path)) read_plain(reading, wanted);
    }
}

static void read_excepted(struct reading *reading) {
    for (size_t i = 0; reading->except != NULL && i < reading->wanted->count; i++) {
        const struct ignore_wanted *wanted = reading->wanted->items[i];
        if (map_has(reading->except, wanted->path)) read_plain(reading, wanted);
    }
}

void ignore_files_read(struct arena *arena, struct files *files, const struct map *except, const struct list *wanted) {
    size_t half = wanted->count < IGNORE_FILES_ENOUGH ? wanted->count : wanted->count / 2;
    struct reading front = {.files = files, .except = except, .wanted = wanted, .end = half}, back = front;
    arena_init(&front.arena);
    arena_init(&back.arena);
    back.first = half;
    back.end = wanted->count;
    both_run(read_part, &front, half < wanted->count ? read_part : NULL, &back);
    read_excepted(&front);
    arena_adopt(arena, &front.arena);
    arena_adopt(arena, &back.arena);
}
