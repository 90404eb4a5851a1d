#include "model/settings_match.h"

static bool is_pattern(struct text text) {
    static const char signs[] = "*?[{\\";
    for (size_t i = 0; i + 1 < sizeof(signs); i++)
        if (text_has(text, signs[i])) return true;
    return false;
}

/* Compiled once for all images. */
static const struct glob **compile(struct arena *arena, const struct list *patterns, bool are_paths) {
    const struct glob **globs = arena_array(arena, patterns->count, sizeof(*globs));
    const char *ignored;
    for (size_t i = 0; i < patterns->count; i++) {
        struct text pattern = ((const struct record_text_value *)patterns->items[i])->text;
        globs[i] = are_paths || is_pattern(pattern) ? glob_compile(arena, pattern, &ignored) : NULL;
    }
    return globs;
}

static bool fits_one(const struct list *patterns, const struct glob *const *globs, struct text text) {
    for (size_t i = 0; i < patterns->count; i++) {
        if (globs[i] != NULL && glob_match(globs[i], text)) return true;
        if (text_equal(((const struct record_text_value *)patterns->items[i])->text, text)) return true;
    }
    return false;
}

static bool is_found(struct regex_cache *regexes, const struct record_text_value *regex, struct text name,
                     struct diagnostics *diagnostics) {
    struct text problem;
    enum regex_result result = regex_search(regexes, regex->text, name, &problem);
    if (result == REGEX_LIMIT)
        diag_add(diagnostics, DIAG_WARNING, "regex-limit", node_place(regex->node),
                 "the regular expression needs too many steps for '%.*s'; it counts as not matching", TEXT_ARG(name));
    return result == REGEX_YES;
}

bool settings_match_event(const struct match_settings *match, unsigned events) {
    return match->events == 0 || (match->events & events) != 0;
}

bool settings_match_image(struct arena *arena, struct match_settings *match, struct regex_cache *regexes,
                          struct text name, struct text path, struct diagnostics *diagnostics) {
    if (match->names == NULL) match->names = compile(arena, &match->name, false);
    if (match->paths == NULL) match->paths = compile(arena, &match->path, true);
    if (match->name.count > 0 && !fits_one(&match->name, match->names, name)) return false;
    if (match->path.count > 0 && !fits_one(&match->path, match->paths, path)) return false;
    bool found = match->regex.count == 0;
    for (size_t i = 0; i < match->regex.count && !found; i++)
        found = is_found(regexes, match->regex.items[i], name, diagnostics);
    return found;
}
