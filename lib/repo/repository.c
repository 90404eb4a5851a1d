#include "repo/repository.h"

#include "base/path.h"
#include "repo/git_config.h"
#include "repo/locate.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_LIMIT ((size_t)4 * 1024 * 1024)

static const struct place nowhere = {NULL, 0, 0, 0};

/* What the configuration says that we want to know; texts are views into the arena. */
struct settings {
    bool is_bare;
    bool has_worktree_config;
    bool is_sha256;
    struct text worktree;
    struct text origin_url;
    struct text first_url;
};

static void set_core(struct settings *settings, const struct config_variable *variable) {
    if (text_is(variable->name, "bare")) settings->is_bare = config_is_true(variable->value);
    if (text_is(variable->name, "worktree")) settings->worktree = variable->value;
}

static void set_extension(struct settings *settings, const struct config_variable *variable) {
    if (text_is(variable->name, "worktreeconfig")) settings->has_worktree_config = config_is_true(variable->value);
    if (text_is(variable->name, "objectformat")) settings->is_sha256 = text_is(variable->value, "sha256");
}

/* A remote may have several URLs; it is fetched from the first. */
static void set_remote(struct settings *settings, const struct config_variable *variable) {
    if (!text_is(variable->name, "url")) return;
    if (!text_is_given(settings->first_url)) settings->first_url = variable->value;
    if (text_is(variable->subsection, "origin") && !text_is_given(settings->origin_url))
        settings->origin_url = variable->value;
}

static void visit_variable(void *self, const struct config_variable *variable) {
    struct settings *settings = self;
    if (text_is_given(variable->subsection)) {
        if (text_is(variable->section, "remote")) set_remote(settings, variable);
    } else if (text_is(variable->section, "core")) {
        set_core(settings, variable);
    } else if (text_is(variable->section, "extensions")) {
        set_extension(settings, variable);
    }
}

static void read_config(struct arena *arena, struct text dir, const char *name, struct settings *settings) {
    struct text path = text_format(arena, "%.*s/%s", TEXT_ARG(dir), name);
    struct text bytes = locate_read(arena, path, CONFIG_LIMIT);
    if (text_is_given(bytes)) config_parse(arena, bytes, visit_variable, settings);
}

/*
 * core.bare and core.worktree of the main repository say nothing of a linked worktree, unless
 * worktrees have configurations of their own (git's check_repository_format_gently).
 */
static struct settings read_settings(struct arena *arena, const struct location *location) {
    struct settings settings = {.is_bare = false};
    read_config(arena, location->common_dir, "config", &settings);
    if (settings.has_worktree_config) {
        read_config(arena, location->git_dir, "config.worktree", &settings);
    } else if (location->is_linked) {
        settings.is_bare = false;
        settings.worktree = (struct text){NULL, 0};
    }
    return settings;
}

/* A URL is shown to people, and a user name in https://token@host is often the secret itself. */
static struct text without_user(struct arena *arena, struct text url) {
    size_t colon = text_find(url, ':');
    struct text rest = text_from_offset(url, colon == TEXT_NONE ? url.len : colon);
    if (!text_starts(rest, "://")) return url;
    struct text scheme = text_first(url, colon + 3), host = text_from_offset(url, colon + 3);
    size_t slash = text_find(host, '/');
    size_t at = text_find_last(text_first(host, slash), '@');
    if (at == TEXT_NONE) return url;
    bool is_ssh = text_is(scheme, "ssh://") || text_is(scheme, "git+ssh://");
    if (is_ssh && !text_has(text_first(host, at), ':')) return url;
    return text_concat(arena, scheme, text_from_offset(host, at + 1));
}

struct text repository_name_from_url(struct text url) {
    url = text_trim_right(url, "/");
    if (text_ends(url, "/.git")) url = text_trim_right(text_first(url, url.len - 5), "/");
    size_t slash = text_find_last(url, '/'), colon = text_find_last(url, ':');
    size_t cut = slash != TEXT_NONE && (colon == TEXT_NONE || slash > colon) ? slash : colon;
    if (cut != TEXT_NONE) url = text_from_offset(url, cut + 1);
    if (text_ends(url, ".git")) url = text_first(url, url.len - 4);
    return url.len == 0 ? (struct text){NULL, 0} : url;
}

static void set_remotes(struct arena *arena, const struct settings *settings, struct repository *repository) {
    struct text url = text_is_given(settings->origin_url) ? settings->origin_url : settings->first_url;
    if (!text_is_given(url)) return;
    repository->remote_url = without_user(arena, url);
    repository->remote_name = repository_name_from_url(repository->remote_url);
}

/* Absent when the repository has no work tree, or one that does not exist. */
static struct text find_root(struct arena *arena, struct text directory, const struct location *location,
                             const struct settings *settings, const char *const *environment) {
    struct text given = locate_variable(environment, "GIT_WORK_TREE");
    if (text_is_given(given)) return locate_real(arena, directory, given);
    if (text_is_given(settings->worktree)) return locate_real(arena, location->git_dir, settings->worktree);
    return settings->is_bare ? (struct text){NULL, 0} : location->top;
}

