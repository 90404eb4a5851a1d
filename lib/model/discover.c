#include "model/discover.h"

#include "base/path.h"
#include "docker/bake.h"
#include "docker/compose.h"
#include "docker/depot.h"
#include "docker/ignore.h"

/* Endings that make `Dockerfile.x` something about a Dockerfile. */
static bool is_other_ending(struct text name) {
    static const char *const endings[] = {".dockerignore", ".md",   ".wasm", ".png", ".svg", ".html",
                                          ".json",         ".orig", ".rej",  ".bak", ".swp", "~"};
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
        if (text_ends(name, endings[i])) return true;
    return false;
}

/* "Dockerfile" and "Containerfile" alone or before '.' or '-'. */
static bool begins_as(struct text name, const char *word) {
    if (!text_starts(name, word)) return false;
    struct text rest = text_from_offset(name, text_from(word).len);
    return rest.len == 0 || ((rest.ptr[0] == '.' || rest.ptr[0] == '-') && rest.len > 1);
}

bool discover_is_dockerfile_name(struct text name) {
    bool named = begins_as(name, "Dockerfile") || begins_as(name, "Containerfile") || text_is(name, "dockerfile") ||
                 text_ends(name, ".Dockerfile") || text_ends(name, ".dockerfile");
    return named && !is_other_ending(name);
}

static bool is_among(struct text name, const char *const *names) {
    for (size_t i = 0; names[i] != NULL; i++)
        if (text_is(name, names[i])) return true;
    return false;
}

/* Nearly every path ends here, so it asks little; `name` is not empty. */
static bool may_matter(struct text name) {
    switch (name.ptr[0]) {
    case 'D':
        return text_starts(name, "Dockerfile");
    case 'C':
        return text_starts(name, "Containerfile");
    case 'd':
        if (text_starts(name, "docker") || text_starts(name, "depot")) return true;
        break;
    case '.':
        if (text_starts(name, ".depot.")) return true;
        break;
    default:
        break;
    }
    switch (name.ptr[name.len - 1]) {
    case 'e':
        return text_ends(name, "ockerfile") || text_ends(name, IGNORE_NAME);
    case 'l':
        return text_ends(name, ".yml") || text_ends(name, ".yaml");
    case 'v':
        return text_ends(name, ".env");
    default:
        return false;
    }
}

static void keep(struct discovered *found, struct map *map, struct text path) {
    struct text *value = arena_alloc(found->arena, sizeof(*value));
    *value = path;
    map_set(found->arena, map, path, value);
}

/* "…on" or "…ml", as the names of project files end; asked of nearly every path. */
static inline bool may_be_project(struct text directory) {
    if (directory.len < 2) return false;
    const char *end = directory.ptr + directory.len;
    return (end[-1] == 'n' && end[-2] == 'o') || (end[-1] == 'l' && end[-2] == 'm');
}

/* A directory that is called as a project file: the Depot CLI finds it, and nothing in it. */
static void keep_directory(struct discovered *found, struct text directory) {
    if (!is_among(path_name(directory), depot_file_names) || map_has(&found->projects, directory)) return;
    keep(found, &found->projects, text_copy(found->arena, directory));
}

/* `.depot.json`, and `depot.json` in a directory `.depot`. */
static bool is_lookalike(struct text path, struct text name, bool is_project) {
    if (is_project) return text_is(path_name(path_parent(path)), ".depot");
    return text_starts(name, ".") && is_among(text_from_offset(name, 1), depot_file_names);
}

static void visit(void *self, const struct path_entry *entry) {
    struct discovered *found = self;
    const char *slash = memrchr(entry->path.ptr, '/', entry->path.len);
    struct text name =
        slash == NULL ? entry->path : text_from_offset(entry->path, (size_t)(slash + 1 - entry->path.ptr));
    if (found->seen != NULL) seen_add(found->seen, entry->path, (size_t)(name.ptr - entry->path.ptr));
    if (name.len == 0) return;
    struct text directory = slash == NULL ? TEXT("") : text_of(entry->path.ptr, (size_t)(slash - entry->path.ptr));
    if (may_be_project(directory)) keep_directory(found, directory);
    if (entry->kind == PATH_SUBMODULE)
        texts_add(found->arena, &found->submodules, text_copy(found->arena, entry->path));
    if (entry->kind == PATH_SYMLINK) texts_add(found->arena, &found->links, text_copy(found->arena, entry->path));
    if (!may_matter(name) || entry->kind == PATH_SUBMODULE) return;
    bool is_dockerfile = discover_is_dockerfile_name(name);
    bool is_compose = is_among(name, compose_file_names) || is_among(name, compose_override_names);
    bool is_ignore = text_ends(name, IGNORE_NAME), is_bake = is_among(name, bake_file_names);
    bool is_project = is_among(name, depot_file_names), is_beside = text_is(name, SETTINGS_BESIDE_NAME);
    /* any YAML file may be a compose file that the settings name, so all that matter are remembered */
    if (entry->skip_worktree && found->checkout != NULL && entry->object != NULL)
        files_checkout_skip(found->checkout, found->arena, text_copy(found->arena, entry->path), entry->object);
    if (text_is(name, ".env")) keep(found, &found->dotenv, text_copy(found->arena, entry->path));
    if (text_is(name, SETTINGS_MISNAMED))
        texts_add(found->arena, &found->misnamed, text_copy(found->arena, entry->path));
    bool is_like = is_lookalike(entry->path, name, is_project);
    if (!is_dockerfile && !is_compose && !is_bake && !is_project && !is_beside && !is_ignore && !is_like) return;
    struct text path = text_copy(found->arena, entry->path);
    if (is_dockerfile) keep(found, &found->dockerfiles, path);
    if (is_ignore) texts_add(found->arena, &found->ignore_files, path);
    if (is_compose) keep(found, &found->compose, path);
    if (is_bake) keep(found, &found->bake, path);
    if (is_project) keep(found, &found->projects, path);
    if (is_like) keep(found, &found->lookalikes, path);
    if (is_beside) keep(found, &found->beside, path);
}

/* The index turned out to be one that git has to read: the list begins again. */
static void forget(void *self) {
    struct discovered *found = self;
    if (found->seen != NULL) seen_restart(found->seen);
    *found = (struct discovered){.arena = found->arena, .checkout = found->checkout, .seen = found->seen};
}

bool discover(struct arena *arena, struct paths *paths, struct files_checkout *checkout, struct seen *seen,
              struct diagnostics *diagnostics, struct discovered *out) {
    *out = (struct discovered){.arena = arena, .checkout = checkout, .seen = seen};
    return paths_visit_restartable(paths, visit, forget, out, diagnostics);
}
