#include "repo/files_base.h"

#include "repo/git.h"

/* Bytes of all paths of a tree. */
#define LISTING_LIMIT ((size_t)256 * 1024 * 1024)

static enum files_status read_base(struct files *self, struct arena *arena, struct text path, size_t limit,
                                   const struct source **out) {
    const struct files_base *base = (const struct files_base *)self; /* `files` is its first member */
    if (!map_has(&base->paths, path)) return FILES_MISSING;
    struct text bytes, name = text_format(arena, "%.*s:%.*s", TEXT_ARG(base->revision), TEXT_ARG(path));
    if (!git_blob(arena, base->repository, name, limit, &bytes)) return FILES_UNREADABLE;
    *out = source_create(arena, text_copy(arena, path), bytes);
    return FILES_OK;
}

bool files_base_init(struct files_base *base, struct arena *arena, const struct repository *repository,
                     struct text revision) {
    *base = (struct files_base){.files = {.read = read_base}, .repository = repository, .revision = revision};
    struct text tree = text_concat(arena, revision, TEXT("^{tree}"));
    const char *const arguments[] = {"ls-tree", "-r", "-z", "--name-only", "--full-tree", text_string(arena, tree),
                                     NULL};
    struct process_result result;
    if (revision.len == 0 || revision.ptr[0] == '-' || !git_run(arena, repository, arguments, LISTING_LIMIT, &result))
        return false;
    struct text rest = result.output, path;
    while (text_next(&rest, '\0', &path))
        if (path.len > 0) map_set(arena, &base->paths, path, base);
    return true;
}
