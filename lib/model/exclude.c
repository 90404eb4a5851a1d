#include "model/exclude.h"

#include "base/path.h"
#include "format/glob.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct left_out *exclude_because(struct arena *arena, struct text path, const char *rule, struct text reason) {
    struct left_out *left_out = arena_alloc(arena, sizeof(*left_out));
    *left_out = (struct left_out){.path = path, .rule = rule, .reason = reason};
    return left_out;
}

static const struct record_text_value *find_glob(struct arena *arena, const struct list *globs, struct text path) {
    for (size_t i = 0; i < globs->count; i++) {
        const struct record_text_value *value = globs->items[i];
        const char *ignored;
        struct arena_mark mark = arena_mark(arena);
        const struct glob *glob = glob_compile(arena, value->text, &ignored);
        bool found = glob != NULL && glob_match(glob, path);
        arena_release(arena, mark);
        if (found) return value;
    }
    return NULL;
}

/* A directory's name and what it says about the container files in it. */
static const struct {
    const char *name;
    const char *what;
} set_aside[] = {
    {"vendor", "vendored code"},
    {"node_modules", "vendored code"},
    {"third_party", "vendored code"},
    {"third-party", "vendored code"},
    {"testdata", "test data"},
    {"fixtures", "test data"},
    {"fixture", "test data"},
    {"__fixtures__", "test data"},
    {"__tests__", "tests"},
    {"test", "tests"},
    {"tests", "tests"},
    {"e2e", "tests"},
    {"example", "examples"},
    {"examples", "examples"},
    {"samples", "examples"},
    {".devcontainer", "a development container"},
};

static const char *what_is_in(struct text directory) {
    for (size_t i = 0; i < COUNT(set_aside); i++)
        if (text_is(directory, set_aside[i].name)) return set_aside[i].what;
    return NULL;
}

static const struct left_out *find_directory(struct arena *arena, struct text path) {
    struct text rest = path_parent(path), element;
    while (text_next(&rest, '/', &element)) {
        const char *what = what_is_in(element);
        struct text end = text_of(path.ptr, (size_t)(element.ptr + element.len - path.ptr));
        if (what != NULL)
            return exclude_because(arena, path, "excluded-directory",
                                   text_format(arena, "%s/ holds %s", text_string(arena, end), what));
        if (text_contains(element, TEXT("{{")))
            return exclude_because(arena, path, "template", TEXT("its directory's name is a template"));
    }
    return NULL;
}

static bool is_template_name(struct text name) {
    static const char *const endings[] = {".j2", ".jinja",    ".jinja2", ".tmpl", ".template", ".tpl", ".erb",
                                          ".tt", ".mustache", ".hbs",    ".ejs",  ".in",       ".m4",  ".gotmpl"};
    for (size_t i = 0; i < COUNT(endings); i++)
        if (text_ends(name, endings[i])) return true;
    return text_ends(name, "-template") || text_contains(name, TEXT(".template."));
}

const struct left_out *exclude_by_settings(struct arena *arena, const struct settings *settings, struct text path) {
    const struct record_text_value *glob = find_glob(arena, &settings->discovery.exclude, path);
    if (glob == NULL) return NULL;
    return exclude_because(arena, path, "settings",
                           text_format(arena, "the settings leave out '%.*s'", TEXT_ARG(glob->text)));
}

const struct left_out *exclude_find(struct arena *arena, const struct settings *settings, struct text path) {
    const struct left_out *by_settings = exclude_by_settings(arena, settings, path);
    if (by_settings != NULL) return by_settings;
    if (find_glob(arena, &settings->discovery.include, path) != NULL) return NULL;
    if (is_template_name(path_name(path)))
        return exclude_because(arena, path, "template", TEXT("its name is that of a template"));
    return find_directory(arena, path);
}

static bool begins_with_mark(struct text line) {
    return text_starts(line, "{{") || text_starts(line, "{%") || text_starts(line, "<%");
}

static bool has_mark(struct text line) {
    return text_contains(line, TEXT("{{")) || text_contains(line, TEXT("{%")) || text_contains(line, TEXT("<%"));
}

bool exclude_is_template(struct text bytes) {
    struct text rest = bytes, line;
    while (text_next(&rest, '\n', &line)) {
        line = text_trim(line);
        bool is_from = line.len > 5 && text_equal_ignoring_case(text_first(line, 5), TEXT("FROM "));
        if (begins_with_mark(line) || (is_from && has_mark(line))) return true;
    }
    return false;
}
