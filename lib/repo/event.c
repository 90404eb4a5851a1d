#include "repo/event.h"

#include "repo/git.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REF_LIMIT 4096

/*
 * A small file of the git directory, trimmed; the absent text when there is none, the empty one when it is no
 * regular file: git, too, would wait for a FIFO.
 */
static struct text read_ref(struct arena *arena, struct text directory, struct text name) {
    struct text path = text_format(arena, "%.*s/%.*s", TEXT_ARG(directory), TEXT_ARG(name));
    int fd = open(text_string(arena, path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return errno == ENOENT ? (struct text){0} : TEXT("");
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

static bool is_object_id(struct text text) {
    bool ok = text.len == 40 || text.len == 64;
    for (size_t i = 0; ok && i < text.len; i++)
        ok = text.ptr[i] != '\0' && strchr("0123456789abcdef", text.ptr[i]) != NULL;
    return ok;
}

/* "ref: refs/heads/main" names refs/heads/main; the absent text on a detached HEAD. */
static struct text symbolic_target(struct text head) {
    return text_starts(head, "ref: ") ? text_trim(text_from_offset(head, 5)) : (struct text){0};
}

/* A ref that has no file of its own is packed, or in a reftable: git knows. */
static struct text ask_git(struct arena *arena, const struct repository *repository) {
    const char *const arguments[] = {"rev-parse", "--verify", "--quiet", "HEAD^{commit}", NULL};
    struct process_result result;
    if (!git_run(arena, repository, arguments, REF_LIMIT, &result)) return (struct text){0};
    struct text id = text_trim(result.output);
    return is_object_id(id) ? id : (struct text){0};
}

static struct text find_commit(struct arena *arena, const struct repository *repository, struct text head) {
    if (is_object_id(head)) return head;
    struct text target = symbolic_target(head);
    if (text_starts(target, "refs/heads/") && !text_contains(target, TEXT(".."))) {
        struct text id = read_ref(arena, repository->common_dir, target);
        if (text_is_given(id)) return is_object_id(id) ? id : (struct text){0};
    }
    return text_is_empty(head) ? (struct text){0} : ask_git(arena, repository);
}

void event_complete(struct arena *arena, const struct repository *repository, struct event *event) {
    if (!is_object_id(event->commit)) event->commit = (struct text){0};
    bool is_complete = text_is_given(event->commit) && text_is_given(event->branch);
    if (!repository->has_git || is_complete) return;
    struct text head = read_ref(arena, repository->git_dir, TEXT("HEAD"));
    struct text target = symbolic_target(head);
    if (!text_is_given(event->branch) && text_starts(target, "refs/heads/") && !text_is(target, "refs/heads/.invalid"))
        event->branch = text_from_offset(target, sizeof("refs/heads/") - 1);
    if (!text_is_given(event->commit)) event->commit = find_commit(arena, repository, head);
}
