#include "model/ignore_file.h"

#include "base/path.h"

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

bool ignore_file_read(struct arena *arena, struct files *files, struct text dockerfile, struct text context,
                      struct diagnostics *diagnostics, struct ignore_file *out) {
    bool ok = true;
    *out = (struct ignore_file){0};
    if (text_is_given(dockerfile)) {
        struct text path = text_concat(arena, dockerfile, TEXT(IGNORE_NAME));
        if (try(arena, files, path, diagnostics, out, &ok)) return ok;
    }
    try(arena, files, path_join(arena, context, TEXT(IGNORE_NAME)), diagnostics, out, &ok);
    return ok;
}
