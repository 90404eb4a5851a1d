#include "repo/link.h"

#include "base/path.h"
#include "repo/beneath.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_parent(const struct repository *repository, struct text path) {
    return beneath_open(repository->root_fd, path_parent(path));
}

struct text link_read(struct arena *arena, const struct repository *repository, struct text path) {
    char target[PATH_MAX];
    int fd = open_parent(repository, path);
    if (fd < 0) return (struct text){0};
    ssize_t len = readlinkat(fd, text_string(arena, path_name(path)), target, sizeof(target));
    close(fd);
    if (len <= 0 || (size_t)len == sizeof(target)) return (struct text){0};
    return text_copy(arena, text_of(target, (size_t)len));
}

bool link_size(struct arena *arena, const struct repository *repository, struct text path, uint64_t *out) {
    struct stat status;
    int fd = open_parent(repository, path);
    if (fd < 0) return false;
    bool found = fstatat(fd, text_string(arena, path_name(path)), &status, AT_SYMLINK_NOFOLLOW) == 0;
    close(fd);
    if (found) *out = (uint64_t)status.st_size;
    return found;
}
