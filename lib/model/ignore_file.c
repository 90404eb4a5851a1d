#include "model/ignore_file.h"

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
