#include "base/files.h"

enum files_status files_read(struct files *files, struct arena *arena, struct text path, size_t limit,
                             const struct source **out) {
    return files->read(files, arena, path, limit, out);
}

static struct text size_words(struct arena *arena, size_t size) {
    const size_t kibi = 1024, mebi = kibi * kibi;
    return size % mebi == 0 ? text_format(arena, "%zu MiB", size / mebi) : text_format(arena, "%zu KiB", size / kibi);
}

struct text files_reason(struct arena *arena, enum files_status status, size_t limit) {
    switch (status) {
    case FILES_OK:
        return TEXT("was read");
    case FILES_MISSING:
        return TEXT("does not exist");
    case FILES_TOO_LARGE: {
        struct text size = size_words(arena, limit);
        return text_format(arena, "is larger than %.*s, the most that is read", TEXT_ARG(size));
    }
    case FILES_NOT_REGULAR:
        return TEXT("is not a regular file");
    case FILES_OUTSIDE:
        return TEXT("is a symbolic link that leaves the repository or never ends");
    case FILES_UNREADABLE:
        break;
    }
    return TEXT("cannot be read");
}

static enum files_status read_memory(struct files *self, struct arena *arena, struct text path, size_t limit,
                                     const struct source **out) {
    (void)arena;
    const struct files_memory *memory = (const struct files_memory *)self; /* `files` is its first member */
    const struct source *source = map_find(&memory->sources, path);
    if (source == NULL) return FILES_MISSING;
    if (source->bytes.len > limit) return FILES_TOO_LARGE;
    *out = source;
    return FILES_OK;
}

void files_memory_init(struct files_memory *memory) {
    *memory = (struct files_memory){.files = {.read = read_memory}};
}

void files_memory_add(struct files_memory *memory, struct arena *arena, struct text path, struct text bytes) {
    map_set(arena, &memory->sources, path, source_create(arena, path, bytes));
}
