#include "repo/files_before.h"

#include "base/path.h"
#include "repo/git.h"

#include <stdlib.h>

#define LINK_LIMIT 40
#define FETCH_SECONDS 30

static bool begin(struct files_before *before) {
    static const char *const arguments[] = {"cat-file", "--batch", NULL};
    struct git_call call = {
        .arguments = arguments, .is_remote = before->may_fetch, .seconds = before->may_fetch ? FETCH_SECONDS : 0};
    if (before->process == NULL && !before->has_failed)
        before->has_failed = !git_begin_talk(before->arena, before->repository, &call, &before->process);
    return !before->has_failed;
}

/* "<id> blob <size>", or "<id> missing". */
static bool parse_answer(struct arena *arena, struct text line, size_t *out) {
    struct text id, kind, rest = text_trim(line);
    if (!text_next(&rest, ' ', &id) || !text_next(&rest, ' ', &kind) || !text_is(kind, "blob")) return false;
    *out = strtoull(text_string(arena, rest), NULL, 10);
    return true;
}

/* The answer has to be heard to its end, or the next one cannot be. */
static enum files_status ask(struct files_before *before, struct arena *arena, struct text id, size_t limit,
                             struct text *out) {
    struct buffer line = buffer_in(arena), bytes = buffer_in(arena);
    size_t size;
    if (!begin(before)) return FILES_UNREADABLE;
    struct text question = text_concat(arena, id, TEXT("\n"));
    before->has_failed = !process_say(before->process, question) || !process_hear_line(before->process, &line);
    if (before->has_failed || !parse_answer(arena, buffer_text(&line), &size)) return FILES_UNREADABLE;
    if (size > limit) {
        before->has_failed = true; /* nobody wants to read what comes now */
        return FILES_TOO_LARGE;
    }
    before->has_failed = !process_hear(before->process, size + 1, &bytes);
    if (before->has_failed) return FILES_UNREADABLE;
    *out = text_first(buffer_text(&bytes), size);
    return FILES_OK;
}

static enum files_status read_blob(struct files_before *before, struct arena *arena, const struct change *change,
                                   size_t limit, struct text *out) {
    if (!text_is_given(change->old_object)) return FILES_UNREADABLE;
    enum files_status status = ask(before, arena, change->old_object, limit, out);
    if (!before->has_failed || status != FILES_TOO_LARGE) return status;
    process_cancel(before->process); /* the next question begins a new one */
    before->process = NULL;
    before->has_failed = false;
    return status;
}

/* A link that changed is followed in the old tree; one that did not, by who reads the checkout. */
static enum files_status read_before(struct files *self, struct arena *arena, struct text path, size_t limit,
                                     const struct source **out) {
    struct files_before *before = (struct files_before *)self; /* `files` is its first member */
    struct text asked = path, bytes;
    for (int links = 0; links < LINK_LIMIT; links++) {
        const struct change *change = changes_find(before->changes, path);
        if (change == NULL) return files_read(before->now, arena, path, limit, out);
        if (change->status == CHANGE_ADDED) return FILES_MISSING;
        if (change->old_kind == PATH_SUBMODULE) return FILES_NOT_REGULAR;
        enum files_status status = read_blob(before, arena, change, limit, &bytes);
        before->is_incomplete |= status == FILES_UNREADABLE;
        if (status != FILES_OK) return status;
        if (change->old_kind != PATH_SYMLINK) {
            *out = source_create(arena, text_copy(arena, asked), bytes);
            return FILES_OK;
        }
        path = path_clean(arena, text_format(arena, "%.*s/%.*s", TEXT_ARG(path_parent(path)), TEXT_ARG(bytes)));
        if (path_is_absolute(bytes) || path_escapes(path)) return FILES_OUTSIDE;
    }
    return FILES_OUTSIDE;
}

void files_before_init(struct files_before *before, struct arena *arena, const struct repository *repository,
                       struct files *now, const struct changes *changes, bool may_fetch) {
    *before = (struct files_before){.files = {.read = read_before},
                                    .now = now,
                                    .repository = repository,
                                    .changes = changes,
                                    .may_fetch = may_fetch,
                                    .arena = arena};
}

void files_before_finish(struct files_before *before) {
    process_cancel(before->process);
    before->process = NULL;
}
