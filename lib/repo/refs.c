#include "repo/refs.h"

#include "repo/git.h"
#include "repo/locate.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REF_LIMIT 4096
#define PACKED_LIMIT ((size_t)256 * 1024 * 1024)
#define SYMBOLIC_DEPTH 5 /* git's SYMREF_MAXDEPTH */

bool refs_is_object_id(struct text text) {
    bool ok = text.len == 40 || text.len == 64;
    for (size_t i = 0; ok && i < text.len; i++)
        ok = text.ptr[i] != '\0' && strchr("0123456789abcdef", text.ptr[i]) != NULL;
    return ok;
}

/*
 * A small file of the git directory, trimmed; the absent text when there is none, the empty one when it is no
 * regular file: git, too, would wait for a FIFO.
 */
static struct text read_file(struct arena *arena, struct text directory, struct text name) {
    struct text path = text_format(arena, "%.*s/%.*s", TEXT_ARG(directory), TEXT_ARG(name));
    int fd = open(text_string(arena, path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? (struct text){0} : TEXT("");
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return TEXT("");
    }
    char *bytes = arena_alloc(arena, REF_LIMIT);
    ssize_t len = read(fd, bytes, REF_LIMIT);
    close(fd);
    return len <= 0 ? TEXT("") : text_trim(text_of(bytes, (size_t)len));
}

struct text refs_head(struct arena *arena, const struct repository *repository) {
    return read_file(arena, repository->git_dir, TEXT("HEAD"));
}

struct text refs_symbolic_target(struct text content) {
    return text_starts(content, "ref: ") ? text_trim(text_from_offset(content, 5)) : (struct text){0};
}

/* The line "<id> <name>" of packed-refs. */
static struct text find_packed(struct arena *arena, const struct repository *repository, struct text name) {
    struct text path = text_concat(arena, repository->common_dir, TEXT("/packed-refs"));
    struct text rest = locate_read(arena, path, PACKED_LIMIT);
    while (rest.len > name.len) {
        const char *found = memmem(rest.ptr, rest.len, name.ptr, name.len);
        if (found == NULL) break;
        size_t at = (size_t)(found - rest.ptr), end = at + name.len;
        bool ends = end == rest.len || rest.ptr[end] == '\n';
        size_t start = text_find_last(text_first(rest, at), '\n');
        start = start == TEXT_NONE ? 0 : start + 1;
        struct text id = text_first(text_from_offset(rest, start), at - start);
        if (ends && text_ends(id, " ") && refs_is_object_id(text_trim(id))) return text_trim(id);
        rest = text_from_offset(rest, end);
    }
    return (struct text){0};
}

static bool has_reftable(struct arena *arena, const struct repository *repository) {
    struct stat status;
    struct text path = text_concat(arena, repository->common_dir, TEXT("/reftable"));
    return stat(text_string(arena, path), &status) == 0;
}

static bool is_plain(struct text name) {
    return text_starts(name, "refs/") && !text_contains(name, TEXT("..")) && !text_has(name, '\0');
}

struct text refs_symbolic(struct arena *arena, const struct repository *repository, struct text name) {
    if (!repository->has_git || !is_plain(name)) return (struct text){0};
    return refs_symbolic_target(read_file(arena, repository->common_dir, name));
}

struct text refs_resolve(struct arena *arena, const struct repository *repository, struct text revision) {
    if (revision.len == 0 || revision.ptr[0] == '-' || text_has(revision, '\0')) return (struct text){0};
    struct text commit = text_concat(arena, revision, TEXT("^{commit}"));
    const char *const arguments[] = {"rev-parse", "--verify", "--quiet", text_string(arena, commit), NULL};
    struct process_result result;
    if (!git_run(arena, repository, arguments, REF_LIMIT, &result)) return (struct text){0};
    struct text id = text_trim(result.output);
    return refs_is_object_id(id) ? id : (struct text){0};
}

struct text refs_find(struct arena *arena, const struct repository *repository, struct text name) {
    for (int depth = 0; depth < SYMBOLIC_DEPTH; depth++) {
        if (!repository->has_git || !is_plain(name)) return (struct text){0};
        struct text content = read_file(arena, repository->common_dir, name);
        struct text target = refs_symbolic_target(content);
        if (refs_is_object_id(content)) return content;
        if (text_is_given(content) && !text_is_given(target))
            return (struct text){0}; /* it is there, and holds nothing */
        if (!text_is_given(target)) break;
        name = target;
    }
    if (has_reftable(arena, repository)) return refs_resolve(arena, repository, name);
    return find_packed(arena, repository, name);
}

struct text refs_head_commit(struct arena *arena, const struct repository *repository) {
    struct text head = refs_head(arena, repository), target = refs_symbolic_target(head);
    if (refs_is_object_id(head)) return head;
    if (text_is(target, "refs/heads/.invalid")) return refs_resolve(arena, repository, TEXT("HEAD")); /* reftables */
    return text_is_given(target) ? refs_find(arena, repository, target) : (struct text){0};
}
