#include "repo/files_checkout.h"

#include "repo/beneath.h"
#include "repo/git.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

static enum files_status status_of(int error) {
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
        return FILES_MISSING;
    case EXDEV:
    case ELOOP:
        return FILES_OUTSIDE;
    case ENXIO: /* a socket, or a device that is not there */
    case ENODEV:
    case EISDIR:
        return FILES_NOT_REGULAR;
    default:
        return FILES_UNREADABLE;
    }
}

/* Reads `size` bytes, or fewer when the file has become shorter; at the full size the end is not asked for. */
static enum files_status read_bytes(struct arena *arena, int fd, size_t size, struct text *out) {
    char *bytes = arena_alloc(arena, size);
    size_t len = 0;
    while (len < size) {
        ssize_t got = read(fd, bytes + len, size - len);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return status_of(errno);
        if (got == 0) break;
        len += (size_t)got;
    }
    *out = text_of(bytes, len);
    return FILES_OK;
}

/* What is read short of a page has been read to its end, which spares a call for each of thousands of small files. */
static bool read_small(struct arena *arena, int fd, size_t limit, struct text *out) {
    char page[4096];
    ssize_t got = read(fd, page, sizeof(page));
    if (got <= 0 || (size_t)got >= sizeof(page) || (size_t)got > limit) return false;
    *out = text_copy(arena, text_of(page, (size_t)got));
    return true;
}

static enum files_status read_open(struct arena *arena, int fd, size_t limit, struct text *out) {
    struct stat status;
    if (read_small(arena, fd, limit, out)) return FILES_OK;
    if (fstat(fd, &status) != 0) return FILES_UNREADABLE;
    if (!S_ISREG(status.st_mode)) return FILES_NOT_REGULAR;
    if ((uintmax_t)status.st_size > limit) return FILES_TOO_LARGE;
    if (lseek(fd, 0, SEEK_SET) != 0) return status_of(errno);
    return read_bytes(arena, fd, (size_t)status.st_size, out);
}

static enum files_status read_disk(const struct repository *repository, struct arena *arena, struct text path,
                                   size_t limit, struct text *out) {
    int fd = beneath_open(repository->root_fd, path);
    if (fd < 0) return status_of(-fd);
    enum files_status status = read_open(arena, fd, limit, out);
    close(fd);
    return status;
}

static enum files_status read_blob(const struct repository *repository, struct arena *arena, struct text object,
                                   size_t limit, struct text *out) {
    const char *const arguments[] = {"cat-file", "blob", text_string(arena, object), NULL};
    struct process_result result;
    bool is_read = git_run(arena, repository, arguments, limit, &result);
    if (result.truncated) return FILES_TOO_LARGE;
    if (!is_read) return FILES_UNREADABLE;
    *out = result.output;
    return FILES_OK;
}

static enum files_status read_file(struct files *self, struct arena *arena, struct text path, size_t limit,
                                   const struct source **out) {
    const struct files_checkout *checkout =
        (const struct files_checkout *)((char *)self - offsetof(struct files_checkout, files));
    const struct text *object = map_find(&checkout->skipped, path);
    struct text bytes;
    enum files_status status = object != NULL ? read_blob(checkout->repository, arena, *object, limit, &bytes)
                                              : read_disk(checkout->repository, arena, path, limit, &bytes);
    if (status == FILES_OK) *out = source_create(arena, text_copy(arena, path), bytes);
    return status;
}

void files_checkout_init(struct files_checkout *checkout, const struct repository *repository) {
    *checkout = (struct files_checkout){.files = {.read = read_file}, .repository = repository};
}

void files_checkout_skip(struct files_checkout *checkout, struct arena *arena, struct text path,
                         const unsigned char *object) {
    static const char digits[] = "0123456789abcdef";
    assert(object != NULL && "only git has files that are not on disk");
    size_t len = checkout->repository->object_format == OBJECT_SHA256 ? 32 : 20;
    char *hex = arena_alloc(arena, 2 * len);
    for (size_t i = 0; i < len; i++) {
        hex[2 * i] = digits[object[i] >> 4];
        hex[2 * i + 1] = digits[object[i] & 15];
    }
    struct text *text = arena_alloc(arena, sizeof(*text));
    *text = text_of(hex, 2 * len);
    map_set(arena, &checkout->skipped, text_copy(arena, path), text);
}
