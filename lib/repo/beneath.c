#include "repo/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
#define GO_ON INT_MIN /* neither a descriptor nor an error */
#define LINKS_MAX 40
#define DEPTH_MAX 128
#define ATTEMPTS 8 /* openat2 gives EAGAIN when a directory is renamed meanwhile */

/* A directory on the way needs the right to be passed, not to be listed. */
#if defined(O_PATH)
#define PASS_FLAGS (O_PATH | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW)
#elif defined(O_SEARCH)
#define PASS_FLAGS (O_SEARCH | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW)
#else
#define PASS_FLAGS (O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW)
#endif

/* A path that is taken apart from the front; targets of links are put before what is left. */
struct way {
    int fds[DEPTH_MAX]; /* fds[0] is the root's, which is not ours to close */
    int depth;          /* the last fd in use */
    int links;
    size_t at; /* of the rest in `path`, which ends at the end of the array */
    char path[PATH_MAX];
};

static bool prepend(struct way *way, const char *bytes, size_t len) {
    if (len > way->at) return false;
    way->at -= len;
    memcpy(way->path + way->at, bytes, len);
    return true;
}

/* The next element as a C string; slashes after it are gone too, and `*is_last` tells whether anything follows. */
static char *take_element(struct way *way, bool *is_last) {
    while (way->path[way->at] == '/')
        way->at++;
    char *element = way->path + way->at;
    size_t len = strcspn(element, "/");
    way->at += len;
    if (way->path[way->at] == '/') way->path[way->at++] = '\0';
    *is_last = way->path[way->at] == '\0';
    return element;
}

static int leave(struct way *way) {
    if (way->depth == 0) return -EXDEV;
    close(way->fds[way->depth--]);
    return GO_ON;
}

/* The element may be a link: GO_ON when it was one and its target stands before the rest now, else `error`. */
static int follow(struct way *way, const char *element, bool is_last, int error) {
    char target[PATH_MAX];
    ssize_t len = readlinkat(way->fds[way->depth], element, target, sizeof(target) - 1);
    if (len < 0) return error;
    if (++way->links > LINKS_MAX) return -ELOOP;
    if (len == 0 || target[0] == '/') return len == 0 ? -ENOENT : -EXDEV;
    if (!is_last) target[len++] = '/';
    return prepend(way, target, (size_t)len) ? GO_ON : -ENAMETOOLONG;
}

/* Goes into the directory `element`. */
static int pass(struct way *way, const char *element) {
    int fd = openat(way->fds[way->depth], element, PASS_FLAGS);
    if (fd < 0) return follow(way, element, false, -errno);
    if (way->depth + 1 == DEPTH_MAX) {
        close(fd);
        return -ENAMETOOLONG;
    }
    way->fds[++way->depth] = fd;
    return GO_ON;
}

static int open_here(const struct way *way, const char *element) {
    int fd = openat(way->fds[way->depth], element, OPEN_FLAGS | O_NOFOLLOW);
    return fd >= 0 ? fd : -errno;
}

/* A descriptor, an error, or GO_ON. */
static int step(struct way *way) {
    bool is_last;
    const char *element = take_element(way, &is_last);
    bool is_up = strcmp(element, "..") == 0;
    if (is_up || strcmp(element, ".") == 0 || element[0] == '\0') {
        int result = is_up ? leave(way) : GO_ON;
        return result != GO_ON || !is_last ? result : open_here(way, ".");
    }
    if (!is_last) return pass(way, element);
    int fd = open_here(way, element);
    return fd >= 0 ? fd : follow(way, element, true, fd);
}

static bool is_valid(struct text path) {
    return path.len > 0 && path.len < PATH_MAX - 1 && !text_has(path, '\0');
}

int beneath_open_stepwise(int root_fd, struct text path) {
    struct way way;
    if (!is_valid(path)) return -ENOENT;
    if (path.ptr[0] == '/') return -EXDEV;
    way.fds[0] = root_fd;
    way.depth = way.links = 0;
    way.at = sizeof(way.path) - 1;
    way.path[way.at] = '\0';
    prepend(&way, path.ptr, path.len);
    int result = GO_ON;
    while (result == GO_ON)
        result = step(&way);
    while (way.depth > 0)
        leave(&way);
    return result;
}

#ifdef SYS_openat2
/* From linux/openat2.h, which older systems lack although their kernel may know the call. */
struct how {
    uint64_t flags, mode, resolve;
};
#define HOW_NO_MAGICLINKS 0x02u
#define HOW_BENEATH 0x08u

static int open_at_once(int root_fd, struct text path) {
    struct how how = {.flags = OPEN_FLAGS, .resolve = HOW_BENEATH | HOW_NO_MAGICLINKS};
    char string[PATH_MAX];
    memcpy(string, path.ptr, path.len);
    string[path.len] = '\0';
    long fd = -1;
    for (int i = 0; i < ATTEMPTS; i++) {
        fd = syscall(SYS_openat2, root_fd, string, &how, sizeof(how));
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) break;
    }
    return fd >= 0 ? (int)fd : -errno;
}

int beneath_open(int root_fd, struct text path) {
    if (!is_valid(path)) return -ENOENT;
    int fd = open_at_once(root_fd, path);
    /* an old kernel, or a sandbox that knows nothing of the call (EPERM is also what some sealed files give) */
    bool is_refused = fd == -ENOSYS || fd == -EPERM || fd == -E2BIG || fd == -EINVAL || fd == -EAGAIN;
    return is_refused ? beneath_open_stepwise(root_fd, path) : fd;
}
#else
int beneath_open(int root_fd, struct text path) {
    return beneath_open_stepwise(root_fd, path);
}
#endif
