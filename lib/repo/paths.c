#include "repo/paths.h"

#include "repo/git.h"
#include "repo/listing.h"
#include "repo/questions.h"
#include "repo/walk.h"

#include <fcntl.h>
#include <sys/stat.h>

#define LIST_LIMIT ((size_t)4 * 1024 * 1024 * 1024 - 1)
#define READINGS_MAX 6 /* of an index that is replaced again and again; then git is asked */

static const struct place nowhere = {NULL, 0, 0, 0};

/* A pass: the untracked files go between the others, where they belong. */
struct pass {
    path_visitor *visit;
    void *self;
    struct listing_cursor untracked;
    struct path_entry next;
    bool has_next;
    const struct changes *undone;
    size_t next_undone;
    size_t count;
};

static void hand_out(struct pass *pass, const struct path_entry *entry) {
    pass->count++;
    pass->visit(pass->self, entry);
}

static void take_untracked(struct pass *pass) {
    pass->has_next = listing_next(&pass->untracked, &pass->next);
}

static struct pass begin_pass(const struct paths *paths, path_visitor *visit, void *self) {
    struct pass pass = {.visit = visit, .self = self, .untracked = {.rest = paths->untracked}, .undone = paths->undone};
    take_untracked(&pass);
    return pass;
}

/* It was not there, or was something else, which is among the untracked. */
static bool is_new(const struct change *change) {
    return change->status == CHANGE_ADDED || change->old_kind != change->new_kind;
}

/* Paths and changes are in one order. */
static bool is_undone(struct pass *pass, struct text path) {
    const struct changes *undone = pass->undone;
    for (; pass->next_undone < undone->count; pass->next_undone++) {
        int order = text_compare(undone->items[pass->next_undone].path, path);
        if (order >= 0) return order == 0 && is_new(&undone->items[pass->next_undone]);
    }
    return false;
}

static void pass_entry(void *self, const struct path_entry *entry) {
    struct pass *pass = self;
    if (pass->undone != NULL && is_undone(pass, entry->path)) return;
    while (pass->has_next) {
        int order = text_compare(pass->next.path, entry->path);
        if (order > 0) break;
        if (order < 0) hand_out(pass, &pass->next);
        take_untracked(pass);
    }
    hand_out(pass, entry);
}

static void end_pass(struct paths *paths, struct pass *pass) {
    for (; pass->has_next; take_untracked(pass))
        hand_out(pass, &pass->next);
    paths->count = pass->count;
}

/* The first line that git wrote about its failure. */
static struct text first_line(const struct process_result *result) {
    struct text line = text_first(result->errors, text_find(result->errors, '\n'));
    if (result->timed_out) return TEXT("git did not answer");
    return line.len == 0 ? TEXT("git could not be run") : line;
}

static bool run_git(const struct paths *paths, const char *const *arguments, struct process_result *out) {
    return git_run(paths->arena, paths->repository, arguments, LIST_LIMIT, out);
}

/* git reads the zeros behind a file that was cut as entries, so what it lists is looked at before it is believed. */
static bool is_listing(struct text text) {
    struct listing_cursor cursor = {.rest = text};
    struct path_entry entry;
    while (listing_next(&cursor, &entry)) {}
    return cursor.rest.len == 0;
}

/* git opens whatever stands in the place of the index, and would wait for a FIFO. */
static bool is_special_index(const struct paths *paths) {
    struct stat status;
    return stat(text_string(paths->arena, paths->repository->index_path), &status) == 0 && !S_ISREG(status.st_mode);
}

static bool use_git(struct paths *paths, struct diagnostics *diagnostics) {
    static const char *const arguments[] = {"ls-files", "-z", "-s", "-t", "--", NULL};
    struct process_result result = {0};
    if (is_special_index(paths) || !run_git(paths, arguments, &result)) {
        struct text line = text_printable(diagnostics->arena, first_line(&result));
        diag_add(diagnostics, DIAG_ERROR, "index", nowhere, "git cannot list the files of '%.*s': %.*s",
                 TEXT_ARG(paths->repository->root), TEXT_ARG(line));
        return false;
    }
    if (!is_listing(result.output)) {
        diag_add(diagnostics, DIAG_ERROR, "index", nowhere, "git lists files of '%.*s' that cannot be",
                 TEXT_ARG(paths->repository->root));
        return false;
    }
    paths->origin = PATHS_GIT;
    paths->cached = result.output;
    return true;
}

static void visit_listing(struct paths *paths, path_visitor *visit, void *self) {
    struct pass pass = begin_pass(paths, visit, self);
    struct listing_cursor cursor = {.rest = paths->cached};
    struct path_entry entry;
    while (listing_next(&cursor, &entry))
        pass_entry(&pass, &entry);
    end_pass(paths, &pass);
}

/* One reading of the index; without a visitor only the proof. */
static enum index_status read_index(struct paths *paths, path_visitor *visit, void *self,
                                    struct diagnostics *diagnostics) {
    const struct repository *repository = paths->repository;
    const char *reason;
    struct pass pass = begin_pass(paths, visit, self);
    enum index_status status = index_visit(paths->arena, repository->index_path, repository->object_format,
                                           &paths->proof, visit == NULL ? NULL : pass_entry, &pass, &reason);
    if (status == INDEX_OK && visit != NULL) end_pass(paths, &pass);
    if (status == INDEX_CHANGED) paths->proof.is_given = false;
    if (status == INDEX_DAMAGED)
        diag_add(diagnostics, DIAG_WARNING, "index", nowhere, "'%.*s' %s; git lists the files instead",
                 TEXT_ARG(repository->index_path), reason);
    return status;
}

