#include "model/group.h"

#include "base/path.h"

static const char *const words[] = {"name", "directory", "project"};
#define WORD_COUNT (sizeof(words) / sizeof(*words))

static bool is_word(struct text word) {
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (text_is(word, words[i])) return true;
    return false;
}

/* The text before the next word, and the word; false when there is none. */
static bool next_word(struct text *rest, struct text *before, struct text *word) {
    size_t open = text_find(*rest, '{');
    size_t close = open == TEXT_NONE ? TEXT_NONE : text_find(text_from_offset(*rest, open), '}');
    if (close == TEXT_NONE) return false;
    *before = text_first(*rest, open);
    *word = text_of(rest->ptr + open + 1, close - 1);
    *rest = text_from_offset(*rest, open + close + 1);
    return true;
}

struct text group_problem(struct arena *arena, struct text template) {
    struct text rest = template, before, word;
    if (text_trim(template).len == 0) return TEXT("a group has a name");
    if (!text_is_utf8(template)) return TEXT("the name of a group is UTF-8");
    while (next_word(&rest, &before, &word))
        if (!is_word(word))
            return text_format(arena, "'{%.*s}' is none of {name}, {directory} and {project}", TEXT_ARG(word));
    return text_has(rest, '{') ? TEXT("a '{' without '}'") : (struct text){0};
}

static struct text directory_of(const struct workspace *workspace, const struct image *image) {
    struct text path = image->dockerfile;
    if (!text_is_given(path) && image->place.source != NULL) path = image->place.source->path;
    struct text directory = text_is_given(path) ? path_parent(path) : TEXT("");
    return directory.len == 0 || text_is(directory, ".") ? workspace->name : directory;
}

static struct text value_of(const struct workspace *workspace, const struct image *image, struct text word) {
    if (text_is(word, "name")) return image->name;
    return text_is(word, "directory") ? directory_of(workspace, image) : image->project.id;
}

struct text group_label(struct arena *arena, const struct workspace *workspace, const struct image *image) {
    struct text rest = image->settings->build.group.text, before, word;
    if (!text_is_given(rest)) return rest;
    struct buffer label = buffer_in(arena);
    while (next_word(&rest, &before, &word)) {
        struct text value = value_of(workspace, image, word);
        if (!text_is_given(value)) return value;
        buffer_add(&label, before);
        buffer_add(&label, value);
    }
    buffer_add(&label, rest);
    return text_printable(arena, buffer_text(&label));
}
