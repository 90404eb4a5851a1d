#include "repo/locate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* `.git` and `commondir` files hold one path. */
#define LINK_LIMIT ((size_t)16 * 1024)

static const struct text absent = {NULL, 0};

struct text locate_variable(const char *const *environment, const char *name) {
    size_t len = strlen(name);
    for (; *environment != NULL; environment++) {
        const char *variable = *environment;
        if (strncmp(variable, name, len) != 0 || variable[len] != '=') continue;
        return variable[len + 1] == '\0' ? absent : text_from(variable + len + 1);
    }
    return absent;
}

static struct text joined(struct arena *arena, struct text base, const char *name) {
    return text_format(arena, "%.*s/%s", TEXT_ARG(base), name);
}

struct text locate_real(struct arena *arena, struct text base, struct text path) {
    bool is_absolute = path.len > 0 && path.ptr[0] == '/';
    char *string = text_string(arena, path);
    if (!is_absolute) string = text_string(arena, joined(arena, base, string));
    char *real = realpath(string, NULL);
    if (real == NULL) return absent;
    struct text copy = text_copy(arena, text_from(real));
    free(real);
    return copy;
}

static size_t read_up_to(int fd, char *bytes, size_t size) {
    size_t len = 0;
    while (len < size) {
        ssize_t got = read(fd, bytes + len, size - len);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        len += (size_t)got;
    }
    return len;
}

struct text locate_read(struct arena *arena, struct text path, size_t limit) {
    struct stat status;
    int fd = open(text_string(arena, path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return absent;
    struct text text = absent;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (size_t)status.st_size <= limit) {
        char *bytes = arena_alloc(arena, (size_t)status.st_size + 1);
        text = text_of(bytes, read_up_to(fd, bytes, (size_t)status.st_size));
    }
    close(fd);
    return text;
}

static bool is_directory(struct arena *arena, struct text path) {
    struct stat status;
    return stat(text_string(arena, path), &status) == 0 && S_ISDIR(status.st_mode);
}

/* The git directory that a `.git` file names: "gitdir: <path>". */
static struct text read_gitfile(struct arena *arena, struct text dir, struct text file, struct text *named) {
    struct text line = text_trim_right(locate_read(arena, file, LINK_LIMIT), "\r\n");
    if (!text_starts(line, "gitdir: ")) return absent;
    *named = text_from_offset(line, strlen("gitdir: "));
    return locate_real(arena, dir, *named);
}

static struct text find_common(struct arena *arena, struct text git_dir, const char *const *environment,
                               struct text directory) {
    struct text given = locate_variable(environment, "GIT_COMMON_DIR");
    if (text_is_given(given)) return locate_real(arena, directory, given);
    struct text file = locate_read(arena, joined(arena, git_dir, "commondir"), LINK_LIMIT);
    if (!text_is_given(file)) return git_dir;
    return locate_real(arena, git_dir, text_trim_right(file, "\r\n"));
}

/* As is_git_directory in git's setup.c: HEAD here, `objects` and `refs` in the common directory. */
static bool is_git_dir(struct arena *arena, struct text git_dir, const char *const *environment, struct text directory,
                       struct text *common) {
    struct stat status;
    if (lstat(text_string(arena, joined(arena, git_dir, "HEAD")), &status) != 0) return false;
    *common = find_common(arena, git_dir, environment, directory);
    if (!text_is_given(*common)) return false;
    bool has_objects = text_is_given(locate_variable(environment, "GIT_OBJECT_DIRECTORY")) ||
                       is_directory(arena, joined(arena, *common, "objects"));
    return has_objects && is_directory(arena, joined(arena, *common, "refs"));
}

static struct text parent_of(struct text dir) {
    size_t slash = text_find_last(dir, '/');
    return text_first(dir, slash == 0 || slash == TEXT_NONE ? 1 : slash);
}

/* git's rule: an element after an empty one is not resolved; nothing relative counts. */
static bool is_ceiling(struct arena *arena, struct text ceilings, struct text dir) {
    struct text rest = ceilings, item;
    bool is_literal = false;
    while (text_is_given(ceilings) && text_next(&rest, ':', &item)) {
        is_literal = is_literal || item.len == 0;
        if (item.len == 0 || item.ptr[0] != '/') continue;
        while (item.len > 1 && item.ptr[item.len - 1] == '/')
            item.len--;
        struct text real = is_literal ? item : locate_real(arena, dir, item);
        if (text_equal(real, dir)) return true;
    }
    return false;
}

/* Is there a repository at `dir` itself? LOCATE_NONE: look further up. */
static enum locate_status look_at(struct arena *arena, struct text dir, const char *const *environment,
                                  struct location *out) {
    struct stat status;
    struct text dot_git = joined(arena, text_is(dir, "/") ? TEXT("") : dir, ".git");
    *out = (struct location){.top = dir};
    if (stat(text_string(arena, dot_git), &status) == 0) {
        if (S_ISREG(status.st_mode)) {
            struct text named = dot_git;
            struct text real = read_gitfile(arena, dir, dot_git, &named);
            out->git_dir = text_is_given(real) ? real : named;
            bool is_valid = text_is_given(real) && is_git_dir(arena, real, environment, dir, &out->common_dir);
            return is_valid ? LOCATE_FOUND : LOCATE_BROKEN;
        }
        out->git_dir = locate_real(arena, dir, dot_git);
        if (S_ISDIR(status.st_mode) && text_is_given(out->git_dir) &&
            is_git_dir(arena, out->git_dir, environment, dir, &out->common_dir))
            return LOCATE_FOUND;
    }
    out->git_dir = dir;
    return is_git_dir(arena, dir, environment, dir, &out->common_dir) ? LOCATE_BARE : LOCATE_NONE;
}

static enum locate_status look_upward(struct arena *arena, struct text directory, const char *const *environment,
                                      struct location *out) {
    struct text ceilings = locate_variable(environment, "GIT_CEILING_DIRECTORIES");
    for (struct text dir = directory;;) {
        enum locate_status status = look_at(arena, dir, environment, out);
        if (status != LOCATE_NONE || text_is(dir, "/")) return status;
        dir = parent_of(dir);
        if (is_ceiling(arena, ceilings, dir)) return LOCATE_NONE;
    }
}

static enum locate_status take_given(struct arena *arena, struct text directory, struct text given,
                                     const char *const *environment, struct location *out) {
    *out = (struct location){.top = directory, .git_dir = given};
    struct text real = locate_real(arena, directory, given);
    if (text_is_given(real) && !is_directory(arena, real))
        real = read_gitfile(arena, parent_of(real), real, &out->git_dir);
    if (!text_is_given(real) || !is_git_dir(arena, real, environment, directory, &out->common_dir))
        return LOCATE_BROKEN;
    out->git_dir = real;
    return LOCATE_FOUND;
}

enum locate_status locate_git(struct arena *arena, struct text directory, const char *const *environment,
                              struct location *out) {
    struct text given = locate_variable(environment, "GIT_DIR");
    enum locate_status status = text_is_given(given) ? take_given(arena, directory, given, environment, out)
                                                     : look_upward(arena, directory, environment, out);
    out->is_linked = status == LOCATE_FOUND && !text_equal(out->git_dir, out->common_dir);
    return status;
}