/* A relative GIT_INDEX_FILE counts from the top of the work tree, where git goes before it opens it. */
static struct text find_index(struct arena *arena, const struct repository *repository) {
    struct text given = locate_variable(repository->environment, "GIT_INDEX_FILE");
    if (!text_is_given(given)) return text_format(arena, "%.*s/index", TEXT_ARG(repository->git_dir));
    if (given.ptr[0] == '/') return given;
    return text_format(arena, "%.*s/%.*s", TEXT_ARG(repository->root), TEXT_ARG(given));
}

static void report_no_worktree(struct diagnostics *diagnostics, struct text git_dir) {
    diag_add(diagnostics, DIAG_NOTE, "repository", nowhere,
             "the repository '%.*s' has no work tree; the directory is read without git", TEXT_ARG(git_dir));
}

/* Fills what git knows; leaves the repository without git when there is none around `directory`. */
static void use_git(struct arena *arena, struct text directory, struct diagnostics *diagnostics,
                    struct repository *repository) {
    struct location location;
    switch (locate_git(arena, directory, repository->environment, &location)) {
    case LOCATE_NONE:
        return;
    case LOCATE_BROKEN:
        diag_add(diagnostics, DIAG_WARNING, "repository", nowhere,
                 "'%.*s' is not a git directory; '%.*s' is read without git", TEXT_ARG(location.git_dir),
                 TEXT_ARG(directory));
        return;
    case LOCATE_BARE:
        /* GIT_WORK_TREE gives a work tree to a bare repository that is found around us */
        if (!text_is_given(locate_variable(repository->environment, "GIT_WORK_TREE"))) {
            report_no_worktree(diagnostics, location.git_dir);
            return;
        }
        break;
    case LOCATE_FOUND:
        break;
    }
    struct settings settings = read_settings(arena, &location);
    struct text root = find_root(arena, directory, &location, &settings, repository->environment);
    if (!text_is_given(root)) {
        report_no_worktree(diagnostics, location.git_dir);
        return;
    }
    repository->has_git = true;
    repository->root = root;
    repository->git_dir = location.git_dir;
    repository->common_dir = location.common_dir;
    repository->index_path = find_index(arena, repository);
    repository->object_format = settings.is_sha256 ? OBJECT_SHA256 : OBJECT_SHA1;
    set_remotes(arena, &settings, repository);
}

static int open_directory(struct arena *arena, struct text path) {
    return open(text_string(arena, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool repository_locate(struct arena *arena, const char *directory, const char *const *environment,
                       struct diagnostics *diagnostics, struct repository *out) {
    struct repository repository = {.root_fd = -1, .environment = environment};
    struct text real = locate_real(arena, TEXT("."), text_from(directory));
    if (text_is_given(real)) {
        repository.root = real;
        use_git(arena, real, diagnostics, &repository);
        repository.root_fd = open_directory(arena, repository.root);
    }
    if (repository.root_fd < 0) {
        diag_add(diagnostics, DIAG_ERROR, "repository", nowhere, "'%s' cannot be opened: %s",
                 text_is_given(real) ? text_string(arena, repository.root) : directory, strerror(errno));
        return false;
    }
    *out = repository;
    return true;
}

/* Absent when there is no such place. */
static struct text real_place(struct arena *arena, struct text path) {
    struct stat status;
    if (stat(text_string(arena, path), &status) == 0 && S_ISDIR(status.st_mode))
        return locate_real(arena, TEXT("."), path);
    struct text cleaned = path_clean(arena, path), name = path_name(cleaned);
    struct text parent = text_first(cleaned, cleaned.len - name.len);
    struct text real = locate_real(arena, TEXT("."), parent.len == 0 ? TEXT(".") : parent);
    if (!text_is_given(real)) return real;
    const char *slash = text_is(real, "/") ? "" : "/";
    return text_format(arena, "%.*s%s%.*s", TEXT_ARG(real), slash, TEXT_ARG(name));
}

bool repository_path(struct arena *arena, const struct repository *repository, struct text path, struct text *out) {
    struct text real = real_place(arena, path), root = repository->root;
    if (!text_is_given(real)) return false;
    if (text_equal(real, root)) {
        *out = TEXT(".");
        return true;
    }
    if (text_is(root, "/")) root = TEXT("");
    bool is_inside = real.len > root.len && text_equal(text_first(real, root.len), root) && real.ptr[root.len] == '/';
    if (is_inside) *out = text_from_offset(real, root.len + 1);
    return is_inside;
}

void repository_close(struct repository *repository) {
    if (repository->root_fd >= 0) close(repository->root_fd);
    repository->root_fd = -1;
}