static bool report_broken(const struct paths *paths, struct diagnostics *diagnostics) {
    diag_add(diagnostics, DIAG_ERROR, "index", nowhere, "'%.*s' broke between two readings",
             TEXT_ARG(paths->repository->index_path));
    return false;
}

/*
 *     no proof, no restart     read without the visitor, then again with it
 *     INDEX_CHANGED            nothing was visited: once more, a new proof first
 *     INDEX_FOREIGN, _DAMAGED  git lists instead, after a restart if the visitor has seen entries
 */
static bool visit_paths(struct paths *paths, path_visitor *visit, void (*restart)(void *self), void *self,
                        struct diagnostics *diagnostics) {
    for (int left = READINGS_MAX; left > 0 && paths->origin == PATHS_INDEX; left--) {
        bool is_proof = restart == NULL && !paths->proof.is_given;
        enum index_status status = read_index(paths, is_proof ? NULL : visit, self, diagnostics);
        if (status == INDEX_OK && !is_proof) return true;
        if (status == INDEX_OK || status == INDEX_CHANGED) continue;
        if (!is_proof && restart == NULL) return report_broken(paths, diagnostics);
        if (!is_proof) restart(self);
        break;
    }
    if (paths->origin == PATHS_INDEX && !use_git(paths, diagnostics)) return false;
    visit_listing(paths, visit, self);
    return true;
}

bool paths_visit(struct paths *paths, path_visitor *visit, void *self, struct diagnostics *diagnostics) {
    return visit_paths(paths, visit, NULL, self, diagnostics);
}

bool paths_visit_restartable(struct paths *paths, path_visitor *visit, void (*restart)(void *self), void *self,
                             struct diagnostics *diagnostics) {
    return visit_paths(paths, visit, restart, self, diagnostics);
}

bool paths_answer(struct paths *paths, const struct list *questions, struct diagnostics *diagnostics) {
    if (questions->count == 0) return true;
    struct questions *asked = questions_create(paths->arena, questions);
    if (!visit_paths(paths, questions_visit, questions_restart, asked, diagnostics)) return false;
    questions_finish(asked, paths->repository->root_fd);
    return true;
}

/* False for what is gone meanwhile or is no file. */
static bool untracked_kind(const struct repository *repository, const char *path, enum path_kind *out) {
    struct stat status;
    if (fstatat(repository->root_fd, path, &status, AT_SYMLINK_NOFOLLOW) != 0) return false;
    bool is_executable = (status.st_mode & S_IXUSR) != 0;
    *out = S_ISLNK(status.st_mode)   ? PATH_SYMLINK
           : S_ISDIR(status.st_mode) ? PATH_SUBMODULE /* a repository in the repository, the only directory git names */
           : is_executable           ? PATH_EXECUTABLE
                                     : PATH_FILE;
    return S_ISLNK(status.st_mode) || S_ISDIR(status.st_mode) || S_ISREG(status.st_mode);
}

/* From NUL-terminated paths in git's order to a listing in ours: without the '/' of "dir/" the order is another. */
static struct text untracked_listing(const struct paths *paths, struct text output) {
    struct texts found = {0};
    struct text path;
    while (output.len > 0 && text_next(&output, '\0', &path))
        texts_add(paths->arena, &found, text_ends(path, "/") ? text_first(path, path.len - 1) : path);
    texts_sort(&found);
    struct buffer listing = buffer_in(paths->arena);
    for (size_t i = 0; i < found.count; i++) {
        enum path_kind kind;
        const char *path_string = text_string(paths->arena, found.items[i]);
        if (untracked_kind(paths->repository, path_string, &kind)) listing_add(&listing, kind, found.items[i]);
    }
    return buffer_text(&listing);
}

static void add_untracked(struct paths *paths, struct diagnostics *diagnostics) {
    static const char *const arguments[] = {"ls-files", "-z", "--others", "--exclude-standard", "--", NULL};
    struct process_result result;
    if (run_git(paths, arguments, &result)) {
        paths->untracked = untracked_listing(paths, result.output);
        paths->with_untracked = true;
        return;
    }
    struct text line = text_printable(diagnostics->arena, first_line(&result));
    diag_add(diagnostics, DIAG_WARNING, "untracked", nowhere, "git cannot list the files that it does not track: %.*s",
             TEXT_ARG(line));
}

bool paths_open(struct arena *arena, const struct repository *repository, bool untracked,
                struct diagnostics *diagnostics, struct paths *out) {
    *out = (struct paths){.repository = repository, .arena = arena, .origin = PATHS_INDEX};
    if (!repository->has_git) {
        out->origin = PATHS_WALK;
        out->cached = walk_list(arena, repository->root_fd, diagnostics);
    } else if (untracked) {
        add_untracked(out, diagnostics);
    }
    return true;
}

void paths_before(struct arena *arena, const struct paths *paths, const struct changes *changes, struct paths *out) {
    struct buffer gone = buffer_in(arena);
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];
        bool is_back = change->status == CHANGE_DELETED || (change->status == CHANGE_MODIFIED && is_new(change));
        if (is_back) listing_add(&gone, change->old_kind, change->path);
    }
    *out = *paths;
    out->undone = changes;
    out->untracked = gone.len == 0 ? TEXT("") : buffer_text(&gone);
    out->with_untracked = false;
}

void paths_untracked(struct arena *arena, const struct paths *paths, struct texts *out) {
    struct listing_cursor cursor = {.rest = paths->untracked};
    struct path_entry entry;
    while (listing_next(&cursor, &entry))
        texts_add(arena, out, text_copy(arena, entry.path));
}
